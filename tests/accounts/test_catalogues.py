import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import gettext

from accounts import catalogues
from accounts.catalogues import Catalogue, Text, texts_in_python, texts_in_template


def test_texts_are_found_in_python_under_whatever_name_gettext_has():
    source = """
from django.utils import translation
from django.utils.translation import gettext as _, ngettext as plural, pgettext_lazy
from elsewhere import gettext as other

def say(n):
    _("One " "two")
    plural("%(n)d hour", "%(n)d hours", n)
    translation.gettext("Three")
    other("not ours")
    _(WORD)
    record._("nor this")

WORD = pgettext_lazy("month", "May")
"""

    assert texts_in_python(source) == {
        Text("One two"),
        Text("%(n)d hour", None, "%(n)d hours"),
        Text("Three"),
        Text("May", "month"),
    }


def test_texts_are_found_in_every_corner_of_a_template():
    source = """{% load i18n %}{% if a %}{% for b in c %}
{% translate "100% sure" %}{% translate 'May' context "month" %}{% translate variable %}
{% empty %}{% blocktranslate trimmed with name=user %}
  Hello {{ name }},
  welcome
{% endblocktranslate %}{% endfor %}{% endif %}
{% blocktranslate count n=c|length context "when" %}{{ n }} day{% plural %}{{ n }} days
{% endblocktranslate %}
{% include "_empty.html" with title=_("Nothing \\"yet\\"") %}{{ a|default:_('none') }}
{# {% translate "commented away" %} #}"""

    assert texts_in_template(source) == {
        Text("100%% sure"),
        Text("May", "month"),
        Text("Hello %(name)s, welcome"),
        Text("%(n)s day", "when", "%(n)s days\n"),
        Text('Nothing "yet"'),
        Text("none"),
    }


@pytest.fixture
def catalogue(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    source = tmp_path / "views.py"
    source.write_text("from django.utils.translation import gettext as _\n_('Save')\n_('Cancel')\n")
    return Catalogue("sample", tmp_path / "locale/fr/LC_MESSAGES/django.po", [source])


def reread(catalogue):
    return Catalogue(catalogue.name, catalogue.path, catalogue.sources)


def test_a_catalogue_keeps_translations_and_drops_what_is_gone(catalogue):
    assert catalogue.outdated() == ["Cancel", "Save"]
    catalogue.update()
    filled = polib.pofile(str(catalogue.path))
    for entry in filled:
        entry.msgstr = {"Save": "Enregistrer", "Cancel": "Annuler"}[entry.msgid]
    filled.save()
    catalogue.sources[0].write_text(
        "from django.utils.translation import gettext as _\n_('Save')\n_('Send')\n"
    )

    changed = reread(catalogue).update()

    assert changed
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue.path))} == {
        "Save": "Enregistrer",
        "Send": "",
    }
    assert reread(catalogue).unfinished() == ["Send"]
    assert reread(catalogue).outdated() == []
    assert not reread(catalogue).update()


def test_references_name_files_without_lines(catalogue):
    catalogue.update()

    assert "#: views.py\n" in Path(catalogue.path).read_text()


def test_a_compiled_catalogue_lies_beside_its_source(catalogue):
    catalogue.update()
    filled = polib.pofile(str(catalogue.path))
    filled.find("Save").msgstr = "Enregistrer"
    filled.save()

    catalogue.compile()

    compiled = polib.mofile(str(catalogue.path.with_suffix(".mo")))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Save", "Enregistrer")]


def test_our_english_rewords_what_the_libraries_say_and_what_our_french_rewords_too():
    french = {entry.msgid: entry for entry in catalogues.all_catalogues()[-1].read()}
    placeholders = re.compile(r"%\(\w+\)[sd]|\{\w+\}").findall

    for entry in polib.pofile(str(catalogues.in_our_english())):
        assert entry.msgid in french
        said = entry.msgstr or entry.msgstr_plural[1]
        assert set(placeholders(said)) <= set(placeholders(entry.msgid))
        assert gettext(entry.msgid) == entry.msgstr or entry.msgid_plural
