from datetime import date

from django.db import migrations

# key, name, French name, and the days between which the name was used.
# The French name of Youth Job Link is not confirmed: staff can change it.
PROGRAMS = [
    ("second-career", "Second Career", "Deuxième carrière", None, date(2022, 4, 28)),
    (
        "better-jobs-ontario",
        "Better Jobs Ontario",
        "Meilleurs emplois Ontario",
        date(2022, 4, 29),
        None,
    ),
    (
        "cojg",
        "Canada-Ontario Job Grant (COJG)",
        "Subvention Canada-Ontario pour l'emploi (SCOE)",
        None,
        None,
    ),
    (
        "yjc",
        "Youth Job Connection (YJC)",
        "Programme d'accès à l'emploi pour les jeunes (PAEJ)",
        None,
        None,
    ),
    (
        "yjc-summer",
        "Youth Job Connection: Summer",
        "Programme d'accès aux emplois d'été pour les jeunes",
        None,
        None,
    ),
    ("youth-job-link", "Youth Job Link", "Lien emploi jeunesse", None, None),
    ("employment-service", "Employment Service", "Services d'emploi", None, None),
    (
        "ojcp",
        "Ontario Job Creation Partnerships",
        "Partenariats pour la création d'emplois de l'Ontario",
        None,
        None,
    ),
    ("lbs", "Literacy and Basic Skills", "Alphabétisation et formation de base", None, None),
    ("apprenticeship", "Apprenticeship", "Apprentissage", None, None),
    (
        "ontario-works",
        "Ontario Works employment assistance",
        "Aide à l'emploi d'Ontario au travail",
        None,
        None,
    ),
    ("odsp-es", "ODSP Employment Supports", "Soutien de l'emploi du POSPH", None, None),
    ("other", "Another programme", "Autre programme", None, None),
]
RENAMED = [("second-career", "better-jobs-ontario")]


def add(apps, schema_editor):
    """Name the programmes; what staff changed since stays changed."""
    programs = apps.get_model("cops", "Program").objects
    added = set()
    for position, (key, name_en, name_fr, since, until) in enumerate(PROGRAMS, 1):
        facts = {"name_en": name_en, "name_fr": name_fr, "active_from": since}
        _program, is_new = programs.get_or_create(
            key=key, defaults={**facts, "active_until": until, "position": position}
        )
        if is_new:
            added.add(key)
    for former, later in RENAMED:
        if former in added:
            programs.filter(key=former).update(renamed_to=programs.get(key=later))


class Migration(migrations.Migration):
    dependencies = [("cops", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
