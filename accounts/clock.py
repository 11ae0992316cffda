"""What time it is, and what time people mean.

``now()`` is the only clock that phases and public visibility read. A staff
member may look at the site "as on" another day: the middleware then sets the
day for one request, see ``accounts.middleware.AsOfMiddleware``.
"""

import re
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)

ONTARIO = ZoneInfo("America/Toronto")
NO_YEAR = _lazy("Enter a year that calendars have.")


def now() -> datetime:
    """Return the aware instant that this request is about: the real one, or a preview's."""
    return _as_of.get() or timezone.now()


def previewed() -> datetime | None:
    """Return the instant this request is a preview of, or None."""
    return _as_of.get()


@contextmanager
def as_of(instant: datetime | None):
    """Make ``now()`` return ``instant`` inside the block; None leaves the real clock."""
    token = _as_of.set(instant)
    try:
        yield
    finally:
        _as_of.reset(token)


def instant(wall: datetime, zone: str, *, fold: int | None = None) -> datetime:
    """Return the UTC instant at which a clock in ``zone`` shows the naive time ``wall``.

    Raises ValidationError for a time that the spring change skips, and, unless
    ``fold`` (0 first, 1 second) says which, for one that the autumn change repeats.
    """
    first, second = _both(wall, zone)
    if first > second:
        raise ValidationError(
            _("%(time)s does not exist on that day: the clocks go forward."),
            code="skipped_time",
            params={"time": spoken_time(wall)},
        )
    if first < second and fold is None:
        raise repeated(wall)
    return second if fold == 1 else first


def is_repeated(wall: datetime, zone: str) -> bool:
    """Whether a clock in ``zone`` shows the naive time ``wall`` twice, because it goes back."""
    try:
        first, second = _both(wall, zone)
    except ValidationError:
        return False
    return first < second


def repeated(wall: datetime) -> ValidationError:
    """Return what to say of a time that happens twice, where one of the two is to be chosen."""
    return ValidationError(
        _("%(time)s happens twice on %(day)s: the clocks go back. Choose which of the two."),
        code="repeated_time",
        params={"time": spoken_time(wall), "day": spoken_day(wall.date())},
    )


def _both(wall: datetime, zone: str) -> list[datetime]:
    """Return the instants of ``wall`` before and after a change of the clock: mostly the same."""
    tz = ZoneInfo(zone)
    try:
        return [wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError as error:
        raise ValidationError(NO_YEAR, code="no_year") from error


def end_of_day(day, zone: str = ONTARIO.key) -> datetime:
    """Return the instant of 23:59 on ``day`` in ``zone``: what a deadline by date means."""
    return instant(datetime.combine(day, time(23, 59)), zone)


NORTHWEST = "America/Winnipeg"
CLOCK_NAMES = {
    "America/Toronto": _lazy("Eastern Time"),
    NORTHWEST: _lazy("Central Time"),
    "America/Atikokan": _lazy("Eastern Standard Time"),
}


def spoken_day(day: date) -> str:
    """Return "Wednesday 27 January 2021" or "mercredi 27 janvier 2021"; the first is "1er".

    No line ends between the day and its month.
    """
    text = date_format(day, "l j\u00a0F Y")
    if (get_language() or "en").startswith("fr"):
        text = text.lower().replace(" 1\u00a0", " 1er\u00a0", 1)
    return text


def spoken_month(day: date) -> str:
    """Return "March 2021" or "mars 2021"."""
    text = date_format(day, "F Y")
    return text.lower() if (get_language() or "en").startswith("fr") else text


def spoken_time(moment: datetime) -> str:
    """Return "1:00 p.m." or, as Canadian French writes it, "13 h" or "13 h 30"."""
    if (get_language() or "en").startswith("fr"):
        return f"{moment.hour}\u00a0h" + (f"\u00a0{moment.minute:02}" if moment.minute else "")
    half = "a.m." if moment.hour < 12 else "p.m."
    return f"{moment.hour % 12 or 12}:{moment.minute:02}\u00a0{half}"


def brief_day(day: date) -> str:
    """Return "27 Jan. 2021" or "27 janv. 2021": for lists."""
    text = date_format(day, "j N Y")
    if (get_language() or "en").startswith("fr"):
        text = text.replace(" jan. ", " janv. ").replace(" fév. ", " févr. ")
        text = re.sub("^1 ", "1er ", text)
    return text


def brief(moment: datetime, zone: str = ONTARIO.key) -> str:
    """Return "27 Jan. 2021, 1:00 p.m.": for lists that name the clock once."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{brief_day(local.date())}, {spoken_time(local)}"


def spoken(moment: datetime, zone: str = ONTARIO.key) -> str:
    """Return an aware instant in words, on the clock of ``zone``, whose name is always said."""
    local = moment.astimezone(ZoneInfo(zone))
    text = _("%(day)s, %(time)s %(clock)s") % {
        "day": spoken_day(local.date()),
        "time": spoken_time(local),
        "clock": CLOCK_NAMES.get(zone, zone),
    }
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return text
    which = _("the second time that day") if local.fold else _("the first time that day")
    return f"{text} ({which})"


def own_time(moment: datetime, zone: str, own: str) -> str:
    """Return ``moment`` in words on the clock ``own``; "" where that shows what ``zone`` does."""
    there, here = (moment.astimezone(ZoneInfo(name)) for name in (zone, own))
    return "" if there.utcoffset() == here.utcoffset() else spoken(moment, own)


def beside(moment: datetime, zone: str, own: str) -> str:
    """Return ``own_time`` to stand beside ``spoken``: its day only where that is another."""
    here = own_time(moment, zone, own)
    local = moment.astimezone(ZoneInfo(own))
    if not here or local.date() != moment.astimezone(ZoneInfo(zone)).date():
        return here
    facts = {"time": spoken_time(local), "clock": CLOCK_NAMES.get(own, own)}
    return _("%(time)s %(clock)s") % facts


def spoken_to(moment: datetime, zone: str, own: str) -> str:
    """Return ``moment`` in words on the clock of ``zone``, and on ``own`` where that differs."""
    there, here = spoken(moment, zone), beside(moment, zone, own)
    return _("%(when)s (on your clock: %(own)s)") % {"when": there, "own": here} if here else there
