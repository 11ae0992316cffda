"""Mail about what somebody needs to take part, or asks of her data."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, links
from cops.models import AccessRequest
from notifications import mails
from notifications.models import Kind, Message


@mails.register("access-request-received", gettext_lazy("A request has arrived"))
def access_request_received(ids):
    asked = AccessRequest.objects.open().with_people().filter(pk=ids["request"]).first()
    return asked and _request_facts(asked)


@mails.register("access-request-answered", gettext_lazy("Answer to a request"))
def access_request_answered(ids):
    answered = AccessRequest.objects.filter(status=AccessRequest.Status.ANSWERED).with_people()
    asked = answered.filter(pk=ids["request"]).first()
    return asked and {**_request_facts(asked), "answer": asked.answer}


@mails.register("access-request-closed", gettext_lazy("A request is closed"))
def access_request_closed(ids):
    closed = AccessRequest.objects.filter(status=AccessRequest.Status.WITHDRAWN).with_people()
    asked = closed.filter(pk=ids["request"]).first()
    return asked and {**_request_facts(asked), "answer": asked.answer}


@mails.register(
    "access-request-due",
    gettext_lazy("A request is due"),
    lane=Message.Lane.SERVICE,
    reminds_of=[Kind.ACCESS_DUE],
)
def access_request_due(ids):
    """To staff: what is asked for stays at the desk, because it may be about health."""
    asked = AccessRequest.objects.open().with_people().filter(deadline=ids["event"]).first()
    if asked is None:
        return None
    page = reverse("admin:cops_accessrequest_change", args=[asked.pk])
    return {
        "what": asked.get_kind_display(),
        "day": clock.spoken_day(asked.deadline.local_on),
        "is_taken": asked.owner_id is not None,
        "link": settings.SITE_URL + page,
        "why": _("You get this email because you answer requests for access at First Work."),
        **(asked.cohort.signature if asked.cohort else {}),
    }


def _request_facts(asked):
    return {
        "name": asked.name or str(asked.person),
        "what": asked.get_kind_display(),
        "about_data": asked.is_about_data,
        "day": clock.spoken_day(asked.deadline.local_on),
        "link": links.url(asked.person, "cops:access-request", asked.uuid, days=60),
        "why": _("You get this email because somebody asked us for something with your address."),
        **(asked.cohort.signature if asked.cohort else {}),
    }
