"""What a calendar gets by mail: the whole series on joining, a change, a cancellation, an end."""

import icalendar
import pytest
from django.core import mail

from cops import services
from notifications import calendar, outbox, sender
from notifications.models import Kind, Message, Role
from notifications.render import NoLongerTrue, render
from tests.factories import (
    CommunityFactory,
    EventFactory,
    InviteeFactory,
    PersonFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def community():
    """A group that met last week and meets twice more."""
    community = CommunityFactory()
    for days in (-7, 7, 21):
        calendar.add_event(community.series, Kind.MEETING, wall(days), minutes=120)
    return community


def ahead(community):
    return [str(event.uuid) for event in community.series.events.ahead()]


def file_of(message):
    """Return (method, [(uid, sequence, status), ...]) of the calendar file of a mail."""
    letter = render(message)
    found = icalendar.Calendar.from_ical(letter.calendar)
    assert letter.method == str(found["METHOD"])
    return letter.method, [
        (str(entry["UID"]).partition("@")[0], int(entry["SEQUENCE"]), str(entry["STATUS"]))
        for entry in found.events
    ]


def test_joining_brings_the_whole_series_that_lies_ahead(community):
    services.join(community, PersonFactory())

    assert file_of(Message.objects.get(kind="community-joined")) == (
        "PUBLISH", [(uid, 0, "CONFIRMED") for uid in ahead(community)],
    )  # fmt: skip


def test_leaving_takes_all_that_lies_ahead_out_again_by_one_mail(community):
    membership = services.join(community, PersonFactory(language="fr"))
    services.leave(membership)

    left = Message.objects.get(kind="community-left")

    assert left.recipient == membership.person
    assert file_of(left) == ("CANCEL", [(uid, 0, "CANCELLED") for uid in ahead(community)])
    assert not Message.objects.filter(kind="event-left").exists()
    assert render(left).mailbox == community.cohort.mailbox


def test_who_leaves_when_no_meeting_lies_ahead_gets_no_such_mail():
    membership = services.join(CommunityFactory(), PersonFactory())

    services.leave(membership)

    assert not Message.objects.filter(kind="community-left").exists()


def test_who_is_back_before_it_goes_is_not_told_that_she_is_out(community):
    person = PersonFactory()
    services.leave(services.join(community, person))
    services.join(community, person)

    with pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="community-left"))


def test_who_leaves_and_joins_and_leaves_again_is_told_each_time(community):
    person = PersonFactory()

    for _time in range(2):
        services.leave(services.join(community, person))

    kinds = Message.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["community-joined", "community-left"] * 2


def test_a_join_link_that_changes_is_a_new_version_of_the_same_entry():
    part = InviteeFactory()

    calendar.move(part.event, join_link="https://meet.test/other")

    assert file_of(Message.objects.get(kind="event-moved")) == (
        "REQUEST", [(str(part.event.uuid), 1, "CONFIRMED")],
    )  # fmt: skip


def test_moved_and_then_cancelled_the_version_rises_each_time():
    part = InviteeFactory()

    calendar.move(part.event, wall(9))
    sender.deliver_due()
    calendar.cancel(part.event)

    assert file_of(Message.objects.get(kind="event-cancelled")) == (
        "CANCEL", [(str(part.event.uuid), 2, "CANCELLED")],
    )  # fmt: skip


def had_mail(part):
    outbox.write("event-moved", part.person, key="moved", event=part.event)
    sender.deliver_due()
    mail.outbox.clear()


def test_who_had_mail_about_one_event_is_told_that_she_is_out_of_it():
    part = InviteeFactory()
    had_mail(part)

    calendar.settle(part.event, part.person)

    left = Message.objects.get(kind="event-left")
    assert left.recipient == part.person
    assert file_of(left) == ("CANCEL", [(str(part.event.uuid), 0, "CANCELLED")])


def test_who_perhaps_had_mail_about_it_is_told_as_well():
    part = InviteeFactory()
    had_mail(part)
    Message.objects.update(state=Message.State.UNKNOWN)

    calendar.settle(part.event, part.person)

    assert [left.recipient for left in Message.objects.filter(kind="event-left")] == [part.person]


def test_who_is_out_of_it_is_told_so_also_when_it_moves_before_that_mail_goes():
    part = InviteeFactory()
    had_mail(part)

    calendar.settle(part.event, part.person)
    calendar.move(part.event, wall(9))
    sender.deliver_due()

    assert sent_kinds() == [("event-left", part.person.email)]


def test_who_is_out_of_it_does_not_hear_any_more_that_it_moved():
    part = InviteeFactory()
    had_mail(part)

    calendar.move(part.event, wall(9))
    Message.objects.update(not_before=part.since)  # it need not wait for another change
    calendar.settle(part.event, part.person)
    sender.deliver_due()

    assert sent_kinds() == [("event-left", part.person.email)]


def sent_kinds():
    sent = Message.objects.filter(state=Message.State.SENT).exclude(dedupe_key="moved")
    return list(sent.values_list("kind", "recipient__email"))


def test_who_never_heard_of_it_is_not_told_that_she_is_out_of_it():
    part = InviteeFactory()

    calendar.settle(part.event, part.person)

    assert Message.objects.count() == 0


def test_who_settles_a_duty_is_not_told_of_an_entry_in_her_calendar():
    part = InviteeFactory(event=EventFactory(kind=Kind.ACTION_DUE))
    had_mail(part)

    calendar.settle(part.event, part.person)

    assert not Message.objects.filter(kind="event-left").exists()


def test_who_is_invited_again_before_it_goes_keeps_her_entry():
    part = InviteeFactory()
    had_mail(part)
    calendar.settle(part.event, part.person)
    calendar.owe(part.event, part.person, Role.MEMBER)

    with pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="event-left"))


def test_a_cancelled_registration_leaves_her_calendar():
    webinar = WebinarFactory()
    registration = services.register(
        webinar, email="noor@agency.test", name="Noor", consent_wording="Yes"
    )
    sender.deliver_due()

    services.cancel_registration(registration)

    left = Message.objects.get(kind="event-left")
    assert file_of(left) == ("CANCEL", [(str(webinar.event.uuid), 0, "CANCELLED")])
    assert render(left).mailbox == webinar.cohort.mailbox


def test_no_file_asks_for_an_answer(community):
    person = PersonFactory()
    services.leave(services.join(community, person))
    part = InviteeFactory(person=person)
    calendar.move(part.event, wall(9))

    for message in Message.objects.exclude(kind="community-joined"):
        for entry in icalendar.Calendar.from_ical(render(message).calendar).events:
            who = entry.get("ATTENDEE")
            assert who is None or (who.params["RSVP"], str(who)) == (
                "FALSE", f"mailto:{person.email}",
            )  # fmt: skip
