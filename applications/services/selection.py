"""Releasing decisions, and what becomes of an offer."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Offer, Status
from applications.services import intake, interviews
from applications.services import review as reviews
from cops import services as communities
from cops.models import Cohort
from notifications import calendar, outbox
from notifications.models import Kind, Message, Role


@transaction.atomic
def release(applications, *, by: User):
    """Move each application to its pending status and write its letter as a draft, or do nothing.

    ``applications`` is a queryset; those without a pending decision are left
    alone. Returns the letters as a queryset, to be seen and counted before a
    second act lets them go. Raises InvalidTransition when one was withdrawn or
    decided in the meantime, or an offer has no place in an accepted proposal.
    """
    letters = []
    waiting = (
        Application.objects.filter(pk__in=applications.values("pk"))
        .pending()
        .select_for_update(of=("self",))
        .select_related("person", "cohort__series")
        .order_by("pk")
    )
    for application in waiting:
        application.settle(by=by)
        reviews.close(application, by=by, reason=_("The application was decided."))
        if application.status == Status.INTERVIEW:
            interviews.invite(application)
        else:
            interviews.close(application, by=by)
        if application.status == Status.OFFERED:
            make_offer(application)
        letters.append(
            outbox.draft(
                f"application-{application.status}",
                application.person,
                key=application.letter_key,
                by=by,
                context={"application": application.pk},
            )
        )
    return Message.objects.filter(pk__in=[letter.pk for letter in letters])


def make_offer(application: Application) -> Offer:
    """Offer the place that the newest accepted proposal gives her."""
    placement = (
        application.placements.exclude(proposal__accepted_at=None)
        .select_related("community")
        .order_by("-proposal__accepted_at")
        .first()
    )
    if placement is None:
        raise InvalidTransition(
            _("%(application)s has no place in an accepted proposal: compose the groups first.")
            % {"application": application}
        )
    cohort = application.cohort
    deadline = calendar.hold(Kind.OFFER_DUE, answer_by(cohort), series=cohort.series)
    calendar.owe(deadline, application.person, Role.APPLICANT)
    return Offer.objects.create(
        application=application, community=placement.community, deadline=deadline
    )


def answer_by(cohort: Cohort) -> datetime:
    """Return the wall time until which an offer made now may be answered."""
    today = timezone.localdate(timezone=clock.ONTARIO)
    return datetime.combine(working_day_after(today, cohort.reply_days), time(23, 59))


@transaction.atomic
def renew_offer(offer: Offer) -> None:
    """Let the days to answer begin today: she has not been told of any yet.

    Raises InvalidTransition when the offer is no longer open.
    """
    open_offers = Offer.objects.open().with_people().select_for_update(of=("self",))
    offer = open_offers.filter(pk=offer.pk).first()
    if offer is None:
        raise InvalidTransition(_("This offer can no longer be answered."))
    if gains_days(offer):
        wall = answer_by(offer.application.cohort)
        calendar.owe_anew(offer.deadline, offer.application.person, Role.APPLICANT, wall)


def gains_days(offer: Offer) -> bool:
    """Whether ``offer``, made now, could be answered until a later day."""
    return answer_by(offer.application.cohort).date() > offer.deadline.local_on


def working_day_after(day: date, count: int) -> date:
    """Return the ``count``-th day after ``day`` that is no weekend and no Ontario holiday."""
    from holidays import country_holidays  # 3 MB that most web processes never need

    closed = country_holidays("CA", subdiv="ON")
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in closed
    return day


@transaction.atomic
def accept_offer(offer: Offer, *, by: User) -> None:
    """Take the place: the membership and its calendar begin in the same moment.

    Raises InvalidTransition when the offer is no longer open, or the group is
    full; the offer then stays as it is. Whoever withdraws the application
    meanwhile waits at its row, and finds the place accepted.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=offer.application_id)
    )
    offer.accept(by=by)
    communities.join(offer.community, application.person)
    calendar.settle(offer.deadline, application.person)


@transaction.atomic
def turn_down_offer(offer: Offer, *, by: User, reason: str = "") -> None:
    offer.turn_down(by=by, reason=reason)
    calendar.settle(offer.deadline, offer.application.person)


@transaction.atomic
def withdraw_offer(offer: Offer, *, by: User, reason: str = "") -> None:
    offer.withdraw(by=by, reason=reason)
    calendar.settle(offer.deadline, offer.application.person)


@transaction.atomic
def lapse_offer(offer: Offer) -> None:
    """Close an offer whose answer is past due, and tell her."""
    offer.lapse()
    calendar.settle(offer.deadline, offer.application.person)
    outbox.write(
        "offer-lapsed",
        offer.application.person,
        key=f"offer-lapsed:{offer.pk}",
        context={"offer": offer.pk},
    )


@transaction.atomic
def withdraw_application(application: Application, *, by: User, reason: str = "") -> None:
    """End an application and all that hangs on it: the one door for "withdraw".

    Frees a booked interview slot, withdraws an open offer, settles what she
    and her reviewers owed, and tells her and the supervisors she asked. Raises
    InvalidTransition when the application is no longer open, or its offer was
    accepted: leaving a community is another verb.
    """
    intake.withdraw(application, by=by, reason=reason)
    if application.offers.filter(status=Offer.Status.ACCEPTED).exists():
        raise InvalidTransition(
            _("You have accepted your place. To leave the community, please write to us.")
        )
    interviews.close(application, by=by, reason=reason)
    for offer in application.offers.open().with_people():
        withdraw_offer(offer, by=by, reason=reason)
    if not application.awaits_confirmation:
        outbox.write(
            "application-withdrawn",
            application.person,
            key=f"application-withdrawn:{application.pk}",
            context={"application": application.pk},
            by=by,
        )
