import re
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils.html import strip_tags

from notifications import calendar, planner
from notifications.models import Invitee, Kind, Preference, Reminder, Role, Rule
from notifications.rules import Rules, due_at, useful_until
from tests.factories import (
    EventFactory,
    InviteeFactory,
    PreferenceFactory,
    RuleFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db

Anchor, State = Rule.Anchor, Reminder.State
START = datetime(2027, 2, 4, 15, 0, tzinfo=UTC)


def at(*facts):
    return datetime(2027, *facts, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    Rule.objects.all().delete()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def deadline(wall=datetime(2027, 2, 12, 23, 59), kind=Kind.OFFER_DUE):
    return InviteeFactory(event=EventFactory(kind=kind, wall=wall), role=Role.APPLICANT)


@pytest.mark.parametrize(
    ("rule", "key", "due", "useful"),
    [
        (Rule(amount=2, unit="d"), "2d", at(2, 11, 1), at(2, 12, 2, 59, 30)),
        (Rule(amount=3, unit="h"), "3h", at(2, 13, 1, 59), at(2, 13, 3, 29)),
        (Rule(anchor=Anchor.AFTER, amount=2, unit="d"), "+2d", at(2, 15, 1), at(2, 22, 1)),
        (Rule(anchor=Anchor.AFTER, amount=1, unit="h"), "+1h", at(2, 13, 5, 59), at(2, 20, 5, 59)),
        (
            Rule(anchor=Anchor.INVITED, amount=2, unit="d"),
            "i2d",
            at(2, 6, 15),
            at(2, 9, 21, 59, 30),
        ),
        (Rule(anchor=Anchor.INVITED, amount=5, unit="h"), "i5h", at(2, 4, 20), at(2, 9, 0, 29, 30)),
        (Rule(anchor=Anchor.HALF), "half", at(2, 8, 21, 59, 30), at(2, 11, 1, 29, 15)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_anchor_has_its_key_its_time_and_its_use(rule, key, due, useful):
    part = deadline()

    assert rule.offset_key == key
    assert due_at(part.event, rule, part) == due
    assert useful_until(part.event, rule, due) == useful


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": 0},
        {"amount": 61, "unit": "d"},
        {"amount": 169, "unit": "h"},
        {"anchor": "half", "amount": 1},
        {"anchor": "half", "amount": 0, "unit": "h"},
        {"attendance": "came"},
    ],
    ids=str,
)
def test_the_database_takes_no_impossible_rule(facts):
    with pytest.raises(IntegrityError):
        RuleFactory(**facts)


def test_the_same_offset_counted_from_elsewhere_is_another_rule_and_twice_is_refused():
    RuleFactory(kind=Kind.OFFER_DUE, amount=2, unit="d")
    RuleFactory(kind=Kind.OFFER_DUE, amount=2, unit="d", anchor=Anchor.INVITED)

    with pytest.raises(IntegrityError):
        RuleFactory(kind=Kind.OFFER_DUE, amount=2, unit="d")


def test_what_comes_after_goes_to_who_came_in_other_words_than_to_who_did_not(clock):
    event = EventFactory(kind=Kind.WEBINAR, wall=datetime(2027, 2, 4, 13, 0), minutes=60)
    marks = {"present": "came", "late": "came", "": "came", "absent": "missed", "excused": "missed"}
    for attendance in marks:
        InviteeFactory(event=event, attendance=attendance)
    after = {"kind": Kind.WEBINAR, "anchor": Anchor.AFTER, "amount": 1}
    RuleFactory(**after, attendance="came", mail="test-mail")
    RuleFactory(**after, attendance="missed", mail="test-digest")
    clock.move_to(at(2, 5, 19, 1))

    planner.plan()

    said = {"came": "test-mail", "missed": "test-digest"}
    rows = Reminder.objects.values_list("person__invitations__attendance", "offset_key", "mail")
    assert set(rows) == {(mark, "+1d", said[who]) for mark, who in marks.items()}


def test_a_line_still_to_come_follows_who_was_noted_absent_later():
    part = InviteeFactory(event=EventFactory(wall=datetime(2027, 2, 4, 9, 0)))
    for attendance, mail in (("came", "test-mail"), ("missed", "test-digest")):
        RuleFactory(anchor=Anchor.AFTER, amount=1, attendance=attendance, mail=mail)
    Invitee.objects.update(since=at(1, 1))
    planner.plan()
    before = Reminder.objects.get().mail

    part.mark(Invitee.Attendance.ABSENT)
    planner.plan()

    assert (before, Reminder.objects.get().mail) == ("test-mail", "test-digest")


def test_who_has_answered_is_not_asked_for_an_answer():
    event = EventFactory(wall=datetime(2027, 2, 10, 13, 0))
    silent = InviteeFactory(event=event)
    InviteeFactory(event=event, answer=Invitee.Answer.YES)
    RuleFactory(amount=3, answer=Rule.Answer.NONE, mail="test-mail")

    planner.plan()

    assert [row.person for row in Reminder.objects.all()] == [silent.person]


def test_a_reminder_of_the_last_hours_goes_only_to_those_who_chose_it():
    event = EventFactory(wall=datetime(2027, 2, 10, 13, 0))
    chose, _others = InviteeFactory(event=event), InviteeFactory(event=event)
    PreferenceFactory(person=chose.person, wants_last_hours=True)
    RuleFactory(amount=2, unit="h", only_chosen=True)

    planner.plan()
    first = [row.person for row in Reminder.objects.all()]
    Preference.objects.update(wants_last_hours=False)
    planner.plan()

    assert first == [chose.person]
    assert [(row.state, row.reason) for row in Reminder.objects.all()] == [
        (State.CANCELLED, planner.NO_RULE)
    ]


def test_who_wants_no_reminders_gets_none_and_the_ledger_says_so():
    part = InviteeFactory(event=EventFactory(wall=datetime(2027, 2, 10, 13, 0)))
    RuleFactory(amount=3)
    wish = PreferenceFactory(person=part.person, wants_reminders=False)

    planner.plan()
    off = [(row.state, row.reason) for row in Reminder.objects.all()]
    wish.wants_reminders = True
    wish.save()
    planner.plan()

    assert off == [(State.OPTED_OUT, planner.OPTED_OUT)]
    assert [(row.state, row.reason) for row in Reminder.objects.all()] == [(State.PLANNED, "")]


def test_who_switches_reminders_off_after_one_was_planned_does_not_get_it(clock, mailoutbox):
    part = InviteeFactory(event=EventFactory(wall=datetime(2027, 2, 10, 13, 0)))
    RuleFactory(amount=3)
    planner.plan()
    PreferenceFactory(person=part.person, wants_reminders=False)
    clock.move_to(at(2, 7, 18, 1))

    planner.plan()

    assert [row.state for row in Reminder.objects.all()] == [State.OPTED_OUT]
    assert part.person.messages.count() == 0


def test_half_way_moves_with_the_deadline():
    part = deadline()
    RuleFactory(kind=Kind.OFFER_DUE, anchor=Anchor.HALF, amount=0, mail="test-mail")
    planner.plan()

    calendar.move(part.event, datetime(2027, 2, 14, 23, 59))
    planner.plan()

    rows = Reminder.objects.order_by("schedule_version").values_list("state", "due_at")
    assert list(rows) == [
        (State.SUPERSEDED, at(2, 8, 21, 59, 30)),
        (State.PLANNED, at(2, 9, 21, 59, 30)),
    ]


def test_which_rules_hold_for_an_event_and_where_each_comes_from():
    cohort = SeriesFactory(name_en="Cohort 2027")
    community = SeriesFactory(name_en="Newcomers", parent=cohort)
    event = EventFactory(wall=datetime(2027, 2, 10, 13, 0), series=community)
    RuleFactory(amount=1)
    RuleFactory(amount=2)
    RuleFactory(amount=2, series=cohort, mail="test-mail")
    RuleFactory(amount=1, series=community, is_on=False)
    RuleFactory(amount=4, event=event)
    RuleFactory(amount=5, series=SeriesFactory())

    rules = Rules().in_force(event)

    told = [(rule.offset_key, rule.is_on, rule.place) for rule in rules]
    assert told == [
        ("4d", True, f"only {event}"),
        ("2d", True, "cohort Cohort 2027"),
        ("1d", False, "community Newcomers"),
    ]


def test_a_rule_whose_form_was_emptied_is_shown_again(client, staff):
    rule = RuleFactory()
    address = reverse("admin:notifications_rule_change", args=[rule.pk])

    page = client.post(address, dict.fromkeys(["kind", "anchor", "amount", "unit", "mail"], ""))

    assert page.status_code == 200
    rule.refresh_from_db()
    assert rule.amount == 3


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"amount": "0"}, "amount", "between 1 and 60"),
        ({"amount": ""}, "amount", "between 1 and 60"),
        ({"amount": "169", "unit": "h"}, "amount", "between 1 and 168"),
        ({"anchor": "half", "amount": "3"}, "amount", "needs no number"),
        ({"anchor": "half", "amount": ""}, "anchor", "Only a deadline"),
        ({"attendance": "came"}, "attendance", "only after the end"),
        ({"kind": "offer-due", "anchor": "after", "attendance": "came"}, "attendance", "deadline"),
        ({"mail": "event-moved"}, "mail", "Choose from the list"),
        ({"kind": "review-due", "mail": "meeting-notes-only"}, "mail", "not about that kind"),
    ],
    ids=str,
)
def test_an_impossible_rule_is_refused_beside_its_field(client, staff, kinds, facts, field, words):
    kinds["meeting-notes-only"] = kinds["meeting-reminder"].__class__(
        "meeting-notes-only", "x.md", None, title="x", reminds_of=frozenset({Kind.MEETING})
    )
    typed = {
        "kind": "meeting",
        "anchor": "before",
        "amount": "3",
        "unit": "d",
        "answer": "any",
        "attendance": "any",
        "mail": "test-mail",
    }

    page = client.post(reverse("admin:notifications_rule_add"), {**typed, **facts})

    assert words in str(page.context["adminform"].form.errors.get(field))
    assert Rule.objects.count() == 0


def test_a_rule_half_way_is_added_without_a_number(client, staff):
    typed = {
        "kind": "offer-due",
        "anchor": "half",
        "amount": "",
        "unit": "h",
        "answer": "any",
        "attendance": "any",
        "mail": "test-mail",
    }

    client.post(reverse("admin:notifications_rule_add"), typed)

    rules = Rule.objects.values_list("kind", "anchor", "amount", "unit", "is_on")
    assert list(rules) == [("offer-due", "half", 0, "d", False)]


# The page of an event tells of its rules


def rules_told(client, event):
    """Each rule on the page of ``event``: what it says, and the link to one of its own."""
    page = client.get(reverse("admin:notifications_event_change", args=[event.pk])).text
    part = page.partition('class="event-rules"')[2].partition("</div>")[0]
    told = []
    for item in re.findall(r"<li>(.*?)</li>", part, re.DOTALL):
        words = " ".join(strip_tags(re.sub(r"<span class=\"visually.*?</span>", "", item)).split())
        link = re.search(r'href="([^"]*/rule/add/[^"]*)"', item)
        told.append((words, link and unescape(link[1])))
    return told, part


@pytest.fixture
def in_a_community():
    """A meeting of a community, with a rule in each of the four places and one that is off."""
    cohort = SeriesFactory(name_en="Cohort 2027")
    community = SeriesFactory(name_en="Getting to work", parent=cohort)
    event = EventFactory(wall=datetime(2027, 2, 12, 13), title_en="First steps", series=community)
    RuleFactory(amount=2, mail="test-mail")
    RuleFactory(amount=5, mail="test-mail")
    RuleFactory(amount=2, mail="test-mail", series=cohort, is_on=False)
    RuleFactory(amount=3, mail="test-mail", series=community, only_chosen=True)
    RuleFactory(amount=4, mail="test-mail", event=event)
    return event


def test_the_page_of_an_event_lists_its_rules_nearest_first_with_their_places(
    client, staff, in_a_community
):
    told, _part = rules_told(client, in_a_community)

    assert [words.removesuffix(" · Otherwise for this event") for words, _link in told] == [
        "4 days before: test-mail (everyone invited) Only First steps, 12 Feb. 2027",
        "3 days before: test-mail (everyone invited, only to those who chose it) "
        "Community Getting to work",
        "2 days before: test-mail (everyone invited) Cohort Cohort 2027 · off: no reminder",
        "2 days before: test-mail (everyone invited) Everywhere · a nearer rule holds instead",
        "5 days before: test-mail (everyone invited) Everywhere",
    ]
    assert [bool(link) for _words, link in told] == [False, True, True, False, True]


def test_a_rule_of_its_own_is_begun_with_what_the_farther_one_says(client, staff, in_a_community):
    told, part = rules_told(client, in_a_community)

    of_community = client.get(told[1][1]).context["adminform"].form
    anew = unescape(re.search(r'class="button" href="([^"]+)"', part)[1])
    empty = client.get(anew).context["adminform"].form

    facts = {name: str(of_community[name].value()) for name in ("amount", "unit", "mail", "event")}
    assert facts == {
        "amount": "3", "unit": "d", "mail": "test-mail", "event": str(in_a_community.pk),
    }  # fmt: skip
    assert of_community["only_chosen"].value()
    assert (empty["kind"].value(), empty["event"].value()) == ("meeting", str(in_a_community.pk))


def test_a_rule_of_its_own_is_saved_as_it_was_begun_and_leads_back(client, staff, in_a_community):
    told, _part = rules_told(client, in_a_community)
    address = told[4][1]
    form = client.get(address).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields} | {"amount": 6, "is_on": "on"}

    answer = client.post(address, {name: value for name, value in typed.items() if value != ""})

    event_page = reverse("admin:notifications_event_change", args=[in_a_community.pk])
    assert answer.url == event_page
    words = [words for words, _link in rules_told(client, in_a_community)[0]]
    assert words[:2] == [
        "4 days before: test-mail (everyone invited) Only First steps, 12 Feb. 2027",
        "6 days before: test-mail (everyone invited) Only First steps, 12 Feb. 2027",
    ]


def test_what_is_over_or_off_gets_no_rule_of_its_own(client, staff, in_a_community):
    calendar.cancel(in_a_community)

    told, part = rules_told(client, in_a_community)

    assert len(told) == 5
    assert "/rule/add/" not in part


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_an_event_costs_the_same_for_few_rules_and_many(
    client, staff, number, django_assert_num_queries
):
    event = EventFactory(wall=datetime(2027, 2, 12, 13))
    for each in range(number):
        RuleFactory(amount=each + 1, mail="test-mail")
        InviteeFactory(event=event)
    address = reverse("admin:notifications_event_change", args=[event.pk])
    client.get(address)

    with django_assert_num_queries(7):
        client.get(address)
