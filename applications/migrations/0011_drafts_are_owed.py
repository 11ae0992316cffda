from django.db import migrations


def owe(apps, schema_editor):
    """Let whoever has a draft owe it by the closing of its call, as new drafts do."""
    Invitee = apps.get_model("notifications", "Invitee")
    live = apps.get_model("applications", "Application").objects.exclude(status="withdrawn")
    for draft in live.filter(status="draft").select_related("cohort"):
        others = live.filter(cohort=draft.cohort_id, person=draft.person_id).exclude(pk=draft.pk)
        has_another = others.exclude(status="draft", awaits_confirmation=True).exists()
        if not (draft.awaits_confirmation and has_another):
            Invitee.objects.get_or_create(
                event_id=draft.cohort.closing_id,
                person_id=draft.person_id,
                defaults={"role": "applicant", "since": draft.started_at},
            )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0010_consents_in_words"),
        ("cops", "0013_a_closing_each"),
    ]

    operations = [migrations.RunPython(owe, migrations.RunPython.noop)]
