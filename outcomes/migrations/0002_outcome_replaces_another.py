from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cops", "0002_programs"),
        ("outcomes", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("supersedes", models.F("pk")), _negated=True),
                name="outcome_does_not_replace_itself",
                violation_error_message="An outcome cannot replace itself.",
            ),
        ),
    ]
