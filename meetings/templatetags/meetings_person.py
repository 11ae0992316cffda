"""What this app tells staff about one person: her meetings, her hours, what she promised."""

from django import template
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from meetings.models import ActionItem, HoursEntry

register = template.Library()

MEETINGS_TOLD = 30


@register.inclusion_tag("meetings/_person.html")
def meetings_person(person):
    """The meetings a person was invited to and whether she came, her hours, what she promised."""
    parts = (
        person.invitations.filter(event__meeting__isnull=False)
        .select_related("event__meeting__community")
        .order_by("-event__starts_at")
    )
    by_month = (
        HoursEntry.objects.of_person(person)
        .order_by()
        .annotate(month=TruncMonth("worked_on"))
        .values("month")
        .annotate(total=Sum("hours"))
        .order_by("-month")
    )
    return {
        "parts": parts[:MEETINGS_TOLD],
        "hours": list(by_month[:12]),
        "actions": ActionItem.objects.open().filter(owner=person).with_deadlines(),
    }
