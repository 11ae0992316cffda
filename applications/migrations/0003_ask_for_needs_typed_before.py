from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

ONTARIO = ZoneInfo("America/Toronto")
DAYS, AHEAD = 7, 2
STILL_GOING = ["submitted", "in-review", "interview", "waitlisted", "offered"]


def ask(apps, schema_editor):
    """Make a request of every need that was typed before there were requests and is of use still.

    All active staff owe the answer, as for a new one; nobody is mailed before the reminder.
    """
    now = timezone.now()
    registrations = apps.get_model("cops", "Registration").objects.filter(
        cancelled_at=None, webinar__event__cancelled_at=None, webinar__event__starts_at__gt=now
    )
    for each in registrations.exclude(access_needs="").select_related("webinar__event"):
        webinar = each.webinar
        before = webinar.event.starts_at.astimezone(ONTARIO).date() - timedelta(days=AHEAD)
        _ask(apps, each, "webinar", webinar.slug, webinar.cohort, now, before)
    applications = apps.get_model("applications", "Application").objects.filter(
        status__in=STILL_GOING, awaits_confirmation=False
    )
    for each in applications.exclude(access_needs="").select_related("cohort"):
        _ask(apps, each, "application", each.cohort.slug, each.cohort, now, None)


def _ask(apps, record, source, about, cohort, now, before):
    requests = apps.get_model("cops", "AccessRequest").objects
    if requests.filter(person=record.person_id, source=source, about=about).exists():
        return
    today = now.astimezone(ONTARIO).date()
    due = today + timedelta(days=DAYS)
    due = max(today, min(due, before)) if before else due
    at = datetime.combine(due, time(23, 59), ONTARIO)
    deadline = apps.get_model("notifications", "Event").objects.create(
        kind="access-due",
        series_id=cohort.series_id,
        local_on=due,
        local_at=at.time(),
        zone=ONTARIO.key,
        starts_at=at,
        ends_at=at,
    )
    staff = apps.get_model("accounts", "User").objects.filter(is_staff=True, is_active=True)
    apps.get_model("notifications", "Invitee").objects.bulk_create(
        apps.get_model("notifications", "Invitee")(event=deadline, person=person, role="staff")
        for person in staff
    )
    requests.create(
        person_id=record.person_id,
        name=record.name,
        kind="need",
        words=record.access_needs,
        source=source,
        about=about,
        cohort_id=cohort.pk,
        language=record.person.language,
        deadline=deadline,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_experience_named"),
        ("cops", "0004_access_request_source_named"),
        ("notifications", "0006_consent_to_be_quoted"),
        ("accounts", "0005_sign_ins_and_exports"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
