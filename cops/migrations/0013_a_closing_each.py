import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cops", "0012_every_call_has_its_closing")]

    operations = [
        migrations.AlterField(
            model_name="cohort",
            name="closing",
            field=models.OneToOneField(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closing_of",
                to="notifications.event",
            ),
        ),
    ]
