"""What counts as a phone number, wherever one is typed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Of a North American number with its area code; a country code and numbers abroad add to it.
DIGITS_LEAST = 10
COUNTRY_CODE = "1"
EXTENSION = re.compile(r"(?:x|ext|extension|poste)[\s.:]*\d+\s*$", re.IGNORECASE)
WRONG = _("Enter a phone number with its area code, such as 705 555-0100.")


def check_phone(text: str) -> None:
    """Raise ValidationError unless ``text`` has all digits of a number, and no word but "ext."."""
    number = EXTENSION.sub("", text)
    has_word = any(sign.isalpha() for sign in number)
    # No area code begins with 1, so a 1 in front is the country's.
    digits = "".join(sign for sign in number if sign.isdigit()).removeprefix(COUNTRY_CODE)
    if has_word or len(digits) < DIGITS_LEAST:
        raise ValidationError(WRONG, code="phone")
