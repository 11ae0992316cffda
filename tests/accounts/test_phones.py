"""A phone number has its digits, and no word but the one before an extension."""

import pytest
from django.core.exceptions import ValidationError

from accounts.phones import check_phone
from tests.factories import PersonFactory


@pytest.mark.parametrize(
    "number",
    ["705 555-0100", "(807) 555-0199", "+1 416.555.0123 x 4", "705-555-0100 poste 12",
     "705 555 0100, ext. 7", "7055550100", "1 705 555-0100", "+44 20 7946 0958"],
)  # fmt: skip
def test_a_number_in_any_writing_is_taken(number):
    assert check_phone(number) is None


@pytest.mark.parametrize(
    "text",
    ["abc", "555-0100", "1 555-0100", "1 705 555-010", "call 705 555-0100", "x 7055550100", "-"],
)
def test_what_lacks_its_area_code_or_is_no_number_is_refused(text):
    with pytest.raises(ValidationError) as error:
        check_phone(text)

    assert error.value.messages == [
        "Enter a phone number with its area code, such as 705 555-0100."
    ]


@pytest.mark.django_db
def test_her_details_refuse_it_beside_the_field_in_both_languages(client, sign_in):
    sign_in(client, PersonFactory())

    french, english = (
        client.post(f"{language}/me/details/", {"name": "Ada", "phone": "abc", "language": "en"})
        for language in ("/fr", "")
    )

    assert "Tapez un numéro de téléphone avec son indicatif régional" in french.text
    assert english.context["form"].errors["phone"] == [
        "Enter a phone number with its area code, such as 705 555-0100."
    ]
