from datetime import UTC
from zoneinfo import ZoneInfo

from django.db import migrations

ZONE = "America/Toronto"


def hold(apps, schema_editor):
    """Give each call the deadline that is its closing, as each new one has."""
    Event = apps.get_model("notifications", "Event")
    for cohort in apps.get_model("cops", "Cohort").objects.filter(closing=None):
        local = cohort.closes_at.astimezone(ZoneInfo(ZONE))
        cohort.closing = Event.objects.create(
            kind="application-due",
            series_id=cohort.series_id,
            local_on=local.date(),
            local_at=local.time(),
            zone=ZONE,
            starts_at=local.astimezone(UTC),
            ends_at=local.astimezone(UTC),
        )
        cohort.save(update_fields=["closing"])


def let_go(apps, schema_editor):
    """Take the closings away with what was planned for them; mail that went stays on record."""
    closings = apps.get_model("notifications", "Event").objects.filter(kind="application-due")
    apps.get_model("cops", "Cohort").objects.update(closing=None)
    sent = apps.get_model("notifications", "Message").objects.filter(state="sent")
    sent.filter(event__in=closings).update(event=None)
    closings.delete()


class Migration(migrations.Migration):
    dependencies = [("cops", "0011_closing_and_slides")]

    operations = [migrations.RunPython(hold, let_go)]
