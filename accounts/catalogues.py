"""The French texts: found in the source, kept in .po files, without the gettext tools.

Each app has a catalogue, to which ``templates/<app>/`` and ``templates/admin/<app>/``
count; what is left of ``templates/`` and ``config/`` go to the one at the top.
References name files without line numbers, so that two people's changes merge.
A text that another catalogue translates already is said the same way here.
"""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polib
from django.conf import settings
from django.template import Template
from django.template.base import DebugLexer
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.text import unescape_string_literal

HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "fr",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}
# Where in the call the context, the text and its plural stand.
CALLS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


TEMPLATE_SUFFIXES = {".html", ".md", ".txt", ".xml"}
# {% include "_empty.html" with title=_("Nothing yet") %}
CONSTANT = re.compile(r"""_\(("[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')\)""")


@dataclass(frozen=True)
class Text:
    """One text to translate; a plural only rides along, gettext finds texts by the other two."""

    msgid: str
    context: str | None = None
    plural: str | None = None

    def sort_key(self):
        return self.msgid.lower(), self.msgid, self.context or "", self.plural or ""


def texts_in_python(source: str) -> set[Text]:
    """Return what the module passes to gettext and its siblings, also under another name."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in {"django.utils", "django.utils.translation"}
        for alias in node.names
    }
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if names.get(name) in CALLS:
                found.add(_text(node, *CALLS[names[name]]))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if (
                names.get(module) == "translation" and name in CALLS
            ):
                found.add(_text(node, *CALLS[name]))
    return found - {None}


def _text(call, *positions) -> Text | None:
    """Return what a call says outright; None where it passes on a text marked elsewhere."""
    parts = [None if position is None else call.args[position] for position in positions]
    if not all(part is None or isinstance(part, ast.Constant) for part in parts):
        return None
    context, msgid, plural = (part and part.value for part in parts)
    return Text(msgid, context, plural)


def texts_in_template(source: str) -> set[Text]:
    """Return what the template's translate and blocktranslate tags and ``_()`` constants say."""
    nodes = Template(source).nodelist
    found = {
        Text(str(node.filter_expression.var.literal).replace("%", "%%"), _context_of(node))
        for node in nodes.get_nodes_by_type(TranslateNode)
        if node.filter_expression.var.literal is not None
    }
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        singular, _ = node.render_token_list(node.singular)
        plural = node.render_token_list(node.plural)[0] if node.plural else None
        found.add(Text(singular, _context_of(node), plural))
    for token in DebugLexer(source).tokenize():
        for quoted in CONSTANT.findall(token.contents if token.token_type.value in (1, 2) else ""):
            found.add(Text(unescape_string_literal(quoted).replace("%", "%%")))
    return found


def _context_of(node) -> str | None:
    return node.message_context.resolve({}) if node.message_context else None


class Catalogue:
    """The French texts of one app, or of what belongs to none."""

    def __init__(self, name: str, path: Path, sources: list[Path]):
        self.name = name
        self.path = path
        self.sources = sources

    @cached_property
    def found(self) -> dict[Text, set[str]]:
        """Return each text in the source with the files it stands in."""
        places = defaultdict(set)
        for source in self.sources:
            content = source.read_text()
            texts = texts_in_python if source.suffix == ".py" else texts_in_template
            for text in texts(content):
                places[text].add(source.relative_to(settings.BASE_DIR).as_posix())
        for text in [text for text in places if text.plural]:
            # A text with a plural also serves where it stands alone.
            places[text] |= places.pop(replace(text, plural=None), set())
        return dict(places)

    def read(self) -> polib.POFile:
        return polib.pofile(str(self.path)) if self.path.exists() else polib.POFile()

    def translations(self) -> dict[tuple, polib.POEntry]:
        """Return its entries by text and context; what it lacks is borrowed from the others."""
        own = _by_text(self.read())
        translated = {key: entry for key, entry in own.items() if entry.translated()}
        if all((text.msgid, text.context) in translated for text in self.found):
            return own
        borrowed = {
            key: entry
            for catalogue in all_catalogues()
            for key, entry in _by_text(catalogue.read()).items()
            if entry.translated()
        }
        return own | borrowed | translated

    def merged(self) -> polib.POFile:
        """Return the catalogue the source asks for, with the translations there are."""
        known = self.translations()
        merged = polib.POFile(wrapwidth=98)
        merged.metadata = HEADER
        for text in sorted(
            self.found, key=lambda text: (text.msgid.lower(), text.msgid, text.context or "")
        ):
            entry = polib.POEntry(
                msgid=text.msgid,
                msgctxt=text.context,
                occurrences=[(place, "") for place in sorted(self.found[text])],
            )
            old = known.get((text.msgid, text.context))
            if old:
                entry.tcomment = old.tcomment
                entry.flags = [flag for flag in old.flags if flag == "fuzzy"]
            if "%(" in text.msgid or "%(" in (text.plural or ""):
                entry.flags.append("python-format")
            if text.plural:
                entry.msgid_plural = text.plural
                entry.msgstr_plural = (old and old.msgstr_plural) or {0: "", 1: ""}
            else:
                entry.msgstr = old.msgstr if old else ""
            merged.append(entry)
        return merged

    def outdated(self) -> list[str]:
        """Return the texts that the source asks for otherwise, however their lines are broken."""
        there, asked = ([_facts(entry) for entry in each] for each in (self.read(), self.merged()))
        if there == asked:
            return []
        changed = set(there) ^ set(asked) or set(there)  # or it is their order
        return sorted({msgid for msgid, *_ in changed})

    def update(self) -> bool:
        """Write the catalogue anew; returns whether that changed it."""
        if not self.outdated():
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(str(self.merged()) + "\n")
        return True

    def unfinished(self) -> list[str]:
        """Return the texts that have no translation, or one that only resembles."""
        return [
            entry.msgid for entry in self.read() if not entry.translated() or "fuzzy" in entry.flags
        ]

    def compile(self) -> None:
        compile_file(self.path)


def _by_text(catalogue: polib.POFile) -> dict[tuple, polib.POEntry]:
    return {(entry.msgid, entry.msgctxt): entry for entry in catalogue}


def _facts(entry: polib.POEntry) -> tuple:
    plural = tuple(sorted((int(form), text) for form, text in entry.msgstr_plural.items()))
    places = tuple(place for place, _line in entry.occurrences)
    text = entry.msgid, entry.msgctxt, entry.msgid_plural
    return *text, entry.msgstr, plural, tuple(sorted(entry.flags)), places


def all_catalogues() -> list[Catalogue]:
    root = Path(settings.BASE_DIR)
    catalogues = []
    elsewhere = set(_templates(root / "templates")) | set((root / "config").rglob("*.py"))
    for app in settings.OUR_APPS:
        modules = [path for path in (root / app).rglob("*.py") if "migrations" not in path.parts]
        templates = [
            *_templates(root / "templates" / app),
            *_templates(root / "templates" / "admin" / app),
        ]
        elsewhere -= set(templates)
        path = root / app / "locale/fr/LC_MESSAGES/django.po"
        catalogues.append(Catalogue(app, path, sorted([*modules, *templates])))
    path = root / "locale/fr/LC_MESSAGES/django.po"
    return [*catalogues, Catalogue("the rest", path, sorted(elsewhere))]


def in_our_english() -> Path:
    """Return the catalogue of what the libraries say in English, and we otherwise."""
    return Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"


def compile_file(path: Path) -> None:
    polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def _templates(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in TEMPLATE_SUFFIXES]
