"""Mail that holds the answers of an application: a copy, and what staff entered for somebody.

What only First Work reads, her needs and the questions that are asked for staff alone, is named
but not repeated: her mailbox may be her employer's.
"""

from django.utils.translation import gettext, gettext_lazy

from accounts import clock
from applications.forms.application import fetch, sections_of
from applications.forms.questions import asked_in
from applications.mails.application import A_DAY, COHORT, REFERENCE, _application, _facts
from applications.models import Question, Status
from applications.words import answers
from notifications import mails
from notifications.placeholders import GREETING, block, text


def told(application) -> dict:
    """Return the answers by section; of long ones each paragraph by itself."""
    fetch(application)
    not_mailed = {"access_needs"} | {
        question.field_name
        for question in asked_in(application.cohort)
        if question.reader == Question.Reader.STAFF
    }
    return {
        "sections": [
            {
                "title": section["title"],
                "rows": [
                    {
                        "label": row["label"],
                        "lines": [gettext("answered; you read it on your page, not in email")]
                        if row["name"] in not_mailed
                        else row["value"].splitlines(),
                    }
                    for row in section["rows"]
                    if row["value"]
                ],
            }
            for section in answers(application, sections_of(application))
        ]
    }


def _headline(facts) -> str:
    if facts["awaits_confirmation"]:
        return gettext("Please confirm: application %(reference)s") % facts
    return gettext("We have your application %(reference)s") % facts


@mails.register(
    "application-received",
    gettext_lazy("Application received"),
    placeholders={
        "headline": text(
            gettext_lazy("That we have it; or, until the address is confirmed, that it waits"),
            gettext_lazy("We have your application Q7REJW"),
            _headline,
        ),
        "greeting": GREETING,
        "reference": REFERENCE,
        "cohort": COHORT,
        "sent_at": text(
            gettext_lazy("The moment it counts from"),
            gettext_lazy("Monday 1 February 2027, 10:15 a.m. Eastern Time"),
        ),
        "next_step": block(
            gettext_lazy("The button to confirm the address, or to see where it stands"),
            "applications/mails/_next_step.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "answers": block(
            gettext_lazy("All that she sent; until the address is confirmed, that it waits"),
            "applications/mails/_sent.md",
            gettext_lazy("**About you**"),
        ),
        "read_by": text(gettext_lazy("When all are read"), A_DAY),
        "interviews_from": text(gettext_lazy("When interviews begin"), A_DAY),
        "interviews_until": text(gettext_lazy("When interviews end"), A_DAY),
        "groups_on": text(gettext_lazy("When the groups are known"), A_DAY),
    },
)
def received(ids):
    application = _application(ids)
    if not application or application.status not in (Status.SUBMITTED, Status.IN_REVIEW):
        return None
    if ids.get("sent", application.last_sent) != application.last_sent:
        return None  # given back and sent again: the newer email holds what counts
    facts = _facts(application, ids["recipient"])
    if not application.awaits_confirmation:
        facts |= told(application)
    return facts | {
        "sent_at": clock.spoken(application.submitted_at),
        "awaits_confirmation": application.awaits_confirmation,
        "confirm_by": clock.spoken(application.confirm_by) if application.confirm_by else "",
        "read_by": clock.spoken_day(application.cohort.reviews_due_on),
        "interviews_from": clock.spoken_day(application.cohort.interviews_from),
        "interviews_until": clock.spoken_day(application.cohort.interviews_until),
        "groups_on": clock.spoken_day(application.cohort.groups_on),
    }


@mails.register("application-copy", gettext_lazy("Copy of an application"))
def copy(ids):
    application = _application(ids)
    if not application or application.awaits_confirmation or application.person.is_staff:
        return None
    return _facts(application, ids["recipient"]) | told(application)


@mails.register("application-entered", gettext_lazy("Application entered by staff"))
def entered(ids):
    application = _application(ids)
    if not application or application.status not in (Status.SUBMITTED, Status.IN_REVIEW):
        return None
    return (
        _facts(application, ids["recipient"])
        | told(application)
        | {
            "by": str(application.entered_by or application.cohort.contact_name),
            "how": application.get_came_by_display(),
            "sent_at": clock.spoken(application.submitted_at),
        }
    )
