import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="scheduled_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="time set"
            ),
        ),
    ]
