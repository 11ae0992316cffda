"""Later dates of a public call are changed on its page: looked at, then told to who has sent."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from applications.models import Status
from cops.models import Cohort
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.concurrency import at_once
from tests.factories import ApplicationFactory, CohortFactory, StaffFactory
from tests.fuzz.forms import Page

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)
CLOSES = datetime(2027, 2, 13, 4, 59, tzinfo=UTC)
GROUPS_ON = date(2027, 3, 20)
ASKED = "Read who is told of the new dates, and say yes."


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call():
    return CohortFactory(closes_at=CLOSES, name_en="Cohort X")


@pytest.fixture
def sent(call):
    return ApplicationFactory(cohort=call, status=Status.SUBMITTED, person__language="en")


def save(client, call, **facts):
    return read(client, call)(**facts)


def read(client, call):
    """Read the page of ``call``; return what sends it with other facts."""
    url = reverse("admin:cops_cohort_change", args=[call.pk])
    form = max(Page(client.get(url).text).forms, key=lambda form: len(form["fields"]))
    nothing = {"submit", "select"}  # a button that is not pressed, a list nothing is chosen from
    kept = {
        field["name"]: field["value"]
        for field in form["fields"]
        if field["on"] and (field["value"] or field["kind"] not in nothing)
    }
    kept = {name: value for name, value in kept.items() if not name.startswith("_")}
    return lambda **facts: client.post(url, {**kept, **facts})


def letters():
    return Message.objects.filter(kind="dates-moved")


def test_who_has_sent_is_counted_first_and_then_told(client, staff, call, sent):
    ApplicationFactory(cohort=call, status=Status.WITHDRAWN)
    ApplicationFactory(cohort=call)
    later = {"groups_on": "2027-03-22", "reviews_due_on": "2027-02-19"}

    looked = save(client, call, **later)
    before = Cohort.objects.get().groups_on, letters().count()
    done = save(client, call, **later, tells="on")

    form = looked.context["adminform"].form
    assert (form.errors["__all__"], before) == ([ASKED], (GROUPS_ON, 0))
    assert [each.split(":")[0] for each in form.told] == [
        "1 person has sent an application, and knows when interviews are, when it is answered and "
        "when meetings begin"
    ]
    assert 'name="tells"' in looked.text
    assert done.status_code == 302
    changed = LogEntry.objects.latest("pk").get_change_message()
    assert changed.startswith("Changed Reviews due, Groups are known on and ")
    assert "write to them" not in changed
    letter = letters().get()
    assert (letter.recipient, letter.created_by) == (sent.person, staff)
    said = " ".join(render(letter).text.split())
    assert "The next dates of this call are others than we told you." in said
    moved = "Groups are known on: Monday 22 March 2027. It was Saturday 20 March 2027."
    assert moved in said
    assert "Reviews due" not in said
    assert "more time to apply" not in said


@pytest.mark.parametrize(
    "facts",
    [
        {"reviews_due_on": "2027-02-19"},  # nobody who applies was told of it
        {"name_en": "Cohort Y"},
    ],
)
def test_what_nobody_was_told_is_saved_at_once(client, staff, call, sent, facts):
    assert save(client, call, **facts).status_code == 302
    assert not letters().exists()


def test_nobody_is_asked_where_nobody_has_sent(client, staff, call):
    ApplicationFactory(cohort=call)

    assert save(client, call, groups_on="2027-03-22").status_code == 302
    assert not letters().exists()


def test_a_call_that_is_not_public_tells_nobody(client, staff, call, sent):
    Cohort.objects.update(published_at=None)

    assert save(client, call, groups_on="2027-03-22").status_code == 302
    assert not letters().exists()


def test_a_day_that_is_over_either_way_is_put_right_in_silence(client, sign_in, call, sent, today):
    today.move_to(datetime(2027, 4, 1, 15, 0, tzinfo=UTC))
    sign_in(client, StaffFactory(is_superuser=True))

    assert save(client, call, groups_on="2027-03-22").status_code == 302
    assert not letters().exists()


def test_the_mail_says_nothing_once_it_is_as_it_was_or_no_longer_hers(client, staff, call, sent):
    save(client, call, groups_on="2027-03-22", tells="on")
    save(client, call, groups_on="2027-03-20", tells="on")
    first, second = letters().order_by("pk")

    with pytest.raises(NoLongerTrue):
        render(first)
    assert "It was Monday 22 March 2027." in " ".join(render(second).text.split())
    sent.status = Status.WITHDRAWN
    sent.save()
    with pytest.raises(NoLongerTrue):
        render(second)


def test_a_stranger_changes_no_date(client, sign_in, call, sent):
    sign_in(client, sent.person)
    url = reverse("admin:cops_cohort_change", args=[call.pk])

    answer = client.post(url, {"groups_on": "2027-03-22", "tells": "on"})

    assert answer.status_code == 403
    assert (Cohort.objects.get().groups_on, letters().count()) == (GROUPS_ON, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_looking_costs_the_same_however_many_have_sent(
    client, staff, call, number, django_assert_num_queries
):
    for _each in range(number):
        ApplicationFactory(cohort=call, status=Status.SUBMITTED)
    read(client, call)

    with django_assert_num_queries(82):
        save(client, call, groups_on="2027-03-22")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_same_date_at_once_one_is_told_of_the_other(sign_in, call, sent):
    def colleague(day):
        client, staff = Client(), StaffFactory(is_superuser=True)
        sign_in(client, staff)
        send = read(client, call)
        return lambda: send(groups_on=day, tells="on").status_code

    answers = at_once(colleague("2027-03-22"), colleague("2027-03-23"))

    assert sorted(answers) == [302, 409]
    (letter,) = letters()
    assert letter.context["were"] == {"groups_on": GROUPS_ON.isoformat()}
