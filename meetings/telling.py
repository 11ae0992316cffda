"""Whom a change or a cancellation reaches, in words for who makes it: before, and after."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.phrases import in_a_row
from notifications import notices
from notifications.models import Event, Invitee

NAMED = 12


def before_change(event: Event) -> list[str]:
    """Return, a sentence each, whom a change would tell, when, and what becomes of answers."""
    people = list(notices.told_of_change(event))
    minutes = {"minutes": _settling_minutes()}
    if not people:
        return [_("Nobody is invited, so nobody gets an email.")]
    if notices.is_urgent(event):
        when = _("It goes at once.")
    elif notices.follows_another(event):
        when = _(
            "It was changed only just now: the next email goes %(minutes)s minutes after your "
            "last change, one for all that you change until then."
        )
    else:
        when = _(
            "It goes at once. What you change within %(minutes)s minutes after that goes as one "
            "second email."
        )
    return [_who_gets(people), when % minutes, f"{_('Their calendars follow.')} {_answers(event)}"]


def _answers(event: Event) -> str:
    given = event.invitees.current().exclude(answer=Invitee.Answer.NONE).count()
    if not given:
        return _("At another day or hour, everyone is asked whether they can come.")
    lost = ngettext(
        "%(count)s person has answered: at another day or hour, everyone is asked anew.",
        "%(count)s people have answered: at another day or hour, everyone is asked anew.",
        given,
    )
    return lost % {"count": given}


def before_end(event: Event) -> str:
    """Return whom a cancellation would tell, and that it leaves their calendars."""
    people = list(notices.told_of_end(event))
    if not people:
        return _("Nobody is invited, so nobody gets an email.")
    return " ".join([_who_gets(people), _("It goes at once, and the meeting leaves calendars.")])


def changed(event: Event) -> str:
    """Return that ``event`` is changed, and whom that tells."""
    return " ".join([_("The meeting is changed."), _whom_it_tells(event)])


def cancelled(event: Event) -> str:
    return " ".join([_("The meeting is cancelled."), _whom_it_tells(event)])


def _whom_it_tells(event: Event) -> str:
    told = notices.of_now(event)
    if not told:
        return _("Nobody is invited, so nobody gets an email.")
    who = _who_gets([message.recipient for message in told])
    if told[0].not_before <= told[0].created_at:
        return who
    waits = _("It goes in %(minutes)s minutes, one for all that is different by then.")
    return " ".join([who, waits % {"minutes": _settling_minutes()}])


def _who_gets(people) -> str:
    """Return "3 people get an email: A, B and C."; where there are many, only how many."""
    said = ngettext(
        "%(count)s person gets an email", "%(count)s people get an email", len(people)
    ) % {"count": len(people)}
    if len(people) > NAMED:
        return _("%(said)s.") % {"said": said}
    return _("%(said)s: %(names)s.") % {"said": said, "names": in_a_row(people)}


def _settling_minutes() -> int:
    return int(notices.SETTLING.total_seconds() // 60)
