from django.utils.translation import gettext_lazy

from accounts import clock, links
from notifications import mails
from notifications.models import Kind, Message
from notifications.placeholders import link, text
from notifications.reasons import LETTER_WAITS
from outcomes.models import Outcome


def _facts(ids, status, **which):
    """What both mails say, as long as the outcome stands there and the reader may see it."""
    readable = Outcome.objects.visible_to(ids["recipient"]).with_context()
    readable = readable.select_related("reading_due")
    outcome = readable.filter(status=status, **which).first()
    if outcome is None:
        return None
    return {
        "title": outcome.title,
        "community": outcome.community.name,
        "day": clock.spoken_day(outcome.reading_due.local_on) if outcome.reading_due else "",
        "url": links.url(ids["recipient"], "outcomes:outcome", outcome.slug),
        **outcome.community.signature,
    }


@mails.register("outcome-to-read", gettext_lazy("An outcome to read before it is published"))
def outcome_to_read(ids):
    return _facts(ids, Outcome.Status.MEMBER_REVIEW, pk=ids["outcome"])


def _letter_waits(parts):
    """Nobody is reminded of an email to her that staff have not let go yet."""
    events = {event for event, _person in parts}
    due = dict(Outcome.objects.filter(reading_due__in=events).values_list("pk", "reading_due"))
    letters = Message.objects.filter(kind="outcome-to-read", state__in=Message.NOT_GONE)
    waiting = letters.values_list("context__outcome", "recipient")
    return {(due[pk], person): LETTER_WAITS for pk, person in waiting if pk in due}


@mails.register(
    "outcome-unread",
    gettext_lazy("Reminder to read an outcome before it is published"),
    reminds_of=[Kind.OUTCOME_DUE],
    waits=_letter_waits,
)
def outcome_unread(ids):
    return _facts(ids, Outcome.Status.MEMBER_REVIEW, reading_due=ids["event"])


@mails.register(
    "outcome-published",
    gettext_lazy("A new outcome"),
    placeholders={
        "title": text(gettext_lazy("The title of the outcome"), gettext_lazy("A ride to work")),
        "community": text(gettext_lazy("The name of the community"), gettext_lazy("First steps")),
        "url": link(gettext_lazy("The outcome in the library")),
    },
)
def outcome_published(ids):
    return _facts(ids, Outcome.Status.PUBLISHED, pk=ids["outcome"])
