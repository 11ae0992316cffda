from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import concealed, office
from accounts.counts import Stage
from notifications import ics
from notifications import mails as kinds
from notifications.models import Bounce, Event, Message

register = template.Library()

MAILS_SHOWN = 5


@register.filter
def mail_title(message):
    """The subject once it is written, before that what staff call this kind of email."""
    return kinds.called(message)


@register.inclusion_tag("notifications/_me.html", takes_context=True)
def notifications_me(context):
    """The calendar to follow, and the last mails we sent."""
    person = context["request"].user
    mails = person.messages.filter(state=Message.State.SENT).exclude(lane=Message.Lane.CODE)
    return {
        **ics.addresses_of(person),
        "has_events": Event.objects.of_person(person).gatherings().exists(),
        "mails": mails.order_by("-created_at", "-pk")[:MAILS_SHOWN],
    }


@register.simple_tag
def notifications_board(viewer):
    """What mail waits for staff: drafts to release, mail that waits, mail that failed.

    As ``viewer`` finds it in the list: what is kept from her is not counted.
    """
    states = Message.State
    mail = concealed.without(Message.objects.all(), viewer)
    messages = reverse("admin:notifications_message_changelist")
    rows = [
        (label, mail.filter(state=state), f"{messages}?state__exact={state}", tone)
        for state, label, tone in (
            (states.DRAFT, _("Drafts of email of any kind, to look at and send"), "attention"),
            (states.QUEUED, _("Email waiting to go"), "info"),
            (states.FAILED, _("Email that could not be sent"), "danger"),
        )
    ]
    bounces = concealed.without(Bounce.objects.open(), viewer)
    bouncing = reverse("admin:notifications_bounce_changelist") + "?settled_at__isempty=1"
    rows.append((_("Addresses that bounce"), bounces, bouncing, "attention"))
    if not office.current().postal_address:
        news = mail.filter(lane=Message.Lane.NEWS, state__in=[states.DRAFT, states.QUEUED])
        label = _("News that waits until your postal address is written down")
        rows.append((label, news, reverse("start-office") + "#div_id_postal_address", "danger"))
    return Stage(_("Email"), rows)
