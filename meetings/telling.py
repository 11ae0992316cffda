"""Whom a change of a meeting reaches, in words for who makes it: before, and after."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import notices, telling
from notifications.models import Event, Invitee


def before_change(event: Event) -> list[str]:
    """Return, a sentence each, whom a change would tell, when, and what becomes of answers."""
    people = list(notices.told_of_change(event))
    minutes = {"minutes": telling.settling_minutes()}
    if not people:
        return [telling.nobody()]
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
    return [
        telling.who_gets(people),
        when % minutes,
        f"{_('Their calendars follow.')} {_answers(event)}",
    ]


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


def changed(event: Event) -> str:
    """Return that ``event`` is changed, and whom that tells."""
    return " ".join([_("The meeting is changed."), telling.told(event)])


def cancelled(event: Event) -> str:
    return " ".join([_("The meeting is cancelled."), telling.told(event)])
