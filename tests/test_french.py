"""The French of the catalogues: set as French is set, in the words of the glossary."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.template.base import DebugLexer, TokenType
from django.utils.functional import Promise
from django.utils.translation import override

from accounts import catalogues

pytestmark = pytest.mark.structure

GLOSSARY = Path(settings.BASE_DIR) / "docs/glossaire.md"
# Addresses, values and tags are not set as text.
NOT_TEXT = re.compile(r"https?://\S+|%\(\w+\)[sd]|<[^>]+>|\b(?:mailto|webcal):")
SPACE = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
FAULTS = {
    "no unbreakable space before ; ? ! »": re.compile(rf"[^\s{SPACE}«(?!][;?!»]"),
    "no unbreakable space before a colon": re.compile(rf"[^\s{SPACE}]:(?=\s|$)"),
    "a plain space before : ; ? ! »": re.compile(r" [:;?!»]"),
    "no unbreakable space after «": re.compile(rf"«[^{SPACE}]"),
    "a straight apostrophe": re.compile(r"\w'\w"),
    "straight quotes": re.compile(r'"'),
    "two spaces": re.compile(r"  "),
    "a middle dot for gender": re.compile(r"\w·\w"),
    "a plural in brackets": re.compile(r"\w\(s\)"),
}
# Before a name, "de" or "que" would be "d’" or "qu’" half of the time; before a figure, never.
ELIDED = re.compile(r"\b(?:de|que|[a-z]+sque)[ \xa0]\W*%\((\w+)\)", re.IGNORECASE)
FIGURES = {"hours_min", "least", "min", "number", "pages", "spread", "total"}


def avoided():
    """Return the words of the glossary's last column."""
    rows = [line.split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    cells = [row[4].strip() for row in rows[1:]]
    return [word.strip() for cell in cells for word in cell.split(",") if word.strip()]


def texts():
    for catalogue in catalogues.all_catalogues():
        for entry in catalogue.read():
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                if text:
                    yield catalogue.name, entry.msgid, text


def strings(value, is_french):
    """Yield the French texts below ``value``: those whose key, or a key above, says "fr"."""
    match value:
        case str():
            yield from [value] if is_french else []
        case list():
            for each in value:
                yield from strings(each, is_french)
        case dict():
            for key, each in value.items():
                yield from strings(each, is_french or key == "fr" or key.endswith("_fr"))


def sample_texts():
    for path in sorted((Path(settings.BASE_DIR) / "outcomes/sample/texts").glob("*.toml")):
        for text in strings(tomllib.loads(path.read_text()), path.stem.endswith("_fr")):
            yield path.name, "", text


def test_every_french_text_is_set_as_french():
    faults = [
        f"{name}: {fault}: {text[:80]!r}"
        for name, _msgid, text in [*texts(), *sample_texts()]
        for fault, pattern in FAULTS.items()
        if pattern.search(NOT_TEXT.sub("X", text))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_no_french_text_uses_a_word_the_glossary_avoids():
    words = {word: re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE) for word in avoided()}
    found = [
        f"{name}: {word!r} in {text[:80]!r}"
        for name, _msgid, text in texts()
        for word, pattern in words.items()
        if pattern.search(NOT_TEXT.sub("X", text))
    ]
    assert len(words) > 20
    assert not found, "\n" + "\n".join(found)


def test_no_word_that_elides_stands_before_a_name():
    found = [
        f"{name}: {text[:80]!r}"
        for name, _msgid, text in texts()
        for value in ELIDED.findall(text)
        if value not in FIGURES
    ]
    assert not found, "\n" + "\n".join(found)


# “Une place dans Se rendre au travail”: within a sentence such a name is set between guillemets.
BARE_NAME = re.compile(r"[\w,][ \xa0]\**%\((?:community|group|title)\)")


def test_a_name_that_may_be_a_phrase_is_quoted_within_a_sentence():
    found = [f"{name}: {text[:80]!r}" for name, _msgid, text in texts() if BARE_NAME.search(text)]
    assert not found, "\n" + "\n".join(found)


# Where French has a space, the template must not write the English colon itself.
BARE_COLON = re.compile(r"^\s*(?:<[^>]*>)*:(?=\s|$|<)|(?:^|>):(?=\s)")


def test_no_template_writes_a_colon_of_its_own():
    found = []
    for path in sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html")):
        inside = ""
        for token in DebugLexer(path.read_text()).tokenize():
            tag = (token.contents.split() or [""])[0] if token.token_type is TokenType.BLOCK else ""
            if inside:
                inside = "" if tag == inside else inside
            elif tag in {"blocktranslate", "comment", "verbatim"}:
                inside = f"end{tag}"
            elif token.token_type is TokenType.TEXT and BARE_COLON.search(token.contents):
                found.append(f"{path.name}:{token.lineno}: {token.contents.strip()[:40]!r}")
    assert not found, "\n" + "\n".join(found)


def said(name, model, desk):
    """Return what the desk calls a column, a field or a filter of ``model``."""
    *way, last = name.split("__")
    for step in way:
        model = model._meta.get_field(step).related_model
    try:
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        called = getattr(desk, name, None) or getattr(model, name)
        return getattr(getattr(called, "fget", called), "short_description", None)
    return field.related_model._meta.verbose_name if field.auto_created else field.verbose_name


def inlines(base=InlineModelAdmin):
    for inline in base.__subclasses__():
        yield from inlines(inline)
        if getattr(inline, "model", None) and inline.__module__.split(".")[0] in settings.OUR_APPS:
            yield inline


def desks():
    for model, desk in admin.site._registry.items():
        if model._meta.app_label in settings.OUR_APPS:
            yield model, desk
    for inline in inlines():
        yield inline.model, inline


def test_the_desk_names_everything_in_words_to_translate():
    english = []
    for model, desk in desks():
        fields = flatten_fieldsets(desk.fieldsets) if desk.fieldsets else flatten(desk.fields or [])
        filters = getattr(desk, "list_filter", ())
        own = [each for each in filters if isinstance(each, type)]
        names = {*fields, *desk.readonly_fields, *getattr(desk, "list_display", ())}
        names |= {each[0] if isinstance(each, tuple) else each for each in filters} - {*own}
        names -= {"__str__", *getattr(desk.form, "declared_fields", ())}  # a form names its own
        called = {name: said(name, model, desk) for name in names}
        called |= {each.__name__: each.title for each in own}
        nouns = model._meta.verbose_name_plural
        called["its rows"] = getattr(desk, "verbose_name_plural", None) or nouns
        english += [
            f"{model.__name__}: {name}"
            for name, words in called.items()
            if not isinstance(words, Promise)
        ]
    assert english == []


def test_one_and_many_have_each_their_word():
    with override("fr"):
        same = [
            f"{model.__name__}: {model._meta.verbose_name}"
            for model, _desk in desks()
            if str(model._meta.verbose_name) == str(model._meta.verbose_name_plural)
        ]
    assert same == []


# A text asked for as it is, in code and in templates.
ASKED = re.compile(r'(?:\btranslate\s+|\b(?:_|_t|gettext|gettext_lazy)\(\s*)"([^"]+)"')


def test_no_text_that_is_asked_for_alone_has_only_an_entry_for_one_and_many():
    """Python 3.11.2, which Debian 12 has, does not look there: the text would stay English."""
    entries = [
        entry
        for catalogue in catalogues.all_catalogues()
        for entry in catalogue.read()
        if not entry.obsolete and not entry.msgctxt
    ]
    alone = {entry.msgid for entry in entries if not entry.msgid_plural}
    counted = {entry.msgid for entry in entries if entry.msgid_plural} - alone
    apps = [path.parent for path in settings.BASE_DIR.glob("*/apps.py")]
    code = [path for app in apps for path in app.rglob("*.py")]
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    asked = {text for path in [*code, *pages] for text in ASKED.findall(path.read_text())}

    assert counted, "there are texts for one and many"
    assert asked & counted == set()
