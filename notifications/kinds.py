"""The mails of this app: an event moved or is off, codes and links, what somebody changed."""

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from accounts import clock, links
from accounts.models import User
from notifications import add_to, mails, occasions, people, preferences, told
from notifications.models import Message, Preference
from notifications.placeholders import block, link, text


def _news(facts) -> str:
    """Return what has changed in a few words, for the subject."""
    changed = facts.get("changed") or {}
    if "when" in changed:
        return gettext("Moved to %(when)s") % {"when": facts["when"]}
    match list(changed):
        case ["minutes"]:
            return gettext("Now %(minutes)s minutes long") % facts
        case ["place"] if facts["place"]:
            return gettext("New place")
        case ["join_link"] if facts["join_link"]:
            return gettext("New link to join")
        case ["dial_in"] if facts["dial_in"]:
            return gettext("New number to call")
    return gettext("Changed")


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
        "news": text(
            gettext_lazy("What has changed, in a few words"),
            gettext_lazy("Moved to Wednesday 27 January 2027, 1:00 p.m. Eastern Time"),
            _news,
        ),
        "changes": block(
            gettext_lazy("What is different from what she was last told"),
            "notifications/mails/_changes.md",
            gettext_lazy("**First steps: meeting 3** is now on **Wednesday 27 January 2027**."),
        ),
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
    """Says what changed since she was last told; nothing, where that is as it was before."""
    event, person = ids["event"], ids["recipient"]
    if not event.is_live or event.is_over:
        return None
    before = told.last_told(event, person)
    changed = told.changed(event, before) if before else {}
    if before and not changed and not told.may_know_better(event, person, before):
        return None
    known = occasions.facts(event, person)
    return {
        **_facts(event, known),
        "own_time": clock.own_time(event.starts_at, event.zone, person.time_zone),
        "changed": changed,
        **occasions.signature(known),
        **_answering(event, person, known),
        "add_url": add_to.page_url(event, person),
        "calendar": [event],
        "method": "REQUEST",
    }


@mails.register(
    "event-cancelled",
    gettext_lazy("Cancellation of an event"),
    placeholders={
        "title": _TITLE,
        "when": _WHEN,
        "reason": block(
            gettext_lazy("Why, where somebody said it"),
            "notifications/mails/_reason.md",
            gettext_lazy("Why: the room is flooded."),
        ),
        "following": block(
            gettext_lazy("When the group meets next, or that it is not known yet"),
            "notifications/mails/_following.md",
            gettext_lazy("We meet next on Wednesday 10 February 2027, 1:00 p.m. Eastern Time."),
        ),
    },
)
def event_cancelled(ids):
    event, person = ids["event"], ids["recipient"]
    if event.is_live or event.is_over:
        return None
    known = occasions.facts(event, person)
    is_invited = _is_invited(event, person)  # who is out of it is told no more of the group
    following = known.get("following") if is_invited else None
    return {
        **_as_told(event, person, known),
        "why_not": event.cancel_reason if is_invited else "",
        "has_others": is_invited and "following" in known,
        "next_on": _to(person, following) if following else "",
        **occasions.signature(known),
        "calendar": [event],
        "method": "CANCEL",
    }


@mails.register("event-left", gettext_lazy("An event goes on without this person"))
def event_left(ids):
    event, person = ids["event"], ids["recipient"]
    if _is_invited(event, person) or event.is_over or not event.is_live:
        return None
    known = occasions.facts(event, person)
    return {
        **_as_told(event, person, known),
        **occasions.signature(known),
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


@mails.register("address-asked", gettext_lazy("Link to a new email address"), goes_again=False)
def address_asked(ids):
    """To the address that she typed, which is kept as the secret until the mail is sent."""
    if "secret" not in ids:
        return None
    person, address = ids["recipient"], ids["secret"]
    is_taken = User.objects.filter(email__iexact=address).exists()
    return {
        "to": address,
        "is_taken": is_taken,
        "url": "" if is_taken else people.new_address_url(person, address),
        "days": people.NEW_ADDRESS.days,
        "why": gettext("You get this email because someone typed your address on our site."),
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


@mails.register("reminders-off", gettext_lazy("Reminders were turned off by a link"))
def reminders_off(ids):
    """Whoever has a mail of hers can turn them off: she hears of it, and where to undo it."""
    person = ids["recipient"]
    if not Preference.objects.filter(person=person, wants_reminders=False).exists():
        return None
    return {
        "name": person.name,
        "url": preferences.page_url(person),
        "why": gettext("You get this email because your reminders were turned off by a link."),
    }


def _is_invited(event, person) -> bool:
    part = told.part(event, person)
    return part is not None and part.until is None


def _answering(event, person, known) -> dict:
    """Return where she says that she cannot come, and whether she is yet to say anything."""
    answer_url = known.get("answer_url", "")
    part = told.part(event, person) if answer_url else None
    return {
        "answer_url": answer_url,
        "is_unanswered": bool(part) and part.until is None and not part.answer,
        "own_url": known.get("own_url", ""),
    }


def _as_told(event, person, known) -> dict:
    """Return what is off, at the time that she knows: of a later one she may not have heard."""
    stood = told.last_told(event, person) or event
    return {"title": _title(event, known), "when": _to(person, stood)}


def _to(person, stood) -> str:
    return clock.spoken_to(stood.starts_at, stood.zone, person.time_zone)


def _facts(event, known):
    return {
        "title": _title(event, known),
        "when": clock.spoken(event.starts_at, event.zone),
        "until": clock.spoken_time(event.local_end),
        "minutes": event.length_minutes,
        "with_whom": known.get("with_whom", ""),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
    }


def _title(event, known) -> str:
    return known.get("title") or event.title or capfirst(event.get_kind_display())
