from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0010_email_and_rounds"),
    ]

    operations = [
        migrations.RenameField("series", "name", "name_en"),
        migrations.AlterField(
            model_name="series",
            name="name_en",
            field=models.CharField(max_length=200, verbose_name="name (English)"),
        ),
        migrations.AddField(
            model_name="series",
            name="name_fr",
            field=models.CharField(blank=True, max_length=200, verbose_name="name (French)"),
        ),
        migrations.AlterModelOptions(
            name="series",
            options={
                "ordering": ["name_en"],
                "verbose_name": "series",
                "verbose_name_plural": "series",
            },
        ),
    ]
