"""What an applicant does, for the tests of her pages."""

import re

from django.test import Client

from applications.forms.application import SECTIONS
from applications.models import Application
from applications.services import intake
from notifications.render import render

ABOUT = {
    "name": "Priya Raman", "organization_name": "Kenora Jobs", "job": "Counsellor",
    "town": "Kenora", "region": "", "phone": "", "mail_language": "en",
}  # fmt: skip


def complete(application):
    """Fill in what has to be filled in."""
    area = application.cohort.focus_versions.first().focus_area
    application.choices.create(focus_area=area, rank=1)
    Application.objects.filter(pk=application.pk).update(
        name="Priya Raman", organization_name="Kenora Jobs", job="Counsellor", town="Kenora",
        level="newer", authority="decide", motivation="a", trial_idea="b", hours_plan="c",
        availability=["mon-am"], mail_language="en", interview_language="en",
        meeting_language="both", agrees_to_use=True,
    )  # fmt: skip
    application.refresh_from_db()
    return application


def url(application, section=""):
    return f"/applications/{application.uuid}/edit/" + (f"{section}/" if section else "")


def save(client, application, section, data, *, seen=None):
    if seen is None:
        page = client.get(url(application, section)).content.decode()
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    return client.post(url(application, section), {"seen": seen, **data})


def seen_by(application, section):
    _title, form = SECTIONS[section]
    return intake.fingerprint(form.stored(Application.objects.get(pk=application.pk)))


def other_device():
    return Client()


def link_in(message):
    path = re.search(r"\S+(/go/\S+)", render(message).text)[1]
    return path
