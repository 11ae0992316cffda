from django.db import migrations


def name_in_french(apps, schema_editor):
    """Give each series the French name of its cohort or community, where it has none."""
    for model in ("Cohort", "Community"):
        named = apps.get_model("cops", model).objects.filter(series__name_fr="").exclude(name_fr="")
        for owner in named.select_related("series"):
            owner.series.name_fr = owner.name_fr
            owner.series.save(update_fields=["name_fr"])


class Migration(migrations.Migration):
    dependencies = [
        ("cops", "0008_email_and_rounds"),
        ("notifications", "0011_series_in_two_languages"),
    ]

    operations = [migrations.RunPython(name_in_french, migrations.RunPython.noop)]
