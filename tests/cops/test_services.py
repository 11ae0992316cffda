from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest
import time_machine
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops import services
from cops.models import Cohort, Community, Membership, Registration, Webinar
from notifications import calendar
from notifications.models import Consent, Event, Invitee, Message, Role
from tests.concurrency import at_once
from tests.factories import (
    CohortFactory,
    CommunityFactory,
    ConsentFactory,
    EventFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    PersonFactory,
    RegistrationFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def typed(**facts):
    return {
        "email": "New@Agency.test",
        "name": "Noor Example",
        "organization": "Agency",
        "consent_wording": "You may use this.",
        **facts,
    }


def mails():
    return list(Message.objects.values_list("kind", "recipient__email"))


def invited(event):
    return set(event.invitees.current().values_list("person__email", "role"))


def test_joining_writes_the_membership_fills_the_calendar_and_welcomes():
    community = CommunityFactory()
    meeting = EventFactory(series=community.series)
    person = PersonFactory()

    membership = services.join(community, person)

    assert (membership.role, membership.organization) == (Role.MEMBER, person.organization)
    assert invited(meeting) == {(person.email, Role.MEMBER)}
    assert mails() == [("community-joined", person.email)]


def test_nobody_joins_the_same_community_twice():
    membership = MembershipFactory()

    with pytest.raises(InvalidTransition):
        services.join(membership.community, membership.person)

    assert Membership.objects.count() == 1


def test_a_full_group_takes_no_more_members_but_still_facilitators():
    community = CommunityFactory(cohort=CohortFactory(group_min=1, group_max=1))
    MembershipFactory(community=community)

    with pytest.raises(InvalidTransition):
        services.join(community, PersonFactory())
    services.join(community, PersonFactory(), Role.FACILITATOR)

    assert (community.members.count(), community.facilitators.count()) == (1, 1)


def fill_the_last_seat_twice():
    community = CommunityFactory(cohort=CohortFactory(group_min=1, group_max=1))
    people = [PersonFactory(), PersonFactory()]

    results = at_once(*(lambda who=who: services.join(community, who) for who in people))

    return community, results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_place_at_once_one_gets_it():
    community, results = fill_the_last_seat_twice()

    assert community.members.count() == 1
    assert sorted(type(result).__name__ for result in results) == [
        "InvalidTransition",
        "Membership",
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_get_the_last_place(monkeypatch):
    queryset = type(Community.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **kwargs: self.all())
    wait_between(monkeypatch, Membership, "create")

    community, _results = fill_the_last_seat_twice()

    assert community.members.count() == 2


def wait_between(monkeypatch, model, name):
    """Let both threads count before either writes."""
    barrier = Barrier(2)
    write = getattr(model.objects, name)

    def slow(*args, **kwargs):
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=3)
        return write(*args, **kwargs)

    monkeypatch.setattr(model.objects, name, slow)


def test_leaving_ends_the_invitations_ahead_and_keeps_those_that_were():
    community = CommunityFactory()
    before = EventFactory(series=community.series, wall=wall(-7))
    ahead = EventFactory(series=community.series)
    membership = services.join(community, PersonFactory())
    Invitee.objects.create(event=before, person=membership.person, role=Role.MEMBER)

    services.leave(membership, because="A new job")

    assert membership.left_because == "A new job"
    assert membership.left_at is not None
    assert invited(ahead) == set()
    assert invited(before) == {(membership.person.email, Role.MEMBER)}
    assert not Community.objects.inside_for(membership.person).exists()


def test_nobody_leaves_twice():
    membership = MembershipFactory()
    services.leave(membership, because="first")

    with pytest.raises(InvalidTransition):
        services.leave(membership, because="second")

    membership.refresh_from_db()
    assert membership.left_because == "first"


def test_who_left_may_join_again_and_is_invited_again():
    community = CommunityFactory()
    meeting = EventFactory(series=community.series)
    person = PersonFactory()
    services.leave(services.join(community, person))

    services.join(community, person)

    assert Membership.objects.filter(person=person).count() == 2
    assert invited(meeting) == {(person.email, Role.MEMBER)}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_a_membership_at_once_one_does():
    membership = MembershipFactory()
    copies = [Membership.objects.get(pk=membership.pk) for _ in range(2)]

    results = at_once(*(lambda copy=copy: services.leave(copy) for copy in copies))

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]


def test_registering_makes_a_person_a_registration_an_invitation_and_a_mail():
    webinar = WebinarFactory()

    registration = services.register(webinar, **typed(news_wording="News, please."))

    person = User.objects.get(email="new@agency.test")
    assert (person.name, person.is_verified, person.has_usable_password()) == (
        "Noor Example",
        False,
        False,
    )
    assert (registration.person, registration.name, registration.organization) == (
        person,
        "Noor Example",
        "Agency",
    )
    assert invited(webinar.event) == {(person.email, Role.GUEST)}
    assert (registration.consent_wording, registration.wants_news) == ("You may use this.", True)
    assert not Consent.objects.exists()
    assert mails() == [("webinar-registered", person.email)]


def test_a_stranger_who_types_a_known_address_changes_nothing_of_that_person():
    person = PersonFactory(email="new@agency.test", name="Noor Herself")

    registration = services.register(
        WebinarFactory(), **typed(name="Somebody Else", news_wording="News, please.")
    )

    person.refresh_from_db()
    assert person.name == "Noor Herself"
    assert (registration.person, registration.name) == (person, "Somebody Else")
    assert registration.wants_news
    assert not Consent.objects.exists()


def test_who_is_signed_in_gives_her_consent_at_once_and_only_once():
    person = PersonFactory(email="new@agency.test")
    ConsentFactory(person=person, purpose="data", wording="Earlier words.")

    services.register(WebinarFactory(), by=person, **typed(news_wording="News, please."))

    assert set(Consent.objects.values_list("purpose", "wording")) == {
        ("data", "Earlier words."),
        ("news", "News, please."),
    }


def test_a_second_registration_sends_the_link_again_at_most_once_a_day_and_keeps_the_first():
    webinar = WebinarFactory()
    first = services.register(webinar, **typed(access_needs="Captions"))

    for name in ("Other", "Another"):
        again = services.register(webinar, **typed(name=name, access_needs="None"))
        assert again == first

    first.refresh_from_db()
    assert (first.name, first.access_needs) == ("Noor Example", "Captions")
    assert mails() == [("webinar-registered", "new@agency.test")] * 2


def test_the_last_seat_is_the_last():
    webinar = WebinarFactory(seats=1)
    RegistrationFactory(webinar=webinar)

    assert services.register(webinar, **typed()) is None

    assert webinar.registrations.count() == 1
    assert not User.objects.filter(email="new@agency.test", registrations__isnull=False).exists()
    assert mails() == []


def test_when_full_a_known_registrant_gets_the_same_answer_and_her_link_by_mail():
    webinar = WebinarFactory(seats=1)
    services.register(webinar, **typed())

    assert services.register(webinar, **typed()) is None

    assert len(mails()) == 2


def test_nobody_registers_once_the_webinar_has_begun():
    webinar = WebinarFactory()

    late = webinar.event.starts_at + timedelta(seconds=1)
    with time_machine.travel(late), pytest.raises(InvalidTransition):
        services.register(webinar, **typed())

    assert not Registration.objects.exists()
    assert not User.objects.filter(email="new@agency.test").exists()


def take_the_last_seat_twice():
    webinar = WebinarFactory(seats=1)
    addresses = ["one@agency.test", "two@agency.test"]

    results = at_once(
        *(lambda at=at: services.register(webinar, **typed(email=at)) for at in addresses)
    )

    return webinar, results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_seat_at_once_one_gets_it():
    webinar, results = take_the_last_seat_twice()

    assert webinar.registrations.live().count() == 1
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Registration"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_get_the_last_seat(monkeypatch):
    queryset = type(Webinar.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **kwargs: self.all())
    wait_between(monkeypatch, Registration, "update_or_create")

    webinar, _results = take_the_last_seat_twice()

    assert webinar.registrations.live().count() == 2


def test_cancelling_gives_the_seat_back_and_ends_the_invitation():
    webinar = WebinarFactory(seats=1)
    registration = services.register(webinar, **typed())

    services.cancel_registration(registration)

    assert (registration.is_live, webinar.seats_left) == (False, 1)
    assert invited(webinar.event) == set()


def test_a_registration_is_cancelled_once_and_before_the_start():
    registration = services.register(WebinarFactory(), **typed())
    late = services.register(WebinarFactory(), **typed(email="late@agency.test"))
    services.cancel_registration(registration)

    with pytest.raises(InvalidTransition):
        services.cancel_registration(registration)
    with time_machine.travel(late.webinar.event.starts_at), pytest.raises(InvalidTransition):
        services.cancel_registration(late)

    late.refresh_from_db()
    assert late.is_live


def test_who_cancelled_may_register_again():
    webinar = WebinarFactory()
    services.cancel_registration(services.register(webinar, **typed()))

    registration = services.register(webinar, **typed(name="Noor Again"))

    assert (registration.is_live, registration.name) == (True, "Noor Again")
    assert invited(webinar.event) == {("new@agency.test", Role.GUEST)}
    assert webinar.registrations.count() == 1


def test_a_webinar_stands_in_the_calendar_of_its_cohort():
    cohort = CohortFactory()

    webinar = Webinar(cohort=cohort, slug="about", title_en="About", title_fr="À propos")
    services.hold_webinar(
        webinar, wall(3), minutes=60, zone="America/Toronto", join_link="https://meet.example/about"
    )

    event = Event.objects.get(kind="webinar")
    assert (webinar.event, event.series, event.kind, event.title_fr) == (
        event,
        cohort.series,
        "webinar",
        "À propos",
    )


def test_moving_a_webinar_changes_its_event_and_raises_its_version():
    webinar = WebinarFactory()
    webinar.title_en = "New title"

    services.move_webinar(webinar, wall(9), minutes=90, zone="America/Winnipeg")

    event = Event.objects.get(kind="webinar")
    assert (event.local_on, event.zone, event.length_minutes, event.title_en) == (
        wall(9).date(),
        "America/Winnipeg",
        90,
        "New title",
    )
    assert event.schedule_version == 1


def test_a_cancelled_webinar_can_still_be_described_but_keeps_its_schedule():
    webinar = WebinarFactory()
    calendar.cancel(webinar.event)
    before = webinar.event.starts_at

    webinar.recording_url = "https://video.example/1"
    services.move_webinar(webinar, datetime(2030, 1, 7, 10, 0), minutes=60)

    webinar.refresh_from_db()
    assert (webinar.recording_url, webinar.event.starts_at) == ("https://video.example/1", before)


def test_attendance_is_noted_once_it_has_begun():
    webinar = WebinarFactory()
    came = services.register(webinar, **typed()).person
    services.register(webinar, **typed(email="absent@agency.test"))
    key = webinar.event.invitees.get(person=came).pk

    with pytest.raises(InvalidTransition):
        services.note_attendance(webinar.event, [key])
    with time_machine.travel(webinar.event.starts_at + timedelta(minutes=5)):
        assert services.note_attendance(webinar.event, [key]) == 1

    assert dict(webinar.event.invitees.values_list("person__email", "attendance")) == {
        "new@agency.test": "present",
        "absent@agency.test": "absent",
    }
    assert timezone.now() < webinar.event.starts_at


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_double_click_registers_once():
    webinar = WebinarFactory()

    results = at_once(*[lambda: services.register(webinar, **typed())] * 2)

    assert [type(result).__name__ for result in results] == ["Registration"] * 2
    assert webinar.registrations.count() == 1
    assert User.objects.filter(email="new@agency.test").count() == 1
    assert invited(webinar.event) == {("new@agency.test", Role.GUEST)}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_a_call_at_once_one_does():
    cohort = CohortFactory(published_at=None)
    copies = [Cohort.objects.get(pk=cohort.pk) for _ in range(2)]

    results = at_once(*(lambda copy=copy: copy.publish(by=None) for copy in copies))

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_a_registration_at_once_one_does():
    registration = services.register(WebinarFactory(), **typed())
    copies = [Registration.objects.get(pk=registration.pk) for _ in range(2)]

    results = at_once(*(lambda copy=copy: services.cancel_registration(copy) for copy in copies))

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_refine_a_question_at_once_write_two_versions():
    version = FocusAreaVersionFactory()
    area, cohort = version.focus_area, version.cohort

    results = at_once(
        *(lambda text=text: area.ask(cohort, text, "", by=None) for text in ("One?", "Two?"))
    )

    assert not [result for result in results if isinstance(result, Exception)]
    assert sorted(area.versions.values_list("number", flat=True)) == [1, 2, 3]
