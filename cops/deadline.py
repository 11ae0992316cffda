"""Extending the deadline of a call: whom it concerns, what moves along, who is told."""

from datetime import date, datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.phrases import in_a_row
from cops import parts
from cops.models import Cohort, Extension, Webinar
from notifications import calendar
from notifications.models import Invitee, Role


def why_not(cohort: Cohort) -> str:
    """Why the deadline of ``cohort`` cannot be extended; "" where it can.

    A call that has closed may open again until what was sent is being read.
    """
    if not cohort.is_published:
        return _("This call is not public: change its dates on its own page.")
    if timezone.now() < cohort.closes_at:
        return ""
    return next(filter(None, (part.why_closed_for_good(cohort) for part in parts.every())), "")


def concerned(cohort: Cohort) -> list[str]:
    """Say in sentences how many people another deadline concerns, and what it means to them."""
    guests = Invitee.objects.current().filter(event=cohort.closing, role=Role.GUEST).count()
    registered = ngettext(
        "%(count)s person registered for a webinar and has no draft: "
        "the reminder follows the new date.",
        "%(count)s people registered for a webinar and have no draft: "
        "their reminders follow the new date.",
        guests,
    ) % {"count": guests}
    return [*(said for part in parts.every() for said in part.concerned(cohort)), registered]


def days_later(cohort: Cohort, until: datetime) -> int:
    """Return by how many days later dates would follow a closing at ``until``: whole weeks, at
    least as many days as the deadline moves, so that each stays on its day of the week.
    """
    return 7 * ceil((_day(until) - _day(cohort.closes_at)).days / 7)


def following(cohort: Cohort) -> list[str]:
    """Return the names of the dates that come after applications close: not all need to, early
    interviews may begin before.
    """
    closes_on = _day(cohort.closes_at)
    return [name for name in Cohort.LATER if getattr(cohort, name) >= closes_on]


def shifted(cohort: Cohort, until: datetime) -> list[tuple[str, date, date]]:
    """Return the dates that would move along to ``until``: name, as it is, as it would be."""
    days = timedelta(days=days_later(cohort, until))
    dates = [(name, getattr(cohort, name)) for name in following(cohort) if days]
    return [(name, day, day + days) for name, day in dates]


def webinars_after(cohort: Cohort) -> list[Webinar]:
    """Return the webinars that lie ahead and come after applications close."""
    later = cohort.webinars.filter(event__cancelled_at=None, event__starts_at__gt=cohort.closes_at)
    ahead = later.filter(event__starts_at__gt=timezone.now())
    return list(ahead.select_related("event").order_by("event__starts_at"))


def shifted_webinars(cohort: Cohort, until: datetime) -> list[tuple[Webinar, datetime, datetime]]:
    """Return the webinars that would move along: each with its wall time now, and then."""
    days = timedelta(days=days_later(cohort, until))
    walls = [(each, each.event.local_start.replace(tzinfo=None)) for each in webinars_after(cohort)]
    return [(each, wall, wall + days) for each, wall in walls if days]


def too_early(cohort: Cohort, until: datetime) -> list[str]:
    """Return the names of the dates that would no longer come after a closing at ``until``."""
    return [name for name in following(cohort) if getattr(cohort, name) < _day(until)]


@transaction.atomic
def extend(cohort: Cohort, until: datetime, *, by: User, shift: bool = False) -> Extension:
    """Let applications close at ``until``, an aware instant; with ``shift`` the later dates follow.

    Whoever has a draft is told, and who registered for a webinar that moves along, and who has
    sent, if later dates move; reminders follow. Raises InvalidTransition when that is no later,
    is past, would come after what follows it, or when somebody else moved it meanwhile.
    """
    now = _locked(cohort)
    if now.closes_at != cohort.closes_at:
        raise InvalidTransition(
            _("Somebody else has just moved the deadline to %(moment)s.")
            % {"moment": clock.spoken(now.closes_at)}
        )
    if why := why_not(now):
        raise InvalidTransition(why)
    if until <= now.closes_at:
        raise InvalidTransition(_("A deadline that is public only moves to a later moment."))
    if until <= timezone.now():
        raise InvalidTransition(_("This time is past."))
    if not shift and (early := too_early(now, until)):
        raise InvalidTransition(_too_early_in_words(now, early))
    later_were = {}
    if shift:
        for name, before, after in shifted(now, until):
            later_were[name] = before.isoformat()
            setattr(now, name, after)
        for webinar, _before, wall in shifted_webinars(now, until):
            _move(webinar, wall)
    was, now.closes_at = now.closes_at, until
    now.save()
    extension = Extension.objects.create(
        cohort=now, was_until=was, until=until, later_were=later_were, by=by
    )
    for part in parts.every():
        part.extended(extension)
    cohort.refresh_from_db()
    return extension


def called(name: str) -> str:
    """Return what the date ``name`` of a call is called on its page."""
    return capfirst(Cohort._meta.get_field(name).verbose_name)


def _move(webinar: Webinar, wall: datetime) -> None:
    try:
        calendar.move(webinar.event, wall, fold=wall.fold)
    except calendar.Moved as error:
        raise InvalidTransition(_("Somebody else has just changed this webinar.")) from error


def _locked(cohort: Cohort) -> Cohort:
    return Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)


def _too_early_in_words(cohort: Cohort, names: list[str]) -> str:
    dates = [f"{called(name)} ({clock.brief_day(getattr(cohort, name))})" for name in names]
    return _(
        "Before the new deadline: %(dates)s. Move them first, or let the later dates move along."
    ) % {"dates": in_a_row(dates)}


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ONTARIO).date()
