"""What would tell a colleague with reviews to do whose an application is: kept from her, all of it.

Whatever names a person beside an application that is read, or came about with it (decision 0013).
"""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from accounts import concealed
from applications import desk
from applications.models import Application, Import, Support
from cops.models import AccessRequest
from notifications.models import Consent, Message


@concealed.among(AccessRequest)
def needs(viewer) -> Q | None:
    told = desk.concealed_from(viewer)
    return _needs(told) if told else None


@concealed.among(Support)
def supports(viewer) -> Q | None:
    told = desk.concealed_from(viewer)
    return Q(application__in=told) if told else None


@concealed.among(Message)
def mail(viewer) -> Q | None:
    told = desk.concealed_from(viewer)
    if not told:
        return None
    requests = AccessRequest.objects.filter(_needs(told)).values_list("pk", flat=True)
    return _about("application", told) | _about("request", requests) | _reminders(told)


@concealed.among(Consent)
def consents(viewer) -> Q | None:
    """Given in an application, by its person or by who wrote it down: the source ends with it."""
    told = desk.concealed_from(viewer)
    named = (Q(source__endswith=f" {reference}") for reference in told.values())
    return reduce(or_, named) if told else None


@concealed.among(Import)
def files(viewer) -> Q | None:
    """A file holds names beside the answers that she reads, or asks about, in its call."""
    return Q(cohort__roles__person=viewer)


def _needs(told):
    theirs = Application.objects.filter(
        pk__in=told, person=OuterRef("person"), cohort=OuterRef("cohort")
    )
    return Q(Exists(theirs), source=AccessRequest.Source.APPLICATION)


def _reminders(told):
    """Those to send a draft name it by its reference, and are about the closing of its call."""
    due = Q(cohort__closing=OuterRef("event")) | Q(access_code__deadline=OuterRef("event"))
    theirs = Application.objects.filter(due, pk__in=told, person=OuterRef("recipient"))
    return Q(Exists(theirs), kind="application-unsent")


def _about(key, ids):
    # Without has_key a mail whose context lacks the key is excluded as well: NOT NULL.
    return Q(context__has_key=key) & Q(**{f"context__{key}__in": list(ids)})
