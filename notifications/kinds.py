"""The mails of this app: an event moved or is off, and codes to sign in."""

from accounts import clock
from notifications import mails
from notifications.models import Message


@mails.register("event-moved")
def event_moved(ids):
    event = ids["event"]
    if not event.is_live or event.is_over:
        return None
    return {**_facts(event), "calendar": [event], "method": "REQUEST"}


@mails.register("event-cancelled")
def event_cancelled(ids):
    event = ids["event"]
    if event.is_live or event.is_over:
        return None
    return {**_facts(event), "calendar": [event], "method": "CANCEL"}


@mails.register("sign-in-code", lane=Message.Lane.CODE)
def sign_in_code(ids):
    return {"code": ids["secret"]} if "secret" in ids else None


def _facts(event):
    return {
        "title": event.title or event.get_kind_display(),
        "when": clock.spoken(event.starts_at, event.zone),
        "until": clock.spoken_time(event.local_end),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
    }
