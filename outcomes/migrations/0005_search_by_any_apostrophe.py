from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace


def fold(apps, schema_editor):
    """Keep each apostrophe as a keyboard has it, which is how searches are folded too."""
    outcomes = apps.get_model("outcomes", "Outcome").objects
    outcomes.update(search_text=Replace(F("search_text"), Value("’"), Value("'")))


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0004_list_outcomes_in_order")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
