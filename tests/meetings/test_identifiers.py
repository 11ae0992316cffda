import pytest
from django.utils import timezone

from meetings import identifiers, services
from meetings.models import Meeting, Note
from notifications.models import Message

YEAR = timezone.localdate().year
SIN, PHONE, MAIL, BIRTH = (
    "a social insurance number", "a phone number", "an email address", "a date of birth",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SIN 046 454 286", SIN),
        ("046454286", SIN),
        ("046-454-286.", SIN),
        ("(046 454 286)", SIN),
        ("call 416-555-0142", PHONE),
        ("(416) 555-0142", PHONE),
        ("+1 416 555 0142", PHONE),
        ("4165550142", PHONE),
        ("416.555.0142", PHONE),
        ("write to j.doe@example.com.", MAIL),
        ("JDoe+x@mail.example.ca", MAIL),
        ("born 1998-04-12", BIRTH),
        ("12/04/1998", BIRTH),
        ("4.12.1998", BIRTH),
        ("April 12, 1998", BIRTH),
        ("12th of April 1998", BIRTH),
        ("née le 1er août 1998", BIRTH),
        ("le 12 févr. 1998", BIRTH),
    ],
)
def test_what_may_identify_a_client_is_found(text, what):
    assert [finding.what for finding in identifiers.in_text(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "046 454 287 is no number of a person",
        "Ticket 12345678901234",
        "We met 5 of 12 employers between 2019 and 2021.",
        f"We meet again on {YEAR}-04-12.",
        f"April 12, {YEAR - 1}: the pilot began",
        "Second Career became Better Jobs Ontario in 2022",
        "budget 120 000 $, 555-0142 is half a number",
        "@everyone",
        "$1,234,567.89",
    ],
)
def test_ordinary_notes_are_let_through(text):
    assert identifiers.in_text(text) == []


def test_the_groups_own_addresses_and_phones_may_stand_there():
    known = {"Amal@Agency.ca", "(416) 555-0142"}

    found = identifiers.in_text("amal@agency.ca, 1-416-555-0142, client@agency.ca", known=known)

    assert [finding.text for finding in found] == ["client@agency.ca"]


def test_a_finding_says_what_it_is_and_where(group):
    Note.objects.write(group.past, "shared", "Ask j@x.example", over=0, by=group.facilitator)

    assert [str(finding) for finding in identifiers.in_meeting(group.past)] == [
        "Notes that may be shared: “j@x.example” looks like an email address."
    ]


def test_what_is_typed_is_saved_but_not_sent(client, group):
    for invitee in group.past.event.invitees.all():
        invitee.mark("present")
    Note.objects.write(group.past, "group", "Her SIN is 046 454 286", over=0, by=group.facilitator)
    services.finish_notes(group.past, by=group.facilitator)
    client.force_login(group.facilitator)

    response = client.post(f"{group.past.get_absolute_url()}circulate/")

    group.past.refresh_from_db()
    assert response.status_code == 409
    assert "046 454 286" in response.content.decode()
    assert group.past.status == Meeting.Status.NOTES_READY
    assert not Message.objects.filter(kind="meeting-notes").exists()


def test_decisions_and_actions_are_looked_at_too(group):
    group.past.decisions.create(text="Call 416-555-0142")
    services.promise(group.past, group.amal, "Write to j@x.example", timezone.localdate())

    assert [f.where for f in identifiers.in_meeting(group.past)] == ["Decisions", "Actions"]
