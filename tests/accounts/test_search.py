"""Finding people by what somebody says on the phone; the same on both databases."""

import pytest

from accounts.models import User
from tests.factories import OrganizationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    agency = OrganizationFactory(name_en="Kenora Job Place", name_fr="Emploi Kénora")
    return [
        PersonFactory(name="Émilie Lebœuf", email="emilie@agence.test", phone="(807) 555-0199"),
        PersonFactory(name="Amrita Kaur", email="amrita.kaur@agency.test", organization=agency),
        PersonFactory(name="Wojciech Łukasz", email="w@firma.test", phone="+1 416 555 0123 x 4"),
        PersonFactory(name="Zoe\u0308 O'Neil", email="zoe_100%@agency.test", phone="8075550100"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("emilie", ["Émilie Lebœuf"]),
        ("ÉMILIE", ["Émilie Lebœuf"]),
        ("leboeuf", ["Émilie Lebœuf"]),
        ("Lebœuf", ["Émilie Lebœuf"]),
        ("lukasz", ["Wojciech Łukasz"]),
        ("zoë", ["Zoe\u0308 O'Neil"]),
        ("zoe", ["Zoe\u0308 O'Neil"]),
        ("o'neil", ["Zoe\u0308 O'Neil"]),
        ("zoe_100%", ["Zoe\u0308 O'Neil"]),
        ("mrit", ["Amrita Kaur"]),
        ("kaur amrita", ["Amrita Kaur"]),
        ("amrita kenora", ["Amrita Kaur"]),
        ("kenora", ["Amrita Kaur"]),
        ("@agency.test", ["Amrita Kaur", "Zoe\u0308 O'Neil"]),
        ("amrita@", []),
        ("amrita zoe", []),
        ("807-555", ["Zoe\u0308 O'Neil", "Émilie Lebœuf"]),
        ("(807) 555-0199", ["Émilie Lebœuf"]),
        ("8075550199", ["Émilie Lebœuf"]),
        ("0199", ["Émilie Lebœuf"]),
        ("1 (416) 555.0123", ["Wojciech Łukasz"]),
        ("100", ["Zoe\u0308 O'Neil"]),
        ("[a-z]", []),
        (".*", []),
        ("\\", []),
        ("(", []),
    ],
)
def test_people_are_found_by(people, text, names):
    found = User.objects.matching(text)

    assert sorted(found.values_list("name", flat=True)) == sorted(names)


def test_two_digits_are_a_word_and_no_number(people):
    by_number = User.objects.matching("55").exclude(email__contains="55")

    assert list(by_number) == []


def test_staff_may_open_everybodys_page_and_others_their_own():
    staff, person = PersonFactory(is_staff=True), PersonFactory()

    assert set(User.objects.visible_to(staff)) == {staff, person}
    assert set(User.objects.visible_to(person)) == {person}
