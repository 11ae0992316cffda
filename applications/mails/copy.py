"""Mail that holds the answers of an application: a copy, and what staff entered for somebody."""

from django.utils.translation import gettext_lazy

from accounts import clock
from applications.forms.application import fetch, sections_of
from applications.mails.application import _application, _facts
from applications.models import Status
from applications.words import answers
from notifications import mails


def _answers(application) -> dict:
    """Return the answers by section; of long ones each paragraph by itself."""
    fetch(application)
    return {
        "sections": [
            {
                "title": section["title"],
                "rows": [
                    {"label": row["label"], "lines": row["value"].splitlines()}
                    for row in section["rows"]
                    if row["value"]
                ],
            }
            for section in answers(application, sections_of(application))
        ]
    }


@mails.register("application-copy", gettext_lazy("Copy of an application"))
def copy(ids):
    application = _application(ids)
    if not application or application.awaits_confirmation or application.person.is_staff:
        return None
    return _facts(application, ids["recipient"]) | _answers(application)


@mails.register("application-entered", gettext_lazy("Application entered by staff"))
def entered(ids):
    application = _application(ids)
    if not application or application.status not in (Status.SUBMITTED, Status.IN_REVIEW):
        return None
    return (
        _facts(application, ids["recipient"])
        | _answers(application)
        | {
            "by": str(application.entered_by or application.cohort.contact_name),
            "how": application.get_came_by_display(),
            "sent_at": clock.spoken(application.submitted_at),
        }
    )
