from django.db import migrations


def add(apps, schema_editor):
    """Remind whoever owes an answer two days before; what staff changed since stays changed."""
    apps.get_model("notifications", "Rule").objects.get_or_create(
        event=None,
        series=None,
        kind="access-due",
        amount=2,
        unit="d",
        role="",
        defaults={"mail": "access-request-due"},
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_access_requests_fall_due")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
