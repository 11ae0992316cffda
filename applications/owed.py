"""Which reviews, bookings, answers and drafts are still owed, and by whom."""

from applications.models import Application, Interview, Offer, Review, Status
from notifications import duties
from notifications.models import Kind


@duties.register(Kind.APPLICATION_DUE)
def drafts():
    return Application.objects.owed_by()


@duties.register(Kind.REVIEW_DUE)
def reviews():
    return Review.objects.open().values_list("deadline", "reviewer")


@duties.register(Kind.BOOKING_DUE)
def bookings():
    waiting = Interview.objects.filter(
        status=Interview.Status.INVITED, application__status=Status.INTERVIEW
    )
    return waiting.values_list("deadline", "application__person")


@duties.register(Kind.OFFER_DUE)
def offers():
    return Offer.objects.open().values_list("deadline", "application__person")
