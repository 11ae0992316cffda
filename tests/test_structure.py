"""What no single part can promise: layers, both languages, plain templates."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.template.base import DebugLexer, TokenType
from django.utils import translation

from accounts import catalogues

pytestmark = pytest.mark.structure

ROOT = Path(settings.BASE_DIR)
LAYERS = settings.OUR_APPS
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAILS = sorted((ROOT / "templates").rglob("*.md"))
MAIL_LAYOUT = ROOT / "templates/notifications/mail.html"


def modules(app):
    return sorted((ROOT / app).rglob("*.py"))


def imported(path):
    """Return the names of all modules that a module imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return names


@pytest.mark.parametrize("app", LAYERS)
def test_imports_go_down_only(app):
    above = {*LAYERS[LAYERS.index(app) + 1 :], "config", "tests"}

    upward = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(app)
        for name in sorted(imported(path))
        if name.split(".")[0] in above and name != "config.celery"  # the loops run its schedule
    ]

    assert upward == []


@pytest.mark.parametrize("app", LAYERS)
def test_foreign_keys_go_down_only_and_have_names(app):
    above = LAYERS[LAYERS.index(app) + 1 :]
    relations = [
        field
        for model in apps.get_app_config(app).get_models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.remote_field
    ]

    upward = [str(field) for field in relations if field.related_model._meta.app_label in above]
    nameless = [str(field) for field in relations if field.remote_field.related_name is None]

    assert upward == []
    assert nameless == []


def test_the_migrations_make_the_models():
    migrations = MigrationLoader(None)
    models = ProjectState.from_apps(apps)

    assert migrations.detect_conflicts() == {}, "two follow the same: let one follow the other"
    missing = MigrationAutodetector(migrations.project_state(), models).changes(migrations.graph)

    assert [
        f"{app}: {operation.describe()}"
        for app, changes in missing.items()
        for migration in changes
        for operation in migration.operations
    ] == []


@pytest.mark.parametrize("catalogue", catalogues.all_catalogues(), ids=lambda each: each.name)
def test_the_french_catalogue_is_up_to_date_and_complete(catalogue):
    assert catalogue.outdated() == [], "run `make messages`"
    assert catalogue.unfinished() == []


def test_the_same_text_is_translated_the_same_way_in_every_catalogue():
    translations = defaultdict(set)
    for catalogue in catalogues.all_catalogues():
        for entry in catalogue.read():
            french = entry.msgstr or entry.msgstr_plural.get(0, "")
            translations[entry.msgid, entry.msgctxt].add(french)

    assert {text: said for text, said in translations.items() if len(said) > 1} == {}


def outside_of_tags(source):
    """Return a template's own text: tags and variables blank, translated blocks left out."""
    kept, skipping = [], ""
    for token in DebugLexer(source).tokenize():
        tag = token.contents.split()[0] if token.token_type is TokenType.BLOCK else ""
        if skipping:
            skipping = "" if tag == skipping else skipping
        elif tag in {"blocktranslate", "comment", "verbatim"}:
            skipping = f"end{tag}"
        elif token.contents in {"block body_class", "block bodyclass"}:
            skipping = "endblock"
        kept.append(token.contents if token.token_type is TokenType.TEXT and not skipping else " ")
    return re.sub(
        r"<(/?) +", r"<\1any ", "".join(kept)
    )  # <{% if url %}a{% else %}button{% endif %}


class Page(HTMLParser):
    """Collects what a reader would see or hear, and what the strict policy forbids."""

    SPOKEN = {"alt", "title", "aria-label", "aria-description", "placeholder", "label", "summary"}

    def __init__(self, source):
        super().__init__()
        self.texts, self.inline, self.inside = [], [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.inside = tag
        self.texts += [value or "" for name, value in attributes if name in self.SPOKEN]
        if tag == "input" and facts.get("type") in {"submit", "button", "reset"}:
            self.texts.append(facts.get("value") or "")
        is_data = facts.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in facts and not is_data):
            self.inline.append(f"<{tag}>")
        self.inline += [name for name in facts if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in {"script", "style"}:
            self.texts.append(data)


# Proper names and abbreviations that are the same in both languages.
SAME_IN_BOTH = re.compile(r"\b(First Work|PDF|CSV|JSON|ICS|HTML|QR)\b")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_bare_text(path):
    page = Page(outside_of_tags(path.read_text()))

    bare = [
        text.strip() for text in page.texts if re.search(r"[^\W\d_]", SAME_IN_BOTH.sub("", text))
    ]

    assert bare == []


@pytest.mark.parametrize("path", MAILS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_mail_holds_no_bare_text(path):
    text = outside_of_tags(path.read_text()).strip().removeprefix("Subject:")

    assert re.findall(r"[^\W\d_]+", SAME_IN_BOTH.sub("", text)) == []


@pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATES if path != MAIL_LAYOUT],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_template_has_no_inline_script_style_or_handler(path):
    assert Page(outside_of_tags(path.read_text())).inline == []


PRODUCTION = {
    "SITE_URL": "https://cops.example.org",
    "SECRET_KEY": "3f9d0c6b1e7a4852-a-long-and-varied-key-for-this-test-only-QWERTZuiop",
    "DATABASE_URL": "postgres://cops@db.example.org/cops",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://user:word@smtp.example.org:587",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def in_production(*arguments, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
    )


def check(**environment):
    arguments = "manage.py", "check", "--deploy", "--fail-level", "WARNING"
    return in_production(*arguments, **environment)


def test_a_web_process_is_loaded_without_a_database_and_without_what_few_pages_need():
    said = """
import sys, config.wsgi
print(sorted({"celery", "redis", "icalendar", "markdown_it", "holidays", "typst"} & {*sys.modules}))
"""
    result = in_production("-c", said)

    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")


ANYMAIL = '{"POSTMARK_SERVER_TOKEN": "token", "WEBHOOK_SECRET": "name:password"}'


@pytest.mark.parametrize(
    ("environment", "backend"),
    [
        ({}, "notifications.server.EmailBackend"),
        ({"EMAIL_URL": "dummymail://"}, "django.core.mail.backends.dummy.EmailBackend"),
        (
            {"EMAIL_URL": "", "MAIL_PROVIDER": "postmark", "ANYMAIL": ANYMAIL},
            "anymail.backends.postmark.EmailBackend",
        ),
        (
            {"MAIL_PROVIDER": "postmark", "ANYMAIL": ANYMAIL},
            "notifications.server.EmailBackend",
        ),
    ],
)
def test_mail_leaves_the_way_the_environment_says(environment, backend):
    said = "from django.conf import settings; print(settings.EMAIL_BACKEND)"

    assert in_production("-c", said, **environment).stdout == f"{backend}\n"


@pytest.mark.parametrize(
    "environment",
    [
        {"EMAIL_URL": ""},
        {"MAIL_PROVIDER": "postmark"},
        {"MAIL_PROVIDER": "postmark", "ANYMAIL": '{"POSTMARK_SERVER_TOKEN": "token"}'},
    ],
)
def test_without_a_way_for_mail_or_a_password_to_hear_of_it_nothing_starts(environment):
    assert in_production("-c", "import config.wsgi", **environment).returncode == 1


def test_every_static_file_that_a_page_names_is_collected(tmp_path):
    collected = in_production(
        "manage.py", "collectstatic", "--noinput", "--verbosity=0", STATIC_ROOT=str(tmp_path)
    )
    assert (collected.returncode, collected.stderr) == (0, "")
    files = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]

    folders = [ROOT / "templates", *(Path(app.path, "templates") for app in apps.get_app_configs())]
    named = {
        name
        for folder in folders
        for template in folder.rglob("*.html")
        for name in re.findall(r"{% static [\"']([^\"'{]+)[\"']", template.read_text())
    }
    medias = [model_admin.media for model_admin in admin.site._registry.values()]
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            medias.append(AutocompleteSelect(LogEntry._meta.get_field("user"), admin.site).media)
    for media in medias:
        named |= {*media._js, *(path for paths in media._css.values() for path in paths)}
    assert sorted(named - files.keys()) == []


def test_production_settings_pass_the_deployment_check_without_a_warning():
    result = check()

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"REDIS_URL": "memory://"}, "REDIS_URL=memory://"),
        ({"DEMO": "1"}, "DEMO=1"),
    ],
    ids=["a broker that reaches no other process", "the demo at a public address"],
)
def test_production_refuses_to_start_with(environment, complaint):
    result = check(**environment)

    assert result.returncode != 0
    assert f"ImproperlyConfigured: {complaint}" in result.stderr


@pytest.mark.parametrize("name", ["SITE_URL", "SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_start_without(name):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "HOME") if key in os.environ}

    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )

    assert result.returncode != 0
    assert f"Set the {name} environment variable" in result.stderr


def test_a_refusal_goes_through_the_one_door_that_loses_nothing():
    """``messages.error`` beside a redirect drops what was typed; ``accounts.typed.refuse`` not."""
    speaking = {
        str(path.relative_to(ROOT))
        for app in LAYERS
        for path in modules(app)
        if "messages.error(" in path.read_text()
    }

    assert speaking == {"accounts/typed.py"}


def test_every_decision_is_listed_once_under_its_title():
    folder = ROOT / "docs/decisions"
    titles = {
        path.name: path.read_text().partition("\n")[0].partition(": ")[2]
        for path in sorted(folder.glob("0*.md"))
    }

    lines = (folder / "README.md").read_text().partition("|---|---|\n")[2].splitlines()

    rows = [f"| [{name[:4]}]({name}) | {title} |" for name, title in titles.items()]
    assert lines == rows
