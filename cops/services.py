"""What touches both a record of this app and a person's calendar and mail.

Joining and leaving a community, registering for a webinar and cancelling that.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import Language, User
from cops import access
from cops.models import AccessRequest, Community, Membership, Registration, Webinar
from notifications import bell, calendar, outbox
from notifications.consent import agree
from notifications.models import Consent, Event, Invitee, Kind, Message, Role

# How often in a day one registration's link is sent again.
LINKS_A_DAY = 3


@transaction.atomic
def join(community: Community, person: User, role: Role = Role.MEMBER) -> Membership:
    """Make ``person`` part of ``community`` and invite her to its meetings, those to come too.

    Seats are counted under a lock on the community's row. Raises
    InvalidTransition when the group is full or she is already in it.
    """
    community = (
        Community.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .get(pk=community.pk)
    )
    if community.memberships.current().filter(person=person).exists():
        raise InvalidTransition(_("%(name)s is already in this community.") % {"name": person})
    if role == Role.MEMBER and community.members.count() >= community.cohort.group_max:
        raise InvalidTransition(_("This group is full."))
    membership = Membership.objects.create(
        community=community, person=person, role=role, organization=person.organization
    )
    calendar.invite(community.series, person, role)
    outbox.write(
        "community-joined",
        person,
        key=f"community-joined:{membership.pk}",
        context={"membership": membership.pk, "series": community.series_id},
    )
    return membership


@transaction.atomic
def leave(membership: Membership, *, because: str = "") -> None:
    """End the membership and, in the same moment, every right and duty that came with it.

    Where meetings lay ahead, one mail takes them all out of her calendar.
    """
    if (
        not Membership.objects.current()
        .filter(pk=membership.pk)
        .update(left_at=timezone.now(), left_because=because)
    ):
        raise InvalidTransition(_("This membership has already ended."))
    membership.refresh_from_db(fields=["left_at", "left_because"])
    ended = calendar.dismiss(membership.community.series, membership.person)
    if ended:
        outbox.write(
            "community-left",
            membership.person,
            key=f"community-left:{membership.pk}",
            context={"membership": membership.pk, "events": [event.pk for event in ended]},
        )


@transaction.atomic
def hold_webinar(webinar: Webinar, wall: datetime, **schedule) -> None:
    """Save a new ``webinar`` with its event in the calendar of its cohort.

    ``wall`` is naive, on the clock of ``schedule["zone"]``; ``schedule`` is what
    ``calendar.hold`` takes. Raises ValidationError when that time does not exist,
    or exists twice, on that day.
    """
    webinar.event = calendar.add_event(
        webinar.cohort.series, Kind.WEBINAR, wall, **_titles(webinar), **schedule
    )
    webinar.save()


@transaction.atomic
def move_webinar(webinar: Webinar, wall: datetime, **schedule) -> None:
    """Save a changed ``webinar``; who is registered hears of it if its schedule changed.

    One that was cancelled keeps its schedule. Raises InvalidTransition when it was
    moved meanwhile.
    """
    webinar.save()
    if webinar.event.is_live:
        try:
            calendar.move(webinar.event, wall, **_titles(webinar), **schedule)
        except calendar.Moved as error:
            raise InvalidTransition(_("Somebody else has just changed this webinar.")) from error


@transaction.atomic
def cancel_webinar(webinar: Webinar, *, reason: str = "") -> bool:
    """Call ``webinar`` off, once, and close what was asked for it alone: its guests hear of it.

    Return whether it was this call that did it.
    """
    webinar.event = _locked(webinar).event
    if not calendar.cancel(webinar.event, reason=reason):
        return False
    asked = AccessRequest.objects.open().with_webinar(webinar)
    for request in asked.select_for_update(of=("self",)):
        access.withdraw(request, by=None, reason=_("The webinar is cancelled."))
    return True


@transaction.atomic
def register(
    webinar: Webinar,
    *,
    email: str,
    name: str,
    consent_wording: str,
    news_wording: str = "",
    by: User | None = None,
    **typed,
) -> Registration | None:
    """Register the holder of ``email`` for ``webinar`` and write her the confirmation.

    Whoever is registered already only gets her link again, at most once a day;
    what was typed this time is let go. Returns None when no seat is left.
    ``news_wording`` is empty when she did not ask for news; ``by`` is who is signed in.
    Only she agrees for herself: what a stranger typed stays on the registration, and
    she is asked once she has opened the link in her mail.
    Her needs stay there too while too many strangers ask (``access.is_flooded``); staff
    read them in the list of registrations.
    Seats are counted under a lock on the webinar's row.
    Raises InvalidTransition when the webinar has begun or is cancelled.
    """
    webinar = _locked(webinar)
    if not webinar.takes_registrations:
        raise InvalidTransition(_("It is too late to register for this webinar."))
    is_flooded = bool(typed.get("access_needs")) and access.is_flooded()
    person = User.objects.person(email, name=name, language=(get_language() or "en")[:2])
    registration = webinar.registrations.filter(person=person).first()
    if registration and registration.is_live:
        key = f"webinar-registered:{registration.pk}:again:{timezone.now():%Y%m%d}"
        _confirm(registration, key=key)
        return None if webinar.is_full else registration
    if webinar.is_full:
        return None
    facts = {
        "name": name,
        "consent_wording": consent_wording,
        "wants_news": bool(news_wording),
        "registered_at": timezone.now(),
        "cancelled_at": None,
        "question_taken": False,
        **typed,
    }
    registration, _is_new = Registration.objects.update_or_create(
        webinar=webinar, person=person, defaults=facts
    )
    calendar.owe(webinar.event, person, Role.GUEST)
    _remind_to_apply(webinar, person)
    if person == by or not is_flooded:
        _ask_for_needs(registration, registration.access_needs)
    if person == by:
        _agree_herself(registration, news_wording)
    _confirm(registration, key=f"webinar-registered:{registration.pk}:{uuid4()}")
    return registration


@transaction.atomic
def send_link_again(webinar: Webinar, email: str) -> None:
    """Mail the holder of ``email`` the link to her registration, where she has one.

    Once an hour and ``LINKS_A_DAY`` times a day at most, whoever asks. Who typed the address
    must not learn whether it is registered, not even by how long this takes: so whatever the
    address a mail is written, is taken back again where none is due, and the doorbell rings.
    Raises InvalidTransition when the webinar is over or cancelled.
    """
    if not webinar.can_still_be_joined:
        raise InvalidTransition(_("This webinar is over or is cancelled."))
    now, live = timezone.now(), webinar.registrations.live().select_related("person")
    registration, another = live.of_address(email).first(), live.first()
    key = f"webinar-registered:{registration.pk if registration else 0}:link:"
    lately = Message.objects.filter(
        dedupe_key__startswith=key, created_at__gt=now - timedelta(days=1)
    )
    sent = list(lately.values_list("dedupe_key", flat=True))
    this_hour = f"{key}{now:%Y%m%d%H}"
    is_due = registration and len(sent) < LINKS_A_DAY and this_hour not in sent
    if another:
        with transaction.atomic():
            _confirm(registration or another, key=this_hour if is_due else f"{key}{uuid4()}")
            transaction.set_rollback(not is_due)
    bell.ring_on_commit()


def _agree_herself(registration: Registration, news_wording: str) -> None:
    person, source = registration.person, f"webinar {registration.webinar.slug}"
    agree(person, Consent.Purpose.DATA, registration.consent_wording, source=source)
    if news_wording:
        agree(person, Consent.Purpose.NEWS, news_wording, source=source)


@transaction.atomic
def cancel_registration(registration: Registration) -> None:
    """Give the seat back and end the invitation, with its reminders."""
    webinar = _locked(registration.webinar)
    if not webinar.takes_registrations:
        raise InvalidTransition(_("This webinar has begun or is cancelled."))
    if (
        not Registration.objects.live()
        .filter(pk=registration.pk)
        .update(cancelled_at=timezone.now())
    ):
        raise InvalidTransition(_("This registration is already cancelled."))
    registration.refresh_from_db(fields=["cancelled_at"])
    calendar.settle(webinar.event, registration.person)
    _no_longer_remind_to_apply(registration)
    _ask_for_needs(registration, "")


def _remind_to_apply(webinar: Webinar, person: User) -> None:
    """Let who registered be a guest of the deadline of the call, unless she ever had part in it.

    Not where the webinar tells results: then nobody is waited for.
    """
    if not webinar.recruits:
        return
    closing = webinar.cohort.closing
    if not closing.invitees.filter(person=person).exists():
        calendar.owe(closing, person, Role.GUEST)


def _no_longer_remind_to_apply(registration: Registration) -> None:
    cohort, person = registration.webinar.cohort, registration.person
    recruiting = cohort.webinars.recruiting()
    others = Registration.objects.live().filter(webinar__in=recruiting, person=person)
    guest = Invitee.objects.filter(event=cohort.closing, person=person, role=Role.GUEST)
    if guest.exists() and not others.exists():
        calendar.settle(cohort.closing, person)


@transaction.atomic
def note_attendance(event: Event, present: Iterable[int], *, seen: str | None = None) -> int:
    """Record that the invitees with these keys came and the other current ones did not.

    ``seen`` is ``attendance_seen`` as it was when they were chosen: of two who note at once the
    second gets InvalidTransition. So does whoever notes before it begins, or once it is cancelled.
    Returns how many came; who was late stays late.
    """
    event = _alone_with(event)
    if not event.is_live or event.starts_at > timezone.now():
        raise InvalidTransition(_("Attendance can be noted once it has begun."))
    if seen is not None and seen != attendance_seen(event):
        raise InvalidTransition(_("Somebody else has just noted who came. Open the page anew."))
    invited = event.invitees.current()
    came = invited.filter(pk__in=list(present))
    invited.exclude(pk__in=came).update(attendance=Invitee.Attendance.ABSENT)
    came.exclude(attendance__in=Invitee.CAME).update(attendance=Invitee.Attendance.PRESENT)
    return came.count()


def _alone_with(event: Event) -> Event:
    return Event.objects.select_for_update(of=("self",)).get(pk=event.pk)


def attendance_seen(event: Event) -> str:
    """Return a short name of who is noted as what, to notice a change made elsewhere."""
    noted = event.invitees.current().order_by("pk").values_list("pk", "attendance")
    return sha256(repr(list(noted)).encode()).hexdigest()[:16]


@transaction.atomic
def take_questions(webinar: Webinar, asked: Iterable[int]) -> int:
    """Begin an answer to what was asked in the registrations with these keys, without the names.

    Returns how many were begun: each question once, whoever takes it over and whoever asked it.
    """
    webinar = _locked(webinar)
    asked = webinar.registrations.to_answer().filter(pk__in=list(asked))
    taken = list(asked.select_related("person").order_by("pk"))
    questions = {each.question: each.person.language for each in taken}
    first = webinar.answers.count() + 1
    for position, (question, language) in enumerate(questions.items(), start=first):
        column = "question_fr" if language == Language.FRENCH else "question_en"
        webinar.answers.create(position=position, **{column: question})
    webinar.registrations.filter(pk__in=[each.pk for each in taken]).update(question_taken=True)
    return len(questions)


def _ask_for_needs(registration, words):
    webinar = registration.webinar
    access.ask_with(
        registration.person,
        words,
        source=AccessRequest.Source.WEBINAR,
        about=webinar.slug,
        cohort=webinar.cohort,
        before=webinar.event.starts_at,
    )


def _titles(webinar):
    return {"title_en": webinar.title_en, "title_fr": webinar.title_fr}


def _locked(webinar):
    rows = Webinar.objects.select_for_update(of=("self",)).select_related("event", "cohort")
    return rows.get(pk=webinar.pk)


def _confirm(registration, *, key):
    outbox.write(
        "webinar-registered",
        registration.person,
        key=key,
        context={"registration": registration.pk},
        event=registration.webinar.event,
    )
