from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

PLAIN = {"œ": "oe", "æ": "ae", "ł": "l", "ø": "o"}


def fold(apps, schema_editor):
    """Keep each ligature as its letters, which is how searches are folded too."""
    outcomes = apps.get_model("outcomes", "Outcome").objects
    for letter, plain in PLAIN.items():
        outcomes.update(search_text=Replace(F("search_text"), Value(letter), Value(plain)))


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0008_readings_are_owed")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
