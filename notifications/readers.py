"""Who reads the mails of one batch: what is asked of one reader is asked for all of them at once.

@readers.asked_at_once
def parts(event, people) -> dict[int, Invitee]

parts(event, person)  # hers, or None
"""

from collections.abc import Callable, Iterable
from functools import wraps

from django.utils.translation import get_language

from accounts.models import User
from notifications.models import Event, Message

Question = Callable[[Event, set[int]], dict]


class Readers:
    """The keys of those who read mail about one event, and what was found of them so far."""

    def __init__(self, people: set[int]):
        self.people = people
        self.found: dict[Question, dict] = {}
        self.made: dict[tuple, object] = {}


def gather(messages: Iterable[Message]) -> None:
    """Let what is asked of a reader of one of ``messages`` be asked for the others with her.

    They share their events. Who gets two of them is left out, and asked when it is her turn:
    what the first tells her, and what she does about it, counts for the second.
    """
    mails: dict[int, list[Message]] = {}
    for message in messages:
        mails.setdefault(message.recipient_id, []).append(message)
    readers: dict[Event, set[int]] = {}
    for person, hers in mails.items():
        if len(hers) == 1 and hers[0].event:
            readers.setdefault(hers[0].event, set()).add(person)
    for event, people in readers.items():
        event.readers = Readers(people)


def asked_at_once(question: Question):
    """Make of ``question``, which answers by person for many, one that is put for a person.

    The answer is None where the question found nothing. Of a person who reads in a batch it is
    the one of the moment when the first of the batch was asked about: seconds ago, and two
    minutes at most, because no mail begins without the lease.
    """

    @wraps(question)
    def ask(event: Event, person: User):
        readers = getattr(event, "readers", None)
        if readers is None or person.pk not in readers.people:
            return question(event, {person.pk}).get(person.pk)
        if question not in readers.found:
            readers.found[question] = question(event, readers.people)
        return readers.found[question].get(person.pk)

    return ask


def same_for_all(make):
    """Let ``make(event, *facts)``, which tells nobody's own, be made once for all who read it.

    Once for each language and ``facts``, which are plain values.
    """

    @wraps(make)
    def made(event: Event, *facts):
        readers = getattr(event, "readers", None)
        if readers is None:
            return make(event, *facts)
        key = make, get_language(), *facts
        if key not in readers.made:
            readers.made[key] = make(event, *facts)
        return readers.made[key]

    return made
