"""What counts as a phone number, wherever one is typed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DIGITS_LEAST = 7
EXTENSION = re.compile(r"(?:x|ext|extension|poste)[\s.:]*\d+\s*$", re.IGNORECASE)
WRONG = _("Enter a phone number with its area code, such as 705 555-0100.")


def check_phone(text: str) -> None:
    """Raise ValidationError unless ``text`` has the digits of a number, and no word but "ext."."""
    number = EXTENSION.sub("", text)
    has_word = any(sign.isalpha() for sign in number)
    if has_word or sum(sign.isdigit() for sign in number) < DIGITS_LEAST:
        raise ValidationError(WRONG, code="phone")
