"""The lock files agree with what the project asks for, and name no host."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.structure

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_TIME = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
LOCKS = {
    "requirements.txt": RUN_TIME,
    "requirements-prod.txt": RUN_TIME + GROUPS["prod"],
    "requirements-dev.txt": RUN_TIME + GROUPS["dev"],
}


def pins(lock):
    """Return the pinned version and the number of hashes of every package, by its name."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines() if line.strip()]
    found = {}
    for entry in entries:
        name, version = entry[0].split("==")
        found[name] = version, sum(word.startswith("--hash=sha256:") for word in entry)
    return found


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-setup.txt", "package-lock.json"])
def test_no_lock_names_a_host(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert not re.search(r'"resolved"|--(extra-)?index-url|--find-links', text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked_at_a_version_the_project_admits(lock):
    locked = pins(lock)

    refused = [
        wish.name
        for wish in map(Requirement, LOCKS[lock])
        if canonicalize_name(wish.name) not in locked
        or not wish.specifier.contains(locked[canonicalize_name(wish.name)][0])
    ]

    assert refused == [], "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_a_hash(lock):
    assert [name for name, (_, hashes) in pins(lock).items() if not hashes] == []


def test_production_and_development_share_the_run_time_versions():
    run_time = pins("requirements.txt")

    for lock in LOCKS:
        assert pins(lock).items() >= run_time.items()


def test_front_end_files_are_locked_exactly():
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {
        name.removeprefix("node_modules/"): package["version"]
        for name, package in packages.items()
        if name
    }

    assert locked == wanted
    assert all(package["integrity"] for name, package in packages.items() if name)
