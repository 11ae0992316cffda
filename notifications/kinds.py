"""The mails of this app: an event moved or is off, codes and links to sign in, a new address."""

from django.utils.translation import gettext, gettext_lazy

from accounts import clock, links
from notifications import add_to, mails, occasions
from notifications.models import Message


@mails.register("event-moved", gettext_lazy("Change of an event"))
def event_moved(ids):
    event = ids["event"]
    if not event.is_live or event.is_over:
        return None
    return {
        **_facts(event),
        **occasions.signature(event),
        "answer_url": occasions.facts(event, ids["recipient"]).get("answer_url", ""),
        "add_url": add_to.page_url(event, ids["recipient"]),
        "calendar": [event],
        "method": "REQUEST",
    }


@mails.register("event-cancelled", gettext_lazy("Cancellation of an event"))
def event_cancelled(ids):
    event = ids["event"]
    if event.is_live or event.is_over:
        return None
    return {
        **_facts(event),
        **occasions.signature(event),
        "calendar": [event],
        "method": "CANCEL",
    }


@mails.register("event-left", gettext_lazy("An event goes on without this person"))
def event_left(ids):
    event = ids["event"]
    is_back = event.invitees.current().filter(person=ids["recipient"]).exists()
    if is_back or event.is_over or not event.is_live:
        return None
    return {
        **_facts(event),
        **occasions.signature(event),
        "calendar": [event],
        "method": "CANCEL",
    }


@mails.register("sign-in-code", gettext_lazy("Code to sign in"), lane=Message.Lane.CODE)
def sign_in_code(ids):
    return {"code": ids["secret"]} if "secret" in ids else None


@mails.register("sign-in-link", gettext_lazy("Link to sign in"), lane=Message.Lane.CODE)
def sign_in_link(ids):
    person = ids["recipient"]
    if not person.is_active:
        return None
    return {
        "name": person.name,
        "url": links.sign_in_url(person),
        "minutes": links.SIGN_IN_MINUTES,
        "why": gettext("You get this email because you asked us for a link."),
    }


@mails.register("address-changed", gettext_lazy("A new email address"))
def address_changed(ids):
    """To the address that was hers, which is kept as the secret until the mail is sent."""
    if "secret" not in ids:
        return None
    return {
        "name": ids["recipient"].name,
        "to": ids["secret"],
        "why": gettext("You get this email because this address was yours in our records."),
    }


def _facts(event):
    return {
        "title": event.title or event.get_kind_display(),
        "when": clock.spoken(event.starts_at, event.zone),
        "until": clock.spoken_time(event.local_end),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
    }
