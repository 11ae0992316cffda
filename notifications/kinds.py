"""The mails of this app: an event moved or is off, codes and links to sign in, a new address."""

from django.utils.translation import gettext, gettext_lazy

from accounts import clock, links
from notifications import add_to, mails, occasions
from notifications.models import Invitee, Message
from notifications.placeholders import block, link, text

_TITLE = text(gettext_lazy("What takes place"), gettext_lazy("First steps: meeting 3"))
_WHEN = text(
    gettext_lazy("When it begins, with its clock"),
    gettext_lazy("Wednesday 27 January 2027, 1:00 p.m. Eastern Time"),
)


@mails.register(
    "event-moved",
    gettext_lazy("Change of an event"),
    placeholders={
        "title": _TITLE,
        "when": _WHEN,
        "until": text(gettext_lazy("When it ends"), gettext_lazy("2:00 p.m.")),
        "when_and_where": block(
            gettext_lazy("A list: when, where and the number to call"),
            "notifications/mails/_when_and_where.md",
            gettext_lazy("- When: **Wednesday 27 January 2027, 1:00 p.m. Eastern Time**"),
            is_needed=True,
        ),
        "join": block(
            gettext_lazy("The button to join, where there is one"),
            "notifications/mails/_join.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "answer": block(
            gettext_lazy("The link to say that one cannot come"),
            "notifications/mails/_answer.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "add_url": link(gettext_lazy("Other ways into a calendar"), is_needed=False),
    },
)
def event_moved(ids):
    event = ids["event"]
    if not event.is_live or event.is_over:
        return None
    return {
        **_facts(event),
        **occasions.signature(event),
        **_answering(event, ids["recipient"]),
        "add_url": add_to.page_url(event, ids["recipient"]),
        "calendar": [event],
        "method": "REQUEST",
    }


@mails.register(
    "event-cancelled",
    gettext_lazy("Cancellation of an event"),
    placeholders={"title": _TITLE, "when": _WHEN},
)
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


@mails.register("words-tried", gettext_lazy("Test of a text"), goes_again=False)
def words_tried(ids):
    """Words that staff try on, as they were when she asked for them: see ``rewording``."""
    return {} if ids["recipient"].is_staff else None


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


@mails.register("address-changed", gettext_lazy("A new email address"), goes_again=False)
def address_changed(ids):
    """To the address that was hers, which is kept as the secret until the mail is sent."""
    if "secret" not in ids:
        return None
    return {
        "name": ids["recipient"].name,
        "to": ids["secret"],
        "why": gettext("You get this email because this address was yours in our records."),
    }


def _answering(event, person) -> dict:
    """Return where she says that she cannot come, and whether she is yet to say anything."""
    answer_url = occasions.facts(event, person).get("answer_url", "")
    parts = Invitee.objects.current().filter(event=event, person=person, answer=Invitee.Answer.NONE)
    return {"answer_url": answer_url, "is_unanswered": bool(answer_url) and parts.exists()}


def _facts(event):
    return {
        "title": event.title or event.get_kind_display(),
        "when": clock.spoken(event.starts_at, event.zone),
        "until": clock.spoken_time(event.local_end),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
    }
