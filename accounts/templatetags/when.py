"""Dates and times in words, the same on pages and in mail."""

from django import template

from accounts import clock

register = template.Library()


@register.filter
def moment(value, zone=clock.ONTARIO.key):
    """{{ event.starts_at|moment:event.zone }}: day, time and the name of the clock."""
    return clock.spoken(value, zone) if value else ""


@register.filter
def day(value):
    """{{ cohort.groups_on|day }}: weekday, day, month and year of a date or an instant."""
    if not value:
        return ""
    return clock.spoken_day(value.astimezone(clock.ONTARIO) if hasattr(value, "hour") else value)


@register.filter
def time_of_day(value, zone=clock.ONTARIO.key):
    """{{ event.ends_at|time_of_day:event.zone }}: the time alone."""
    return clock.spoken_time(value.astimezone(clock.ZoneInfo(zone))) if value else ""


@register.simple_tag
def spoken_to(value, zone, own):
    """{% spoken_to event.starts_at event.zone person.time_zone %}: on both where they differ."""
    return clock.spoken_to(value, zone, own)


@register.simple_tag
def northwest_time(value, zone):
    """{% northwest_time event.starts_at event.zone as when %}: for whoever's clock is not known."""
    return clock.beside(value, zone, clock.NORTHWEST)


@register.simple_tag
def own_time(value, zone, own):
    """{% own_time event.starts_at event.zone person.time_zone as when %}: "" where both agree."""
    return clock.own_time(value, zone, own) if own else ""
