"""What a report of Zoom says, and who it is taken for."""

import pytest

from cops import attendance
from notifications.models import Role
from tests.cops import zoom
from tests.factories import InviteeFactory, PersonFactory, RegistrationFactory, WebinarFactory

pytestmark = pytest.mark.django_db

NOOR, ALEX = ("Noor Example", "noor@agency.test", 50), ("Alex Sample", "alex@agency.test", 8)


def told(guests):
    return [(guest.name, guest.email, guest.minutes) for guest in guests]


def registered(webinar, name, email):
    person = PersonFactory(name=name, email=email)
    RegistrationFactory(webinar=webinar, person=person, name=name)
    return InviteeFactory(event=webinar.event, person=person, role=Role.GUEST)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_report_is_read_in_any_dress(delimiter, encoding):
    text = zoom.participants(("Zoé Tremblay", "Zoe@Agency.test", 50), delimiter=delimiter)

    guests = attendance.read(text.encode(encoding))

    assert told(guests) == [("Zoé Tremblay", "zoe@agency.test", 50)]


def test_a_report_in_french_is_read():
    headings = ["Nom (nom d’origine)", "Adresse e-mail", "Arrivée", "Départ", "Durée (minutes)", ""]

    assert told(attendance.read(zoom.participants(NOOR, headings=headings).encode())) == [NOOR]


def test_the_minutes_of_somebody_who_came_back_are_added_up():
    guests = attendance.read(zoom.participants(NOOR, ALEX, NOOR).encode())

    assert told(guests) == [("Noor Example", "noor@agency.test", 100), ALEX]


def test_the_report_of_a_webinar_has_several_tables_and_who_did_not_come():
    report = zoom.attendees(
        ("Yes", *NOOR), ("No", "Alex Sample", "alex@agency.test", "--"),
        without_address=[("1613555****", 30)],
    )  # fmt: skip

    assert told(attendance.read(report.encode())) == [
        ("The Host", "host@firstwork.test", 62),
        NOOR,
        ("Alex Sample", "alex@agency.test", None),
        ("1613555****", "", 30),
    ]
    assert [guest.came for guest in attendance.read(report.encode())] == [True, True, False, True]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b" \r\n ", "The file is empty."),
        (b"\x89PNG\r\n\x00\x00", "This is no text."),
        (zoom.participants(NOOR).encode("utf-16"), "This is no text."),
        (b"Name,Duration\r\n\x81\x8d,\x8f", "This is no text."),
        (b"first,second\r\n1,2\r\n", "No line of this file has the headings"),
        (zoom.participants(*[NOOR] * 100_000).encode()[: 2 * 1024 * 1024], "more than 5000 lines"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (b'Name,Duration\r\n"' + b"x" * 200_000, "cannot be told apart"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(content, why):
    with pytest.raises(attendance.Unreadable, match=why):
        attendance.read(content)


def test_everybody_is_found_by_address_then_by_a_name_that_is_hers_alone():
    webinar = WebinarFactory()
    noor = registered(webinar, "Noor Example", "noor@agency.test")
    alex = registered(webinar, "Alex Sample", "alex@agency.test")
    zoe = registered(webinar, "Zoé  Tremblay", "zoe@agency.test")
    twins = [registered(webinar, "Sam Twin", f"{n}@agency.test") for n in (1, 2)]
    away = registered(webinar, "Kim Away", "kim@agency.test")
    guests = attendance.read(
        zoom.participants(
            ("N.", "NOOR@agency.test", 50), ALEX, ("ZT (zoé tremblay)", "home@mail.test", 40),
            ("Sam Twin", "", 60), ("Host", "host@firstwork.test", 62),
        ).encode()
    )  # fmt: skip

    matched = attendance.match(webinar, guests, 10)

    assert [(each.invitee, each.guest.minutes) for each in matched.came] == [(noor, 50)]
    assert [(each.invitee, each.guest.minutes) for each in matched.short] == [(alex, 8)]
    assert [(each.invitee, each.guest.email) for each in matched.by_name] == [
        (zoe, "home@mail.test")
    ]
    assert [each.invitee for each in matched.missing] == [away, *twins]
    assert [guest.name for guest in matched.strangers] == ["Sam Twin", "Host"]


def test_who_did_not_attend_is_absent_unless_she_came_by_another_row():
    webinar = WebinarFactory()
    alex = registered(webinar, "Alex Sample", "alex@agency.test")
    noor = registered(webinar, "Noor Example", "noor@agency.test")
    zoe = registered(webinar, "Zoé Tremblay", "zoe@agency.test")
    report = zoom.attendees(
        ("No", "Alex Sample", "alex@agency.test", "--"),
        ("No", "Noor Example", "noor@agency.test", "--"), ("Yes", *NOOR),
        ("No", "Zoé Tremblay", "zoe@agency.test", "--"),
        ("Yes", "Zoé Tremblay", "home@mail.test", 40),
        ("No", "Kim Away", "kim@agency.test", "--"),
    )  # fmt: skip

    matched = attendance.match(webinar, attendance.read(report.encode()), 10)

    assert [each.invitee for each in matched.absent] == [alex]
    assert [each.invitee for each in matched.came] == [noor]
    assert [each.invitee for each in matched.by_name] == [zoe]
    assert matched.missing == []
    assert [guest.name for guest in matched.strangers] == ["The Host"]


def test_a_name_that_did_not_attend_says_something_where_the_file_has_no_addresses():
    webinar = WebinarFactory()
    alex = registered(webinar, "Alex Sample", "alex@agency.test")

    matched = attendance.match(webinar, attendance.read(b"Attended,Name\r\nNo,Alex Sample\r\n"), 10)

    assert [each.invitee for each in matched.absent] == [alex]


@pytest.mark.parametrize("rows", [1, 3])
def test_matching_takes_the_same_queries_for_any_number(rows, django_assert_num_queries):
    webinar = WebinarFactory()
    for number in range(rows):
        registered(webinar, f"Person {number}", f"{number}@agency.test")
    guests = attendance.read(zoom.participants(NOOR).encode())

    with django_assert_num_queries(2):
        attendance.match(webinar, guests, 10)
