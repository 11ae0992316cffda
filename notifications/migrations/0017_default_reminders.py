from django.db import migrations

# Kind, counted from, how many, unit, role, answer, attendance, email.
DEFAULTS = [
    ("webinar", "after", 1, "d", "", "any", "came", "webinar-recording"),
    ("webinar", "after", 1, "d", "", "any", "missed", "webinar-missed"),
    ("application-due", "before", 7, "d", "guest", "any", "any", "application-not-started"),
    ("application-due", "before", 5, "d", "applicant", "any", "any", "application-unsent"),
    ("application-due", "before", 1, "d", "applicant", "any", "any", "application-unsent"),
    ("review-due", "before", 2, "d", "", "any", "any", "reviews-due"),
    ("booking-due", "invited", 2, "d", "", "any", "any", "interview-unbooked"),
    ("booking-due", "invited", 4, "d", "", "any", "any", "interview-unbooked"),
    ("offer-due", "half", 0, "d", "", "any", "any", "offer-unanswered"),
    ("offer-due", "before", 1, "d", "", "any", "any", "offer-unanswered"),
    # Notes are due two days after the meeting: these are one, four and seven days after it.
    ("notes-due", "before", 1, "d", "facilitator", "any", "any", "notes-missing"),
    ("notes-due", "after", 2, "d", "facilitator", "any", "any", "notes-missing"),
    ("notes-due", "after", 5, "d", "staff", "any", "any", "notes-missing-long"),
    ("outcome-due", "half", 0, "d", "", "any", "any", "outcome-unread"),
    ("outcome-due", "before", 1, "d", "", "any", "any", "outcome-unread"),
]
OFFSET_AND_AUDIENCE = ("kind", "anchor", "amount", "unit", "role", "answer", "attendance")


def add(apps, schema_editor):
    """Add what is not there; of the first rules, touch those that are as they were made."""
    everywhere = apps.get_model("notifications", "Rule").objects.filter(event=None, series=None)
    first = everywhere.filter(
        anchor="before", amount=2, unit="h", role="", answer="any", attendance="any"
    )
    interview = first.filter(kind="interview", mail="interview-reminder")
    if not everywhere.filter(kind="interview", anchor="before", amount=3, unit="h").exists():
        interview.update(amount=3)
    first.filter(kind="meeting", mail="meeting-reminder").update(only_chosen=True)
    for *which, mail in DEFAULTS:
        facts = dict(zip(OFFSET_AND_AUDIENCE, which, strict=True))
        everywhere.get_or_create(**facts, event=None, series=None, defaults={"mail": mail})


def take_out(apps, schema_editor):
    """Delete the rules that could not be told apart, or said, before there were anchors."""
    rules = apps.get_model("notifications", "Rule").objects
    rules.exclude(anchor="before", answer="any", attendance="any").delete()


class Migration(migrations.Migration):
    dependencies = [("notifications", "0016_rules_by_anchor_and_audience")]

    operations = [migrations.RunPython(add, take_out)]
