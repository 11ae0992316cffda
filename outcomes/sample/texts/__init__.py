"""The words of the sample data, by topic."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def read(name: str) -> dict:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
