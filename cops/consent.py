"""What people agree to, in words of their own language, kept as they read them."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models import Consent

AGREE_TO_NEWS = _(
    "First Work may write to me about new calls and published outcomes. "
    "I can stop this at any time."
)
# Asked aloud, in the interview; the interviewer ticks what the person said.
AGREE_TO_QUOTE = _("First Work may quote what I say in the interview, without my name.")


def agree(person: User, purpose: Consent.Purpose, wording: str, *, source: str) -> None:
    """Record what ``person`` agreed to, in her language of the moment, unless she did before."""
    Consent.objects.get_or_create(
        person=person,
        purpose=purpose,
        withdrawn_at=None,
        defaults={
            "wording": wording,
            "language": (get_language() or "en")[:2],
            "source": source,
        },
    )
