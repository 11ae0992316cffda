from django.db import migrations

# Youth Job Link as directives of Services d'emploi call it in French (not found beside its English
# name: staff to check); "program" in English; and the printer's apostrophe in all the others.
NAMES = [
    ("cojg", "name_fr", "Subvention Canada-Ontario pour l'emploi (SCOE)"),
    ("yjc", "name_fr", "Programme d'accès à l'emploi pour les jeunes (PAEJ)"),
    ("yjc-summer", "name_fr", "Programme d'accès aux emplois d'été pour les jeunes"),
    ("employment-service", "name_fr", "Services d'emploi"),
    ("ojcp", "name_fr", "Partenariats pour la création d'emplois de l'Ontario"),
    ("ontario-works", "name_fr", "Aide à l'emploi d'Ontario au travail"),
    ("odsp-es", "name_fr", "Soutien de l'emploi du POSPH"),
    ("youth-job-link", "name_fr", "Lien emploi jeunesse"),
    ("other", "name_en", "Another programme"),
]
REPLACED = {
    "Lien emploi jeunesse": "Programme d’orientation en matière d’emploi pour les jeunes",
    "Another programme": "Another program",
}


def correct(apps, schema_editor):
    """Correct the names we wrote; what staff changed since stays changed."""
    programs = apps.get_model("cops", "Program").objects
    for key, field, old in NAMES:
        new = REPLACED.get(old, old.replace("'", "’"))
        programs.filter(key=key, **{field: old}).update(**{field: new})


class Migration(migrations.Migration):
    dependencies = [("cops", "0005_words_of_one_kind")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
