"""What staff may put into the text of a mail: ``{name}``, never a line of a template language.

    @mails.register("event-cancelled", _("Cancellation"), placeholders={
        "title": text(_("What was to take place"), _("Information webinar")),
        "link": link(_("The page to answer on")),
        "agenda": block(_("The open points"), "meetings/mails/_agenda.md", _("- Welcome")),
    })

A text stands in a sentence and stays text. A link is a whole address; a paragraph that is nothing
but ``[words]({link})`` is a button. A block is paragraphs or a list of its own, made from
conditions that staff need not know; where there is nothing to say, it says nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EXAMPLE_LINK = "https://example.org/page"


class Sort(Enum):
    TEXT = gettext_lazy("words")
    LINK = gettext_lazy("a link")
    BLOCK = gettext_lazy("paragraphs of its own")


@dataclass(frozen=True)
class Placeholder:
    """``label`` is what it stands for; ``get(facts)`` its value, where that is not its own fact."""

    label: str
    example: str
    sort: Sort = Sort.TEXT
    is_needed: bool = False
    get: Callable[[dict], object] | None = None
    template: str = ""


def text(label, example, get=None) -> Placeholder:
    return Placeholder(label, example, get=get)


def link(label, *, is_needed=True) -> Placeholder:
    return Placeholder(label, EXAMPLE_LINK, Sort.LINK, is_needed)


def block(label, template, example, *, is_needed=False) -> Placeholder:
    return Placeholder(label, example, Sort.BLOCK, is_needed, template=template)


def greeting(facts) -> str:
    name = facts.get("name")
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


GREETING = text(gettext_lazy("The greeting, with her name where it is known"),
                gettext_lazy("Hello Amal Haddad,"), greeting)  # fmt: skip
