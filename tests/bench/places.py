"""Where the pages are, and who may open them: run inside a server's own environment.

    python -m tests.bench.places floor 1000
    python -m tests.bench.places product
    python -m tests.bench.places applicants 20000

Prints one JSON object: the address of every page of ``pages.PAGES``, a text that a
good answer holds, and the session of the person who opens it.
"""

import json
import sys
from types import SimpleNamespace


def of_floor(entry, count: int) -> dict:
    """Make the floor's tables with ``count`` rows of ``entry``; say how staff sign in."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(entry)
    entry.objects.bulk_create(
        (
            entry(
                name=f"Sample {number}",
                email=f"sample{number}@sample.example",
                town="Kenora",
                kind=entry.Kind.NEWER,
                text="What was tried, and what happened. " * 10,
            )
            for number in range(count)
        ),
        batch_size=1000,
    )
    return {"staff": session_of(User.objects.create_superuser("staff"))}


def of_product() -> dict:
    """Find one page of each kind in the sample data."""
    import django

    django.setup()
    from django.db.models import Count
    from django.urls import reverse

    from accounts.models import User
    from applications.models import Application, Status
    from cops.models import Cohort, FocusArea, Webinar
    from meetings.models import Meeting
    from outcomes.models import Outcome

    staff = session_of(User.objects.get(email="staff@sample.example"))
    member = User.objects.get(email="member@sample.example")
    open_call = Cohort.objects.open().first()
    webinar = Webinar.objects.filter(cohort=open_call).first()
    area = FocusArea.objects.annotate(n=Count("communities")).order_by("-n", "pk").first()
    outcome = Outcome.objects.published().order_by("pk").first()
    community = member.memberships.latest("pk").community
    meeting = Meeting.objects.filter(community=community).order_by("pk").first()
    own = Application.objects.filter(cohort=open_call, awaits_confirmation=False)
    sent = own.filter(status=Status.SUBMITTED).order_by("pk").first()
    draft = own.filter(status=Status.DRAFT).order_by("pk").first()
    about = reverse("applications:application-section", args=[draft.uuid, "about"])
    lists = {
        name: (reverse(f"admin:{model}_changelist"), "result_list", staff)
        for name, model in [
            ("staff: applications", "applications_application"),
            ("staff: people", "accounts_user"),
            ("staff: messages", "notifications_message"),
        ]
    }
    return {
        "home": ("/", open_call.headline, ""),
        "cohort": (open_call.get_absolute_url(), open_call.headline, ""),
        "focus area": (reverse("cops:focus-area", args=[area.slug]), area.name, ""),
        "webinar": (webinar.get_absolute_url(), webinar.title, ""),
        "library": (reverse("outcomes:library"), Outcome.objects.published()[0].title, ""),
        "outcome": (outcome.get_absolute_url(), outcome.title, ""),
        "apply": (reverse("applications:apply-to", args=[open_call.slug]), "works_in_sector", ""),
        "form section": (about, "organization_name", session_of(draft.person)),
        "status": (sent.get_absolute_url(), sent.name, session_of(sent.person)),
        "my page": (reverse("accounts:me"), member.name, session_of(member)),
        "meeting": (meeting.get_absolute_url(), str(community), session_of(member)),
        "board": (reverse("board"), open_call.name, staff),
        "staff: start": (reverse("admin:index"), "Dana", staff),
        **lists,
        "open data, JSON": (reverse("outcomes:api-json"), outcome.slug, ""),
        "open data, CSV": (reverse("outcomes:api-csv"), outcome.slug, ""),
        "start a draft": (reverse("applications:apply-start", args=[open_call.slug]), "", ""),
        "rows": {
            "applications": Application.objects.count(),
            "published": Outcome.objects.published().count(),
        },
    }


def of_applicants(count: int) -> dict:
    """Let ``count`` more people have applied in the open call, as the first one did there.

    Say where their answers are taken as a file, how many they are by then, and who may.
    """
    import django

    django.setup()
    from uuid import uuid4

    from django.urls import reverse

    from accounts.models import User
    from applications.models import Answer, Application, Experience, FocusChoice
    from cops.models import Cohort

    call = Cohort.objects.open().first()
    sent = call.applications.sent().confirmed()
    first, begin = sent.order_by("pk").first(), User.objects.count()
    numbers = range(begin, begin + count)
    people = User.objects.bulk_create(
        (User(email=f"many{number}@sample.example", password="!") for number in numbers),
        batch_size=1000,
    )
    applications = []
    for number, person in zip(numbers, people, strict=True):
        who = {"uuid": uuid4(), "reference": f"#{number}", "person_id": person.pk}
        applications.append(copy_of(first, **who))
    applications = Application.objects.bulk_create(applications, batch_size=1000)
    for model in (Answer, Experience, FocusChoice):
        rows = list(model.objects.filter(application=first))
        model.objects.bulk_create(
            (copy_of(row, application_id=own.pk) for own in applications for row in rows),
            batch_size=1000,
        )
    return {
        "address": reverse("admin:applications_question_export", args=[call.pk]),
        "rows": sent.exclude(status="withdrawn").count(),
        "staff": session_of(User.objects.get(email="staff@sample.example")),
    }


def copy_of(row, **facts):
    """Return an unsaved row that differs from ``row`` in ``facts`` and its key."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | facts)


def session_of(person) -> str:
    """Sign ``person`` in as the sign-in pages do; staff have used their second factor."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person)
    if "allauth.mfa" in settings.INSTALLED_APPS:
        from allauth.account.internal.flows.login import record_authentication

        request = SimpleNamespace(session=client.session)
        record_authentication(request, person, "code", email=person.email)
        if person.is_staff:
            record_authentication(request, person, "mfa", type="totp")
        request.session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def main(which, count=0):
    if which == "floor":
        from tests.bench.floor import Entry

        return of_floor(Entry, int(count))
    if which == "applicants":
        return of_applicants(int(count))
    return of_product()


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
