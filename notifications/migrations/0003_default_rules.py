from django.db import migrations

DEFAULTS = {
    "webinar": "webinar-reminder",
    "interview": "interview-reminder",
    "meeting": "meeting-reminder",
}


def add(apps, schema_editor):
    """Remind everyone 2 days and 2 hours before; what staff changed since stays changed."""
    rules = apps.get_model("notifications", "Rule").objects
    for kind, mail in DEFAULTS.items():
        for unit in ("d", "h"):
            rules.get_or_create(
                event=None,
                series=None,
                kind=kind,
                amount=2,
                unit=unit,
                role="",
                defaults={"mail": mail},
            )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_event_scheduled_at")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
