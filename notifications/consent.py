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

# The version of the words that are asked now; it rises with every change of them.
VERSIONS = {Consent.Purpose.NEWS: 1, Consent.Purpose.DATA: 1, Consent.Purpose.QUOTE: 1}
NOT_OUR_WORDS = 0  # the version of what was agreed to elsewhere, in the words asked there


def agree(person: User, purpose: Consent.Purpose, wording: str, *, source: str) -> None:
    """Record what ``person`` agreed to, in her language of the moment, unless she did before."""
    Consent.objects.get_or_create(
        person=person,
        purpose=purpose,
        withdrawn_at=None,
        defaults={
            "wording": wording,
            "version": VERSIONS[purpose],
            "language": (get_language() or "en")[:2],
            "source": source,
        },
    )


def agrees_to_news(person: User) -> bool:
    return Consent.objects.live().of_person(person).filter(purpose=Consent.Purpose.NEWS).exists()


def agree_to_news(person: User, *, source: str) -> None:
    agree(person, Consent.Purpose.NEWS, str(AGREE_TO_NEWS), source=source)


def stop_news(person: User, *, source: str) -> bool:
    """Take back the consent to news of ``person``; returns whether there was one until now."""
    news = Consent.objects.live().of_person(person).filter(purpose=Consent.Purpose.NEWS)
    return bool(news.take_back(source=source))
