"""Mail to a supervisor who is asked for the hours, and to the applicant about the answer."""

from django.utils.translation import gettext, gettext_lazy

from accounts import clock, links
from applications.models import Application, Status, Support
from notifications import mails

LINK_DAYS = 60


def _support(ids):
    return Support.objects.standing().with_people().filter(pk=ids["support"]).first()


def _facts(support) -> dict:
    application, cohort = support.application, support.application.cohort
    return {
        "applicant": application.name or application.person.name,
        "supervisor": support.name,
        "cohort": cohort.name,
        "hours_min": cohort.hours_min,
        "hours_max": cohort.hours_max,
        "meetings_from": clock.spoken_day(cohort.meetings_from),
        "meetings_until": clock.spoken_day(cohort.meetings_until),
        **cohort.signature,
    }


@mails.register("support-asked", gettext_lazy("Question to a supervisor"))
def asked(ids):
    support = _support(ids)
    if support is None or not support.may_be_answered:
        return None
    return _facts(support) | {
        "url": links.url(support.person, "applications:support", support.uuid, days=LINK_DAYS),
        "why": gettext("You get this email because %(applicant)s typed your address on our site.")
        % _facts(support),
    }


@mails.register("support-withdrawn", gettext_lazy("A supervisor’s answer is no longer needed"))
def withdrawn(ids):
    """Nothing to who was never asked: the question had not gone."""
    support = Support.objects.reached().with_people().filter(pk=ids["support"]).first()
    if support is None or support.application.status != Status.WITHDRAWN:
        return None
    application = support.application
    others = application.cohort.applications.confirmed().filter(person=application.person)
    goes_on = others.filter(status__in=Application.UNDECIDED_YET)
    asked_too = Support.objects.asked_of(support.person).filter(application__in=goes_on)
    return _facts(support) | {
        "has_answered": bool(support.answer),
        "goes_on": goes_on.exists(),
        "is_asked_too": asked_too.exists(),
        "why": gettext("You get this email because %(applicant)s typed your address on our site.")
        % _facts(support),
    }


@mails.register("support-answered", gettext_lazy("Answer of a supervisor"))
def answered(ids):
    support = _support(ids)
    if support is None or not support.answer:
        return None
    if ids.get("instead_of", support.last_former) != support.last_former:
        return None  # there is a newer answer, and an email about it
    application = support.application
    return _facts(support) | {
        "answer": support.get_answer_display(),
        "words": support.words,
        "is_another": support.last_former is not None,
        "url": links.url(
            application.person, "applications:application", application.uuid, days=120
        ),
    }
