"""Times that are always as far from now."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def days(number):
    """The instant ``number`` days from now."""
    return timezone.now() + timedelta(days=number)


def wall(number, at=time(13)):
    """The naive wall time ``number`` days from today, at 1 p.m."""
    return datetime.combine(timezone.localdate() + timedelta(days=number), at)
