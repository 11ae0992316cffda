"""Starting, saving, sending and withdrawing an application: the record and its mail in one act."""

import json
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications import wording
from applications.models import CONSENTS, AccessCode, Application, FormVersion, Status
from applications.services import review as reviews
from applications.services import support as supports
from applications.services import workplace
from cops import access
from cops.models import AccessRequest, Cohort
from notifications import calendar, outbox
from notifications.consent import agree
from notifications.models import Consent, Event, Role

# How many drafts that nobody has confirmed one address may have in one call.
UNCONFIRMED_MAX = 5
SOURCE_LENGTH = Consent._meta.get_field("source").max_length
# Who saves nothing for so long was not at the form.
PAUSE = timedelta(minutes=15)


class TooMany(Exception):
    """Too many drafts wait for the same address to be confirmed."""


class Stale(Exception):
    """The answers were changed elsewhere since the page was read."""


def start(
    cohort: Cohort, email: str, *, name: str = "", code: AccessCode | None = None
) -> Application:
    """Start a draft for whoever typed ``email``, and mail the link that makes it hers.

    Nothing here tells whether the address was known: what she has already is not
    touched, and the new draft waits until a link sent to the address is opened.
    Raises InvalidTransition when the call is not open and no ``code`` lets this person in,
    TooMany at the limit.
    """
    language = (get_language() or "en")[:2]
    with transaction.atomic():
        person = User.objects.person(email, name=name, language=language)
        _lock(person)
        # Those withdrawn count too: each of them was a mail to her.
        if cohort.applications.filter(person=person, awaits_confirmation=True).count() >= (
            UNCONFIRMED_MAX
        ):
            raise TooMany
        return _new_draft(cohort, person, code, name=name, awaits_confirmation=True)


@transaction.atomic
def start_own(cohort: Cohort, person: User, code: AccessCode | None = None) -> Application:
    """Return the application of ``person``, who is signed in, or start her draft.

    A draft that she could not send in time goes on by ``code``. Raises InvalidTransition as
    ``start`` does.
    """
    _lock(person)
    own = cohort.applications.confirmed().filter(person=person).exclude(status=Status.WITHDRAWN)
    application = own.first()
    if application is None:
        return _new_draft(cohort, person, code, name=person.name)
    if code and application.may_use_code:
        let_in(application, code)
    return application


@transaction.atomic
def let_in(application: Application, code: AccessCode) -> None:
    """Let a draft that came too late be sent until the deadline of ``code``.

    Raises InvalidTransition when the code does not let its person in, or the draft needs none.
    """
    code.take(application.person)
    drafts = Application.objects.filter(pk=application.pk, status=Status.DRAFT)
    if not application.may_use_code or not drafts.update(access_code=code):
        raise InvalidTransition(_("This application needs no code."))
    application.access_code = code
    keep_owed(application)


def _lock(person) -> None:
    """Let two drafts of the same person begin one after the other."""
    User.objects.select_for_update().only("pk").get(pk=person.pk)


def _new_draft(cohort, person, code, **facts) -> Application:
    if cohort.is_open:
        code = None
    elif code is None:
        raise InvalidTransition(_("This call is not open."))
    else:
        code.take(person)
    application = Application.objects.create(
        cohort=cohort,
        person=person,
        access_code=code,
        mail_language=(get_language() or "en")[:2],
        **facts,
    )
    outbox.write(
        "application-started",
        person,
        key=f"application-started:{application.uuid}",
        context={"application": application.pk},
    )
    keep_owed(application)
    return application


def keep_owed(application: Application) -> None:
    """Let its person owe the sending while she has a draft that is hers to send, see ``owed``."""
    cohort, person = application.cohort, application.person
    hers = cohort.applications.filter(person=person)
    owed = {deadline for deadline, _person in hers.owed_by()}
    of_codes = hers.exclude(access_code=None).values_list("access_code__deadline", flat=True)
    for key, deadline in Event.objects.in_bulk({cohort.closing_id, *of_codes}).items():
        if key in owed:
            calendar.owe(deadline, person, Role.APPLICANT)
        else:
            calendar.settle(deadline, person)


def fingerprint(answers: dict) -> str:
    """Return a short name of the answers as they stand, to notice a change made elsewhere."""
    text = json.dumps(answers, sort_keys=True, default=str)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


@transaction.atomic
def save(application: Application, section, answers: dict, *, seen: str) -> None:
    """Keep ``answers`` of one section; ``seen`` is the fingerprint of what they replace.

    ``section`` is a ``SectionForm``. Raises Stale when the section was changed since it was
    read, or anything of ``application`` since it was loaded; InvalidTransition when nothing may
    be written any more.
    """
    if not application.may_be_edited:
        raise InvalidTransition(application.why_closed)
    if seen != fingerprint(section.stored(application)):
        raise Stale
    as_loaded = {"version": application.version, "status": Status.DRAFT}
    unchanged = Application.objects.filter(pk=application.pk, **as_loaded)
    moment = timezone.now()
    gap = moment - application.touched_at
    facts = section.columns_of(answers) | {
        "version": application.version + 1,
        "touched_at": moment,
        "seconds_spent": application.seconds_spent + (gap.seconds if gap < PAUSE else 0),
    }
    if not unchanged.update(**facts):
        raise Stale
    section.store_rows(application, answers)
    for name, value in facts.items():
        setattr(application, name, value)
    application.forget_rows()


@transaction.atomic
def submit(application: Application, *, by: User | None = None) -> None:
    """Send the application: it counts from this second. ``by`` is who entered it for her.

    Raises InvalidTransition when the call is closed or it was sent before, and when an answer
    was saved since ``application`` was read and found complete.
    """
    held = Application.objects.select_for_update(of=("self",))
    now = held.only("status", "version", "awaits_confirmation").get(pk=application.pk)
    if now.status == Status.DRAFT and now.version != application.version:
        raise InvalidTransition(
            _("An answer was changed a moment ago. Look through your answers and send them again.")
        )
    application.awaits_confirmation = now.awaits_confirmation  # it may be confirmed since
    version = FormVersion.current(application.cohort, wording.of(application.cohort))
    application.submit(version, by=by)
    keep_owed(application)
    if not application.awaits_confirmation:
        _take_at_her_word(application)
    kind = "application-entered" if by else "application-received"
    sent = application.last_sent
    outbox.write(
        kind,
        application.person,
        key=f"{kind}:{sent}",
        context={"application": application.pk, "sent": sent},
        by=by,
    )


@transaction.atomic
def confirm(application: Application) -> None:
    """Make the application its person's: the mailbox is hers.

    What she had sent comes to her now: until then the mailbox might have been anybody's.
    Raises InvalidTransition when she has another one in this call.
    """
    application.confirm()
    application.refresh_from_db()  # its row is held now: it may be sent since
    keep_owed(application)
    if application.status != Status.DRAFT:
        _take_at_her_word(application)
        outbox.write(
            "application-copy",
            application.person,
            key=f"application-copy:{application.pk}:confirmed",
            context={"application": application.pk},
        )


def _take_at_her_word(application: Application) -> None:
    """Record her consents and needs, and fill what is still empty in her record.

    Only once the address is confirmed: a stranger who typed it agrees to nothing for her.
    """
    person, source = application.person, _where_agreed(application)
    ticked = {
        Consent.Purpose.DATA: application.agrees_to_use,
        Consent.Purpose.NEWS: application.wants_news,
    }
    # What was read aloud to her was in the language that she is written to in.
    read_in = application.mail_language if application.came_by else get_language()
    with translation.override(read_in):
        for purpose, is_ticked in ticked.items():
            if is_ticked:
                agree(person, purpose, str(CONSENTS[purpose]), source=source)
    _ask_for_needs(application, application.access_needs)
    told = {
        "name": application.name,
        "phone": application.phone,
        "organization": application.organization,
        "region": application.region,
    }
    news = {key: value for key, value in told.items() if value and not getattr(person, key)}
    if not person.chose_clock and (zone := workplace.clock_of(application)):
        news["time_zone"] = zone
    if application.mail_language:
        news["language"] = application.mail_language
    if news:
        User.objects.filter(pk=person.pk).update(**news)
        person.refresh_from_db()


def _where_agreed(application) -> str:
    """How a consent names where it was given, see ``Consent.SOURCES``."""
    if application.came_by and application.entered_by:
        told = f"{application.came_by} {application.entered_by}, {application.reference}"
        return told[:SOURCE_LENGTH]
    return Application.source_of(application.reference)


def _ask_for_needs(application, words):
    cohort = application.cohort
    access.ask_with(
        application.person,
        words,
        source=AccessRequest.Source.APPLICATION,
        about=cohort.slug,
        cohort=cohort,
    )


def settle_needs() -> None:
    """Close what people needed to take part in a call, once their letter says that they do not.

    Not a moment before: a request that ends would tell the decision. Harmless when run twice.
    """
    told = Application.objects.told_declined().confirmed()
    theirs = told.filter(person=OuterRef("person"), cohort=OuterRef("cohort"))
    asked = AccessRequest.objects.open().filter(source=AccessRequest.Source.APPLICATION)
    for request in asked.filter(Exists(theirs)).with_people():
        with suppress(InvalidTransition):  # answered a moment ago
            access.withdraw(request, by=None, reason=_("The application was not selected."))


@transaction.atomic
def withdraw(application: Application, *, by: User, reason: str = "") -> None:
    """Withdraw the application, and with it what others still owe because of it.

    The supervisors who were asked about it are told.
    """
    application.withdraw(by=by, reason=reason)
    keep_owed(application)
    if not application.awaits_confirmation:
        _ask_for_needs(application, "")
    reviews.close(application, by=by, reason=_("The application was withdrawn."))
    supports.release(application)


@transaction.atomic
def reopen(application: Application, *, by: User, reason: str = "") -> None:
    """Give a sent application back to its person, to correct and send again."""
    application.reopen(by=by, reason=reason)
    keep_owed(application)
    outbox.write(
        "application-reopened",
        application.person,
        key=f"application-reopened:{application.changes.last().pk}",
        context={"application": application.pk},
        by=by,
    )


def keep_one(application: Application) -> None:
    """Let ``application`` stand as her only one in this call: the others are withdrawn.

    Raises InvalidTransition when another one is being read already.
    """
    with transaction.atomic():
        others = application.cohort.applications.filter(person=application.person)
        for other in others.exclude(pk=application.pk).exclude(status=Status.WITHDRAWN):
            if other.status not in (Status.DRAFT, Status.SUBMITTED):
                raise InvalidTransition(
                    _("Your first application is being read already, so it stays.")
                )
            withdraw(other, by=application.person, reason=_("Replaced by a newer one."))
        confirm(application)
