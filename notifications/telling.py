"""Whom calling an event off reaches, in words for who does it: before, and after."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.phrases import in_a_row
from notifications import notices
from notifications.models import Event

NAMED = 12


def before_end(event: Event) -> str:
    """Return whom a cancellation would tell, when, and that it leaves their calendars."""
    people = list(notices.told_of_end(event))
    if not people:
        return nobody()
    return " ".join([who_gets(people), _("It goes at once, and the entry leaves their calendars.")])


def told(event: Event) -> str:
    """Return who gets an email about how ``event`` stands now, and when if not at once."""
    letters = notices.of_now(event)
    if not letters:
        return nobody()
    who = who_gets([message.recipient for message in letters])
    if letters[0].not_before <= letters[0].created_at:
        return who
    waits = _("It goes in %(minutes)s minutes, one for all that is different by then.")
    return " ".join([who, waits % {"minutes": settling_minutes()}])


def who_gets(people) -> str:
    """Return "3 people get an email: A, B and C."; where there are many, only how many."""
    said = ngettext(
        "%(count)s person gets an email", "%(count)s people get an email", len(people)
    ) % {"count": len(people)}
    if len(people) > NAMED:
        return _("%(said)s.") % {"said": said}
    return _("%(said)s: %(names)s.") % {"said": said, "names": in_a_row(people)}


def nobody() -> str:
    return _("Nobody is invited, so nobody gets an email.")


def settling_minutes() -> int:
    return int(notices.SETTLING.total_seconds() // 60)
