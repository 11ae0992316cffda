"""What a review of drafts shows, and what that costs."""

import pytest
from django.urls import reverse

from notifications import freeze, outbox, sender
from notifications.admin.compared import Line, differences
from notifications.models import Message
from tests.factories import EventFactory, PersonFactory
from tests.notifications.releasing import State, letters

pytestmark = pytest.mark.django_db


def test_a_review_shows_what_differs_from_the_last_of_its_kind_to_her(desk, staff, facts):
    person = PersonFactory()
    old = outbox.write("letter", person, key="old")
    outbox.write("letter", PersonFactory(), key="of somebody else")
    sender.deliver_due()
    facts["until"] = "midnight"
    new = outbox.draft("letter", person, key="new", by=staff)
    first = outbox.draft("letter", PersonFactory(), key="first", by=staff)

    page = desk.get(outbox.review_url([new, first]))

    [told, alone] = page.context["letters"]
    if told.message != new:
        told, alone = alone, told
    assert told.before == old
    assert [line for line in told.changes if line.change] == [
        Line("gone", "- When: Monday, until noon"),
        Line("added", "- When: Monday, until midnight"),
    ]
    assert alone.before is None
    assert "It is the first email of this kind to this person." in page.text
    assert "No longer there:" in page.text


def test_a_paragraph_wrapped_anew_is_no_change():
    old = "Subject\n\nOne two\nthree four.\n\n- a b\n  c\n- d\n\n-- \nTeam\n+1 416\n"
    new = "Subject\n\nOne\ntwo three four.\n\n- a\n  b c\n- d\n\n-- \nTeam\n+1 416\n"

    assert differences(old, new) == []


def test_far_lines_are_left_out_of_a_difference():
    old = "\n\n".join("abcdefgh")

    assert differences(old, old.replace("a", "x").replace("h", "y")) == [
        Line("gone", "a"),
        Line("added", "x"),
        Line("", "b"),
        Line("gap"),
        Line("", "g"),
        Line("gone", "h"),
        Line("added", "y"),
    ]


@pytest.mark.parametrize("number", [1, 30])
def test_many_are_released_in_as_many_queries_as_one(
    staff, facts, number, django_assert_num_queries
):
    """Apart from what the kind itself asks; this kind asks nothing."""
    letters(number, staff)

    with django_assert_num_queries(8):
        outbox.release(Message.objects.all(), by=staff)


@pytest.mark.parametrize("number", [1, 3])
def test_a_review_is_drawn_in_as_many_queries_for_many(
    desk, staff, facts, number, django_assert_num_queries
):
    written = letters(number, staff)
    address = outbox.review_url(written)
    desk.get(address)

    with django_assert_num_queries(6):
        desk.get(address)


def test_a_review_of_a_thousand_has_an_address_that_servers_take(desk, staff, facts):
    person = PersonFactory()
    outbox.write_all(
        [
            outbox.unsaved("test-mail", person, key=f"one-{number}", state=State.DRAFT, by=staff)
            for number in range(1_000)
        ]
    )
    address = outbox.review_url(Message.objects.all())

    page = desk.get(address)
    desk.post(address, {"act": "cancel"})

    assert (len(address) < 100, len(page.context["drafts"])) == (True, 1_000)
    assert Message.objects.filter(state=State.CANCELLED).count() == 1_000


def test_mail_is_found_by_its_event(desk, staff):
    event, another = EventFactory(title_en="Kick-off"), EventFactory(title_en="Farewell")
    for place, one in enumerate([event, another]):
        outbox.write("test-mail", PersonFactory(), key=f"e{place}", event=one)
    mail_list = reverse("admin:notifications_message_changelist")

    by_filter = desk.get(mail_list, {"event": event.pk})
    by_words = desk.get(mail_list, {"q": "farewell"})
    by_nonsense = desk.get(mail_list, {"event": "x"})

    assert [m.event for m in by_filter.context["cl"].result_list] == [event]
    assert [m.event for m in by_words.context["cl"].result_list] == [another]
    assert len(by_nonsense.context["cl"].result_list) == 2


def test_an_event_without_facts_that_json_knows_is_refused_not_guessed():
    with pytest.raises(TypeError):
        freeze.digest({"title": object()})
