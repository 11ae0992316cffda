from django.db import migrations

NORTHWEST = (
    "Ear Falls", "Red Lake", "Ignace", "Emo", "Sioux Narrows", "Nestor Falls", "Vermilion Bay",
    "Machin", "Balmertown", "Nipigon", "Terrace Bay", "Schreiber", "Manitouwadge", "Geraldton",
    "Greenstone", "Pickle Lake", "Armstrong", "Red Rock",
)  # fmt: skip


def settle(apps, schema_editor):
    """Keep the clocks that were chosen; add towns of the Northwest that the list left out."""
    people = apps.get_model("accounts", "User").objects
    people.exclude(time_zone="America/Toronto").update(chose_clock=True)
    for region in apps.get_model("accounts", "Region").objects.filter(key="northwest"):
        region.places += [town for town in NORTHWEST if town not in region.places]
        region.save(update_fields=["places"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_chose_clock")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
