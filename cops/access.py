"""Asking for what one needs, and answering: the request, its deadline and its mail in one act."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock, employers
from accounts.alike import bare
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops.models import AccessRequest, Cohort
from notifications import calendar, outbox
from notifications.models import Kind, Role

# How many requests may wait at once: sent for one address by the public form, and by one person.
FROM_FORM_MAX = 3
OWN_MAX = 10
# How many come in an hour from whomever, by the public form and with webinars: each mails staff.
AN_HOUR_MAX = 30
STRANGERS_LOCK = 20_120  # any number, the same in every process

Wish, Source = AccessRequest.Kind, AccessRequest.Source


class TooMany(Exception):
    """Several requests of this person wait already to be answered."""


class Flooded(Exception):
    """The public form takes no more in this hour."""


@transaction.atomic
def ask(
    person: User,
    words: str,
    *,
    source: str,
    kind: str = Wish.NEED,
    about: str = "",
    cohort: Cohort | None = None,
    before: datetime | None = None,
    by: User | None = None,
    name: str = "",
) -> AccessRequest:
    """Write down what ``person`` asks for, due on a day, and tell staff.

    ``before`` is the aware instant at which she needs it, where that is known. ``by`` is
    the member of staff who noted it for her. Raises InvalidTransition when she asked to be
    erased before and waits for the answer.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if kind == Wish.ERASURE and _waiting(person, kind=kind).exists():
        raise InvalidTransition(_("You have asked for this already. We answer by the day we said."))
    deadline = calendar.hold(
        Kind.ACCESS_DUE,
        datetime.combine(_due_on(kind, before), time(23, 59)),
        series=cohort.series if cohort else None,
    )
    request = AccessRequest.objects.create(
        person=person,
        name=name,
        words=words,
        source=source,
        kind=kind,
        about=about,
        cohort=cohort,
        language=(get_language() or "en")[:2],
        owner=by,
        deadline=deadline,
    )
    _let_owe(request)
    for owed in deadline.invitees.current().select_related("person"):
        if owed.person != by:
            outbox.write(
                "access-request-due",
                owed.person,
                key=f"access-request-due:{request.pk}:{owed.person_id}",
                event=deadline,
            )
    return request


def is_flooded() -> bool:
    """Whether strangers have asked for as much in the last hour as staff are mailed about.

    Whoever asks this inside a transaction is alone until it ends, so that the last place of
    an hour is given once. Ask it before anything of a person is locked or written.
    """
    _one_at_a_time()
    lately = AccessRequest.objects.filter(
        source__in=[Source.FORM, Source.WEBINAR], asked_at__gt=timezone.now() - timedelta(hours=1)
    )
    return lately.count() >= AN_HOUR_MAX


@transaction.atomic
def ask_from_form(email: str, *, name: str, **asked) -> AccessRequest | None:
    """Write down what the holder of ``email`` asks for, and mail her that it has arrived.

    Returns None where several of hers wait already. Who typed the address must not learn so,
    nor whether it was known. Raises Flooded when too much is asked by whomever.
    """
    if is_flooded():
        raise Flooded
    person = User.objects.person(email, name=name, language=(get_language() or "en")[:2])
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if _waiting(person, source=Source.FORM).count() >= FROM_FORM_MAX:
        return None
    request = ask(person, source=Source.FORM, name=name, **asked)
    _confirm(request)
    return request


@transaction.atomic
def ask_own(person: User, words: str, *, source: str = Source.OWN_PAGE, **asked) -> AccessRequest:
    """Write down what ``person``, who is signed in, asks for. Raises TooMany at the limit."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if _waiting(person, source__in=[Source.OWN_PAGE, Source.DETAILS]).count() >= OWN_MAX:
        raise TooMany
    request = ask(person, words, source=source, **asked)
    _confirm(request)
    return request


@employers.taken_by
@transaction.atomic
def ask_to_add(person: User, name: str) -> None:
    """Let staff add the employer that ``person`` names, once however often and however written.

    What waits about another one is taken back; ``name`` is "" where there is nothing to add.
    """
    _alone_with(person)
    waiting = _waiting(person, source=Source.DETAILS).select_for_update(of=("self",)).first()
    if waiting and _is_same_name(waiting.about, name):
        return
    if waiting:
        withdraw(waiting, by=person, reason=_("She has changed her employer since."))
    if not name:
        return
    words = _("My organization is now “%(name)s”. It is not on your list yet.") % {"name": name}
    try:
        ask_own(person, words, source=Source.DETAILS, kind=Wish.CORRECTION, about=name)
    except TooMany as error:
        raise ValidationError(
            _("Several of your requests wait for our answer already. Leave this as it was.")
        ) from error


@employers.told_by
def being_added(person: User) -> employers.BeingAdded | None:
    """Return the employer that ``person`` named and staff have not answered her about yet."""
    asked = _waiting(person, source=Source.DETAILS).select_related("deadline").first()
    if asked is None:
        return None
    by = None if asked.is_late else asked.deadline.local_on
    return employers.BeingAdded(asked.about, by, asked.get_absolute_url())


@transaction.atomic
def ask_with(
    person: User,
    words: str,
    *,
    source: str,
    about: str,
    cohort: Cohort,
    before=None,
    by: User | None = None,
) -> None:
    """Keep the request that goes with a registration or an application in step with its words.

    ``about`` names the webinar or the call. New words replace those that wait for an answer;
    without words it is withdrawn. What was answered is asked again only in other words. A new one
    is owed by ``by``, or by all staff.
    """
    words = words.strip()
    asked = AccessRequest.objects.filter(person=person, source=source, about=about)
    waiting = asked.open().select_for_update(of=("self",)).first()
    if waiting and words:
        asked.open().filter(pk=waiting.pk).update(words=words)
    elif waiting:
        withdraw(waiting, by=person)
    elif words and not asked.filter(status=AccessRequest.Status.ANSWERED, words=words).exists():
        ask(person, words, source=source, about=about, cohort=cohort, before=before, by=by)


@transaction.atomic
def take(request: AccessRequest, *, by: User) -> None:
    """Let ``by`` answer it, and nobody else owe it any more."""
    request.take(by=by)
    calendar.settle(request.deadline)
    _let_owe(request)


@transaction.atomic
def answer(request: AccessRequest, text: str, *, by: User) -> None:
    """Close it with what was arranged, and mail her that."""
    request.close_with(text, by=by)
    _end(request, "access-request-answered", by=by)


@transaction.atomic
def close(request: AccessRequest, words: str, *, by: User) -> None:
    """Close it because there is nothing to arrange, and mail her ``words``, which say why."""
    request.close_without(words, by=by)
    _end(request, "access-request-closed", by=by)


def _end(request: AccessRequest, mail: str, *, by: User) -> None:
    """Let nobody owe it any more, and mail her how it ended."""
    calendar.settle(request.deadline)
    key, context = f"{mail}:{request.pk}", {"request": request.pk}
    outbox.write(mail, request.person, key=key, context=context, by=by)


@transaction.atomic
def withdraw(request: AccessRequest, *, by: User | None, reason: str = "") -> None:
    """Close it in silence: she takes it back, or what it was for is over and she knows.

    ``by`` is None where nobody did, but the clock.
    """
    request.withdraw(by=by, reason=reason)
    calendar.settle(request.deadline)


def _confirm(request: AccessRequest) -> None:
    """Mail her that the request has arrived, and by when it is answered."""
    outbox.write(
        "access-request-received",
        request.person,
        key=f"access-request-received:{request.pk}",
        context={"request": request.pk},
    )


def _waiting(person, **facts):
    return AccessRequest.objects.open().filter(person=person, **facts)


def _is_same_name(one: str, other: str) -> bool:
    """Whether both name one employer: one may be in capitals, or written without accents."""
    return one == other or bare(one) == bare(other) != ""


def _alone_with(person: User) -> None:
    """Let nobody else name an employer of hers meanwhile; mail to her may still be written."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _one_at_a_time() -> None:
    """Wait for other transactions that ask the same. SQLite writes one at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STRANGERS_LOCK])


def _let_owe(request):
    """Let its owner owe the answer, or all staff while it has none."""
    staff = [request.owner] if request.owner else User.objects.filter(is_staff=True, is_active=True)
    for person in staff:
        calendar.owe(request.deadline, person, Role.STAFF)


def _due_on(kind, before):
    """Return the day by which to answer: soon enough to be of use, and never in the past."""
    today = timezone.localdate(timezone=clock.ONTARIO)
    due = today + timedelta(days=AccessRequest.DAYS[kind])
    if before:
        due = min(due, (before - AccessRequest.AHEAD).astimezone(clock.ONTARIO).date())
    return max(due, today)
