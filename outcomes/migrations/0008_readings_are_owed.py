from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

ZONE, DAYS = ZoneInfo("America/Toronto"), 14


def owe(apps, schema_editor):
    """Give who reads an outcome now until two weeks from today, as whoever is asked later."""
    Event = apps.get_model("notifications", "Event")
    Invitee = apps.get_model("notifications", "Invitee")
    Membership = apps.get_model("cops", "Membership")
    on = timezone.localdate(timezone=ZONE) + timedelta(days=DAYS)
    ends = datetime.combine(on, time(23, 59), ZONE).astimezone(UTC)
    waiting = apps.get_model("outcomes", "Outcome").objects.filter(status="member-review")
    for outcome in waiting.filter(reading_due=None).select_related("community"):
        outcome.reading_due = Event.objects.create(
            kind="outcome-due",
            series_id=outcome.community.series_id,
            local_on=on,
            local_at=time(23, 59),
            zone=ZONE.key,
            starts_at=ends,
            ends_at=ends,
        )
        outcome.save(update_fields=["reading_due"])
        members = Membership.objects.filter(
            community=outcome.community, left_at=None, role="member"
        )
        Invitee.objects.bulk_create(
            Invitee(event=outcome.reading_due, person_id=member.person_id, role="member")
            for member in members
        )


def let_go(apps, schema_editor):
    """Take the readings away with what was planned for them; mail that went stays on record."""
    readings = apps.get_model("notifications", "Event").objects.filter(kind="outcome-due")
    apps.get_model("outcomes", "Outcome").objects.update(reading_due=None)
    sent = apps.get_model("notifications", "Message").objects.filter(state="sent")
    sent.filter(event__in=readings).update(event=None)
    readings.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0007_when_members_read"),
    ]

    operations = [migrations.RunPython(owe, let_go)]
