"""What this app tells staff about one person, and about those whom a search found."""

from collections import defaultdict

from django import template
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.history import Happened
from applications import desk
from applications.forms.application import fetch, sections_of
from applications.models import Application, Interview, Offer, Status
from applications.words import answers
from cops.models import CohortRole, Membership

register = template.Library()

# What a move of each kind of record is called in a person's timeline.
MOVES = {
    Application: (Status, gettext_lazy("Application, %(cohort)s: %(status)s")),
    Interview: (Interview.Status, gettext_lazy("Interview, %(cohort)s: %(status)s")),
    Offer: (Offer.Status, gettext_lazy("Offer, %(cohort)s: %(status)s")),
}

# How staff read the sections that speak to the applicant as "you".
TITLES = {
    "about": gettext_lazy("About the applicant"),
    "experience": gettext_lazy("Experience"),
    "programs": gettext_lazy("Programs"),
    "ideas": gettext_lazy("Ideas"),
    "questions": gettext_lazy("Further questions"),
    "times": gettext_lazy("Meeting"),
    "consent": gettext_lazy("Consent"),
}


@register.simple_tag(takes_context=True)
def applications_about(context, person):
    """Return what staff may know of the applications of ``person``, newest first.

    ``organization`` is what the newest calls hers.
    ``rows`` are of application, stands, pending, interview, offers; ``is_concealed`` marks those
    that must not be connected with her.
    """
    found = list(person.applications.with_outlook().order_by("-started_at"))
    concealed = desk.concealed_from(context["request"].user)
    readable = [one for one in found if one.pk not in concealed]
    return {
        "rows": [
            {
                "application": application,
                "stands": desk.stands(application),
                "pending": desk.pending(application),
                "is_concealed": application.pk in concealed,
                "interview": getattr(application, "interview", None),
                "offers": application.offers.all(),
            }
            for application in found
        ],
        "readable": readable,
        "organization": readable[0].organization_name if readable else "",
    }


@register.inclusion_tag("applications/_stands.html", takes_context=True)
def applications_stands(context, about):
    """Where a person stands in each call, in one sentence, and what staff can do about it."""
    return {"request": context["request"], "csrf_token": context["csrf_token"],
            "rows": about["rows"]}  # fmt: skip


@register.inclusion_tag("applications/_told.html")
def applications_told(about):
    """The answers of the newest application; the older ones are a link away."""
    newest, *older = about["readable"] or [None]
    sections = []
    if newest:
        prefetch_related_objects([newest], "choices__focus_area")
        fetch(newest)
        sections = [
            section | {"title": TITLES[section["key"]]}
            for section in answers(newest, sections_of(newest))
        ]
    return {"newest": newest, "sections": sections, "older": older}


@register.simple_tag
def applications_history(about):
    """The moves of her applications, interviews and offers, and the decisions that wait.

    Leaves out what is concealed.
    """
    readable = about["readable"]
    prefetch_related_objects(
        readable, "changes__by", "interview__changes__by", "offers__changes__by"
    )
    lines = []
    for application in readable:
        interview = getattr(application, "interview", None)
        records = [application, *([interview] if interview else []), *application.offers.all()]
        lines += [
            _moved(type(record), change, application.cohort)
            for record in records
            for change in record.changes.all()
        ]
        if application.pending_at:
            lines.append(_decided(application))
    return lines


def _moved(model, change, cohort) -> Happened:
    statuses, sentence = MOVES[model]
    what = sentence % {"cohort": cohort.name, "status": statuses(change.new).label}
    return Happened(change.at, what, by=str(change.by or ""), words=change.reason)


def _decided(application) -> Happened:
    what = _("Application, %(cohort)s: decided, not released yet: %(status)s") % {
        "cohort": application.cohort.name,
        "status": application.get_pending_status_display(),
    }
    by, why = str(application.pending_by or ""), application.pending_reason
    return Happened(application.pending_at, what, by=by, words=why)


@register.inclusion_tag("applications/_found.html")
def people_found(people):
    """Those whom a search found, each with where she stands."""
    roles = defaultdict(list)
    for application in (
        Application.objects.filter(person__in=people).with_outlook().order_by("-started_at")
    ):
        stands = desk.stands(application)
        roles[application.person_id].append((stands["tone"], stands["label"], application.cohort))
    current = Membership.objects.current().filter(person__in=people)
    for membership in current.select_related("community"):
        label = capfirst(membership.get_role_display())
        roles[membership.person_id].append(("success", label, membership.community))
    for role in CohortRole.objects.filter(person__in=people).select_related("cohort"):
        roles[role.person_id].append(("neutral", capfirst(role.get_role_display()), role.cohort))
    return {"rows": [(person, roles[person.pk]) for person in people]}
