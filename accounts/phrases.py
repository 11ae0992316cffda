"""Small turns of phrase that every language sets in its own way."""

from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext


def labelled(label, value) -> str:
    """Return "label: value"; French has a space before the colon."""
    return gettext("%(label)s: %(value)s") % {"label": label, "value": value}


def in_a_row(things) -> str:
    """Return "A", "A and B" or "A, B and C"."""
    return get_text_list([str(thing) for thing in things], gettext("and"))


def counted(number: int, opts) -> str:
    """Return the noun of a model for so many of them; in French none is singular."""
    is_french = (get_language() or "en").startswith("fr")
    is_one = number == 1 or (is_french and number == 0)
    return str(opts.verbose_name if is_one else opts.verbose_name_plural)
