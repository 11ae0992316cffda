"""The forecast says what the planner then does, to whom, when and by which rule, and what not."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from notifications import forecast, reasons
from notifications.models import Invitee, Kind, Message, Reminder, Rule
from tests.factories import (
    EventFactory,
    InviteeFactory,
    PersonFactory,
    PreferenceFactory,
    RuleFactory,
    SeriesFactory,
)
from tests.reminding import sent_until

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    Rule.objects.all().delete()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def meeting(day, person=None, hour=13, **facts):
    event = EventFactory(wall=datetime(2027, 2, day, hour), **facts)
    InviteeFactory(event=event, person=person or PersonFactory())
    return event


def told():
    return [(row.event, row.offset_key, row.state, row.reason) for row in forecast.foresee()]


@pytest.mark.slow
def test_what_it_foresees_is_what_is_sent_and_when(clock):
    """A month of meetings and deadlines of three people, foreseen, then lived through."""
    RuleFactory(amount=3, mail="test-mail")
    RuleFactory(amount=2, unit="h", mail="test-mail")
    RuleFactory(kind=Kind.OFFER_DUE, anchor=Rule.Anchor.HALF, amount=0, mail="test-mail")
    RuleFactory(kind=Kind.NOTES_DUE, anchor=Rule.Anchor.AFTER, amount=1, mail="test-mail")
    RuleFactory(kind=Kind.REVIEW_DUE, amount=2, mail="test-digest")
    people = PersonFactory.create_batch(3)
    for number, person in enumerate(people):
        for day in (5, 9, 9, 12, 26):
            meeting(day, person, hour=9 + number)
        meeting(8, person, kind=Kind.OFFER_DUE, hour=23)
        meeting(10, person, kind=Kind.NOTES_DUE, hour=23)
        for _review in range(2):
            meeting(20, person, kind=Kind.REVIEW_DUE, hour=23)

    foreseen = [
        (row.event_id, row.person_id, row.offset_key, row.goes_at)
        for row in forecast.foresee()
        if row.state == "enqueued"
    ]
    before = Reminder.objects.count()
    sent_until(clock, START + timedelta(days=30), step=timedelta(minutes=30))

    sent = Reminder.objects.filter(state="enqueued").select_related("message")
    assert before == 0
    assert len(foreseen) == sent.count() == 3 * (5 * 2 + 1 + 1 + 1)
    lived = {(r.event_id, r.person_id, r.offset_key): r.message.created_at for r in sent}
    assert set(lived) == {tuple(key) for *key, _moment in foreseen}
    late = [abs(lived[tuple(key)] - moment) for *key, moment in foreseen]
    assert max(late) <= timedelta(minutes=30)


def test_who_opted_out_joined_late_or_waits_is_told_with_the_reason():
    RuleFactory(amount=3, mail="test-mail")
    person = PersonFactory()
    goes, waits = meeting(8, person, 10), meeting(8, person, 12)
    off = meeting(9)
    PreferenceFactory(person=off.invitees.get().person, wants_reminders=False)
    late = meeting(3)

    assert told() == [
        (goes, "3d", "enqueued", ""),
        (waits, "3d", "enqueued", ""),
        (off, "3d", "skipped-opted-out", reasons.OPTED_OUT),
        (late, "3d", "skipped-joined-late", reasons.JOINED_LATE),
    ]
    assert [row.goes_at.day for row in forecast.foresee()][:2] == [5, 6]


def test_who_cannot_come_is_not_in_it_and_what_is_beyond_30_days_neither():
    RuleFactory(amount=3, mail="test-mail")
    meeting(8).invitees.update(answer=Invitee.Answer.NO)
    EventFactory(wall=datetime(2027, 3, 25, 13))
    InviteeFactory(event=EventFactory(wall=datetime(2027, 3, 25, 13)))

    assert told() == []


def test_it_writes_nothing_and_sends_nothing():
    RuleFactory(amount=3, mail="test-mail")
    meeting(8)

    forecast.foresee()

    assert (Reminder.objects.count(), Message.objects.count()) == (0, 0)


def test_the_page_says_who_what_which_rule_from_where_and_why_not(client, staff):
    cohort = SeriesFactory(name_en="Cohort 2027")
    RuleFactory(amount=3, mail="test-mail", series=cohort)
    event = meeting(8, PersonFactory(name="Amal"), series=cohort)
    other = InviteeFactory(event=event, person=PersonFactory(name="Bo"))
    PreferenceFactory(person=other.person, wants_reminders=False)

    page = client.get(reverse("mail-forecast"))
    words = " ".join(page.text.split())

    assert [row.person.name for row in page.context["page_obj"]] == ["Amal", "Bo"]
    assert "Friday 5 February 2027, 1:00 p.m. Eastern Time" in words.replace("\u00a0", " ")
    assert "everyone invited<br>cohort Cohort 2027" in words
    assert '<span class="chip chip-success">goes</span>' in words
    assert "does not go</span> does not want reminders" in words


def test_the_page_is_in_french(client, staff):
    RuleFactory(amount=3, mail="test-mail")
    meeting(8)

    page = client.get("/fr/admin/mail/forecast/")

    assert "Les 30 prochains jours" in page.text
    assert "3 jours avant" in page.text


def test_an_empty_forecast_says_why(client, staff):
    assert "Nobody is to be reminded of anything" in client.get(reverse("mail-forecast")).text


def test_the_desk_leads_to_it_in_the_group_of_email(client, staff):
    page = client.get(reverse("admin:index")).text

    assert f'href="{reverse("mail-forecast")}"' in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_few_and_many(client, staff, number, django_assert_num_queries):
    RuleFactory(amount=3, mail="test-mail")
    for _each in range(number):
        meeting(8)
    client.get(reverse("mail-forecast"))

    with django_assert_num_queries(10):
        client.get(reverse("mail-forecast"))


def test_it_is_paged(client, staff):
    RuleFactory(amount=3, mail="test-mail")
    event = meeting(8)
    InviteeFactory.create_batch(60, event=event)

    pages = [client.get(reverse("mail-forecast"), {"page": page}) for page in (1, 2)]

    assert [len(page.context["page_obj"]) for page in pages] == [50, 11]
    assert timezone.now() == START
