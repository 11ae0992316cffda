"""The forecast says what the planner then does, to whom, when and by which rule, and what not."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from notifications import forecast, planner, reasons
from notifications.models import Invitee, Kind, Message, Reminder, Rule
from tests.factories import (
    BounceFactory,
    EventFactory,
    InviteeFactory,
    PersonFactory,
    PreferenceFactory,
    RuleFactory,
    SeriesFactory,
)
from tests.reminding import sent_until

pytestmark = pytest.mark.django_db

_line = planner._line

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


def test_to_an_address_that_bounces_nothing_goes_until_that_is_settled(staff):
    RuleFactory(amount=3, mail="test-mail")
    event = meeting(8)
    bounce = BounceFactory(person=event.invitees.get().person)
    assert told() == [(event, "3d", "cancelled", reasons.BOUNCES)]

    bounce.settle(by=staff)

    assert told() == [(event, "3d", "enqueued", "")]


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

    with django_assert_num_queries(13):
        client.get(reverse("mail-forecast"))


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_looked_for_costs_the_same_for_few_and_many(
    client, staff, number, django_assert_num_queries
):
    RuleFactory(amount=3, mail="test-mail")
    series = SeriesFactory()
    for each in range(number):
        event = meeting(8, PersonFactory(name=f"Amal {each}"), series=series)
    asked = {"q": "amal", "kind": "test-mail", "series": series.pk, "event": event.pk}
    client.get(reverse("mail-forecast"), asked)

    with django_assert_num_queries(16):
        client.get(reverse("mail-forecast"), asked)


@pytest.fixture
def several():
    """Amal and Zoë meet in two places; Zoë owes an answer too."""
    RuleFactory(amount=3, mail="test-mail")
    RuleFactory(kind=Kind.OFFER_DUE, amount=2, mail="test-digest")
    cohort = SeriesFactory(name_en="Cohort 2027")
    community = SeriesFactory(name_en="Getting to work", parent=cohort)
    amal, zoe = PersonFactory(name="Amal Haddad"), PersonFactory(name="Zoë Roy")
    first = meeting(8, amal, series=cohort)
    second = meeting(9, zoe, series=community)
    owed = meeting(12, zoe, kind=Kind.OFFER_DUE, hour=23)
    return SimpleNamespace(
        cohort=cohort, community=community, first=first, second=second, owed=owed, zoe=zoe
    )


def found(client, **asked):
    page = client.get(reverse("mail-forecast"), asked)
    assert page.status_code == 200
    return [row.event for row in page.context["page_obj"]]


def test_it_is_searched_by_person_kind_cohort_and_event(client, staff, several):
    assert found(client) == [several.first, several.second, several.owed]
    assert found(client, q="zoe") == [several.second, several.owed]
    assert found(client, kind="test-digest") == [several.owed]
    assert found(client, series=several.cohort.pk) == [several.first, several.second]
    assert found(client, series=several.community.pk) == [several.second]
    assert found(client, event=several.owed.pk) == [several.owed]
    assert found(client, q="zoe", series=several.cohort.pk) == [several.second]
    assert found(client, q="amal", kind="test-digest") == []


def test_an_event_that_is_not_offered_may_be_named_and_is_chosen_then(client, staff, several):
    page = client.get(reverse("mail-forecast"), {"event": several.owed.pk}).text

    assert f'<option value="{several.owed.pk}" selected>' in page
    assert f'<option value="{several.owed.pk}"' not in client.get(reverse("mail-forecast")).text


def test_what_one_person_gets_is_the_same_when_nobody_else_is_looked_at(several):
    for day in (8, 9, 9, 20):
        meeting(day, several.zoe, hour=day)

    def lines(rows):
        return [(row.event_id, row.offset_key, row.state, row.reason, row.goes_at) for row in rows]

    everybody = [row for row in forecast.foresee() if row.person_id == several.zoe.pk]
    assert lines(forecast.foresee(of=[several.zoe.pk])) == lines(everybody)
    assert len(everybody) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_the_reminders_of_one_cost_the_same_for_few_and_many(number, django_assert_num_queries):
    RuleFactory(amount=3, mail="test-mail")
    person = PersonFactory()
    for each in range(number):
        meeting(8 + each, person)

    with django_assert_num_queries(8):
        rows = forecast.foresee(of=[person.pk])

    assert len(rows) == number


def test_who_looks_for_one_makes_no_lines_of_others(several, monkeypatch):
    made = []
    monkeypatch.setattr(planner, "_line", lambda *facts: made.append(facts[1]) or _line(*facts))

    forecast.foresee(of=[several.zoe.pk])

    assert [part.person_id for part in made] == [several.zoe.pk] * 2


@pytest.mark.parametrize("name", ["kind", "series", "event"])
@pytest.mark.parametrize("value", ["nonsense", "0", "9" * 30])
def test_what_cannot_be_looked_for_is_said_at_its_field(client, staff, several, name, value):
    page = client.get(reverse("mail-forecast"), {name: value})

    assert page.status_code == 400
    assert list(page.context["form"].errors) == [name]
    assert f'id="id_{name}_error"' in page.text
    assert list(page.context["page_obj"]) == []
    assert "Nothing is shown: look at what is marked above." in page.text


def test_a_search_that_is_too_long_is_refused_and_nothing_found_says_so(client, staff, several):
    long = client.get(reverse("mail-forecast"), {"q": "x" * 101})
    nobody = client.get("/fr/admin/mail/forecast/", {"q": "nobody"})

    assert (long.status_code, list(long.context["form"].errors)) == (400, ["q"])
    assert nobody.status_code == 200
    assert "Aucun rappel de ce type à venir" in nobody.text


def test_it_is_paged(client, staff):
    RuleFactory(amount=3, mail="test-mail")
    event = meeting(8)
    InviteeFactory.create_batch(60, event=event)

    pages = [client.get(reverse("mail-forecast"), {"page": page}) for page in (1, 2)]

    assert [len(page.context["page_obj"]) for page in pages] == [50, 11]
    narrowed = client.get(reverse("mail-forecast"), {"event": event.pk}).text
    assert f'href="?event={event.pk}&amp;page=2"' in narrowed
    assert timezone.now() == START
