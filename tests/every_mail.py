"""One mail of every kind that the site sends, each about a call with a mailbox of its own.

``MAILS`` says, by kind, how it comes to be written; a new kind adds its line. What is about a
call or a group is made through ``CALL``, so that its mailbox is known to whoever looks.
"""

from applications.models import Review, Status
from applications.services import (
    entered,
    intake,
    interviews,
    late,
    merging,
    review,
    selection,
    support,
)
from cops import access, deadline, news, services, start
from meetings import services as meetings
from meetings.models import Meeting
from notifications import calendar, choosing, mails, outbox, people, rewording
from notifications.models import Message, Role
from outcomes import services as outcomes
from outcomes.models import Outcome
from tests.applications.selecting import (
    booked,
    interviewed,
    interviewer_of,
    interviewing,
    invited,
    offered,
    slot_of,
)
from tests.factories import (
    AccessCodeFactory,
    AccessRequestFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    ConsentFactory,
    MembershipFactory,
    OutcomeFactory,
    PersonFactory,
    StaffFactory,
    WebinarFactory,
    days,
    wall,
)

CALL = {
    "mailbox": "call@own.test",
    "contact_name": "Robin Caller",
    "contact_phone": "416 555 0123",
}
# About nobody's call: the office signs.
OF_THE_OFFICE = {
    "address-asked", "address-changed", "mail-test", "news-asked", "records-merged",
    "reminders-off", "sign-in-code", "sign-in-link", "staff-invited",
}  # fmt: skip

# Holds a secret, or words that are kept nowhere else.
FOR_ONE_TIME = {
    "address-asked",
    "address-changed",
    "records-merged",
    "sign-in-code",
    "sign-in-link",
    "words-tried",
}

# Settled when it was asked for, in both languages at once.
SETTLED = {"words-tried"}


def write(kind) -> Message:
    """Return the mail of ``kind``, as it stands in the outbox before it goes."""
    return MAILS[kind](kind)


def written(kind) -> Message:
    return Message.objects.filter(kind=kind).order_by("-pk").first()


def after(do):
    """Return a way to write a mail: ``do`` something that causes it."""

    def cause(kind):
        do()
        return written(kind)

    return cause


def bound_code():
    closed = CohortFactory(opens_at=days(-30), closes_at=days(-1), **CALL)
    return AccessCodeFactory(cohort=closed, person=PersonFactory())


# ------------------------------------------------------------------------------ codes and links


def code(kind):
    return outbox.write(kind, PersonFactory(), key=kind, secret="123456")


def asked_supervisor():
    application = ApplicationFactory(cohort=CohortFactory(**CALL), status=Status.SUBMITTED)
    return support.ask(application, name="Robin", email="robin@agency.test")


def withdraw(application):
    selection.withdraw_application(application, by=application.person)


def withdrawn_after_asking():
    asked = asked_supervisor()
    Message.objects.filter(kind="support-asked").update(state=Message.State.SENT)
    withdraw(asked.application)


def turned_off():
    choosing.choose(PersonFactory(), {"wants_reminders": False}, source="my-mail", by_link=True)


def new_address():
    people.change_address(PersonFactory(), "new@agency.test", by=StaffFactory())


def merged():
    merging.merge(PersonFactory(), PersonFactory(), by=StaffFactory(), reason="She phoned")


def try_words():
    about = mails.kind("event-cancelled")
    rewording.send_to_oneself(about, rewording.built_in(about), None, to=StaffFactory())


# -------------------------------------------------------------------------------- events, webinar


def registered():
    webinar = WebinarFactory(cohort=CohortFactory(**CALL))
    registration = services.register(
        webinar, email="noor@agency.test", name="Noor", consent_wording="Yes"
    )
    Message.objects.filter(kind="webinar-registered").update(state=Message.State.SENT)
    return registration


def webinar_reminder(kind):
    registration = registered()
    event = registration.webinar.event
    return outbox.write(
        kind, registration.person, key=kind, event=event, lane=Message.Lane.REMINDER
    )


def recording(kind):
    webinar = WebinarFactory(cohort=CohortFactory(**CALL), recording_url="https://video.example/1")
    return outbox.write(kind, PersonFactory(), key=kind, event=webinar.event)


# ------------------------------------------------------------------------------ groups, meetings


def group(**facts):
    return CommunityFactory(cohort=CohortFactory(**CALL), **facts)


def member(community):
    person = PersonFactory()
    MembershipFactory(community=community, person=person)
    calendar.invite(community.series, person, Role.MEMBER)
    return person


def meeting(*, past=False) -> Meeting:
    community = group()
    member(community)
    first, *_later = meetings.schedule(community, wall(-7 if past else 7), how_many=2)
    return first


def meeting_reminder(kind):
    event = meeting().event
    person = event.invitees.get().person
    return outbox.write(kind, person, key=kind, event=event, lane=Message.Lane.REMINDER)


def notes_sent():
    held = meeting(past=True)
    Meeting.objects.filter(pk=held.pk).update(status=Meeting.Status.NOTES_READY)
    meetings.circulate(Meeting.objects.get(pk=held.pk), by=StaffFactory())


def notes_missing(kind):
    held = meeting(past=True)
    return outbox.write(kind, member(held.community), key=kind, event=held.notes_due)


def joined():
    community = group()
    calendar.add_event(community.series, "meeting", wall(7), minutes=120)
    return services.join(community, PersonFactory())


def outcome(kind):
    status = {"outcome-to-read": "member-review", "outcome-published": "published"}[kind]
    found = OutcomeFactory(community=group(), status=Outcome.Status(status))
    person = member(found.community)
    return outbox.write(kind, person, key=kind, context={"outcome": found.pk})


def unread(kind):
    found = OutcomeFactory(community=group())
    person = member(found.community)
    outcomes.send_to_members(found, by=StaffFactory())
    return outbox.write(kind, person, key=kind, event=found.reading_due)


# -------------------------------------------------------------------------------------- the way in


def not_started(kind):
    registration = registered()
    closing = registration.webinar.cohort.closing
    return outbox.write(kind, registration.person, key=kind, event=closing)


def unsent(kind):
    draft = intake.start_own(CohortFactory(**CALL), PersonFactory())
    return outbox.write(kind, draft.person, key=kind, event=draft.cohort.closing)


def extended():
    draft = intake.start_own(CohortFactory(**CALL), PersonFactory())
    deadline.extend(draft.cohort, days(12), by=StaffFactory())


def dates_moved():
    application = ApplicationFactory(cohort=CohortFactory(**CALL), status=Status.SUBMITTED)
    deadline.extend(application.cohort, days(12), by=StaffFactory(), shift=True)


def announced():
    ConsentFactory()
    news.announce(CohortFactory(**CALL), by=StaffFactory())


def reviews_due(kind):
    reviews()
    Message.objects.all().delete()  # nobody is reminded of what no letter has told her
    owed = Review.objects.get()
    context = {"events": [[owed.deadline_id, owed.deadline.schedule_version]]}
    return outbox.write(kind, owed.reviewer, key=kind, context=context)


def unbooked(kind):
    waiting = invited(interviewing(**CALL))
    return outbox.write(kind, waiting.application.person, key=kind, event=waiting.deadline)


def unanswered(kind):
    offer = place()
    Message.objects.update(state=Message.State.SENT)
    return outbox.write(kind, offer.application.person, key=kind, event=offer.deadline)


def started():
    intake.start_own(CohortFactory(**CALL), PersonFactory())


def submitted(**facts):
    application = ApplicationFactory(cohort=CohortFactory(**CALL), **facts)
    intake.submit(application)
    return application


def entered_by_staff():
    staff = StaffFactory()
    told = {"came_by": "phone", "entered_by": staff, "mail_language": "en"}
    application = ApplicationFactory(cohort=CohortFactory(**CALL), **told)
    intake.submit(application, by=staff)


def application_link(kind):
    application = ApplicationFactory(cohort=CohortFactory(**CALL))
    context = {"application": application.pk}
    return outbox.write(kind, application.person, key=kind, context=context)


def reviews():
    cohort = CohortFactory(reviews_each=1, **CALL)
    ApplicationFactory(cohort=cohort, status=Status.SUBMITTED)
    CohortRoleFactory(cohort=cohort)
    review.assign(cohort, by=StaffFactory())


def decided(status):
    def decide():
        application = interviewed(interviewing(**CALL))
        staff = StaffFactory()
        application.decide(status, by=staff)
        selection.release(application.cohort.applications.filter(pk=application.pk), by=staff)

    return after(decide)


def place():
    return offered(CommunityFactory(cohort=interviewing(**CALL)))


def lapsed(kind):
    offer = place()
    Message.objects.update(state=Message.State.SENT)
    type(offer).objects.filter(pk=offer.pk).update(status="lapsed")
    return outbox.write(kind, offer.application.person, key=kind, context={"offer": offer.pk})


def interview():
    return booked(interviewing(**CALL))


def interview_reminder(kind):
    event, person = (found := interview()).event, found.application.person
    return outbox.write(kind, person, key=kind, event=event, lane=Message.Lane.REMINDER)


def handed_over():
    cohort = interviewing(**CALL)
    moved = booked(cohort, slot_of(cohort, interviewer_of(cohort)))
    interviews.move(moved, slot_of(cohort), by=moved.application.person)


# ------------------------------------------------------------------------------ requests for access


def asked(**facts):
    return access.ask(
        PersonFactory(), "Captions", source="own-page", cohort=CohortFactory(**CALL), **facts
    )


def answered(status):
    def answer(kind):
        request = AccessRequestFactory(
            cohort=CohortFactory(**CALL),
            status=status,
            answer="We have them.",
            answered_at=days(0),
        )
        return outbox.write(kind, request.person, key=kind, context={"request": request.pk})

    return answer


MAILS = {
    "access-request-answered": answered("answered"),
    "access-request-closed": answered("withdrawn"),
    "access-request-due": after(lambda: (StaffFactory(), asked())),
    "access-request-received": answered("open"),
    "address-asked": after(lambda: people.ask_to_change(PersonFactory(), "new@agency.test")),
    "address-changed": after(new_address),
    "application-copy": after(lambda: entered.send_copy(submitted())),
    "application-entered": after(entered_by_staff),
    "application-declined": decided(Status.DECLINED),
    "application-interview": after(lambda: invited(interviewing(**CALL))),
    "application-link": application_link,
    "application-not-started": not_started,
    "application-offered": after(place),
    "application-received": after(submitted),
    "access-code": after(lambda: late.send_code(bound_code(), by=StaffFactory())),
    "support-asked": after(lambda: asked_supervisor()),
    "support-withdrawn": after(withdrawn_after_asking),
    "support-answered": after(lambda: support.answer(asked_supervisor(), "yes")),
    "application-reopened": after(
        lambda: intake.reopen(submitted(), by=StaffFactory(), reason="The town is missing")
    ),
    "application-started": after(started),
    "application-withdrawn": after(lambda: withdraw(submitted())),
    "application-unsent": unsent,
    "application-waitlisted": decided(Status.WAITLISTED),
    "community-joined": after(joined),
    "community-left": after(lambda: services.leave(joined())),
    "dates-moved": after(dates_moved),
    "deadline-extended": after(extended),
    "call-announced": after(announced),
    "event-cancelled": after(lambda: meetings.cancel(meeting())),
    "event-left": after(lambda: services.cancel_registration(registered())),
    "event-moved": after(lambda: meetings.move(meeting(), wall(9))),
    "interview-booked": after(interview),
    "interview-handed-over": after(handed_over),
    "interview-reminder": interview_reminder,
    "interview-unbooked": unbooked,
    "mail-test": after(lambda: start.send_test_mail(StaffFactory())),
    "words-tried": after(try_words),
    "meeting-notes": after(notes_sent),
    "meeting-reminder": meeting_reminder,
    "meetings-scheduled": after(meeting),
    "news-asked": after(lambda: news.ask("noor@agency.test")),
    "notes-missing": notes_missing,
    "notes-missing-long": notes_missing,
    "offer-lapsed": lapsed,
    "offer-unanswered": unanswered,
    "outcome-published": outcome,
    "outcome-to-read": outcome,
    "outcome-unread": unread,
    "reminders-off": after(turned_off),
    "reviews-assigned": after(reviews),
    "reviews-due": reviews_due,
    "sign-in-code": code,
    "sign-in-link": after(lambda: people.send_sign_in_link(PersonFactory(), by=StaffFactory())),
    "records-merged": after(merged),
    "staff-invited": after(
        lambda: start.invite("colleague@own.test", name="Colleague", by=StaffFactory())
    ),
    "webinar-missed": recording,
    "webinar-recording": recording,
    "webinar-registered": after(registered),
    "webinar-reminder": webinar_reminder,
}
