from email import message_from_bytes, policy

import pytest

from notifications import markdown, outbox, render
from tests.factories import EventFactory, PersonFactory

pytestmark = pytest.mark.django_db


def moved_message(**facts):
    return outbox.write("event-moved", PersonFactory(), key="moved", event=EventFactory(**facts))


def test_one_text_gives_subject_text_and_html():
    message = moved_message(title_en="Kick-off", join_link="https://meet.example/a_b_c?x=1&y=2")

    mail = render.render(message)

    assert mail.subject == "Changed – Kick-off"
    assert "Join link:\nhttps://meet.example/a_b_c?x=1&y=2" in mail.text
    assert 'href="https://meet.example/a_b_c?x=1&amp;y=2"' in mail.html
    assert "- When: " in mail.text
    assert max(len(line) for line in mail.text.splitlines() if "/go/" not in line) <= 72


@pytest.mark.parametrize("mark", ["- ", "1. ", "> ", ""])
def test_no_line_of_the_text_is_longer_than_72_characters_marks_included(mark):
    tree = markdown.tree_of(f"{mark}{'abcde ' * 40}")

    lines = markdown.Text().blocks(tree).splitlines()

    assert 66 < max(map(len, lines)) <= 72


@pytest.mark.parametrize(
    "title",
    [
        "[x](http://evil.example)",
        "# hi",
        "**bold** _and_ `code`",
        "<b>tag</b> & more",
        "1. one",
        'O\'Brien "quoted"',
        "![i](http://evil.example/i.png)",
        "http://evil.example",
        "a\\b",
        "&lt;",
    ],
)
def test_a_value_stays_the_text_it_is(title):
    message = moved_message(title_en=title)

    mail = render.render(message)

    assert mail.subject == f"Changed – {title}"
    assert f"Something about {title} has" in " ".join(mail.text.split())
    assert 'href="http://evil' not in mail.html
    assert "<b>tag" not in mail.html
    assert "<img" not in mail.html


def test_a_line_break_in_a_value_reaches_neither_subject_nor_headers():
    message = moved_message(title_en="Hello\r\nBcc: all@evil.example\n\n# Big")

    mail = render.render(message)
    email = render.envelope(message, mail)

    assert mail.subject.startswith("Changed – Hello Bcc: all@evil.example")
    assert email.recipients() == [message.recipient.email]
    assert "Bcc" not in email.message()
    assert "<h1>" not in mail.html


def test_the_mail_carries_the_calendar_twice_with_its_method_once():
    message = moved_message()

    parsed = message_from_bytes(
        render.envelope(message, render.render(message)).message().as_bytes(),
        policy=policy.default,
    )

    calendars = [part for part in parsed.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendars] == ["REQUEST", None]
    assert [part.get_filename() for part in calendars] == [None, "invitation.ics"]
    assert parsed["Message-ID"] == message.message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Content-Language"] == "en"
    assert parsed["Reply-To"] == "cops@sample.example"
    assert str(calendars[0]["Content-Type"]).count("charset") == 1
