"""What a person chose of the mail that may be left out, and the news that she ended."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import outbox
from notifications.consent import agree_to_news, stop_news
from notifications.models import Preference


@transaction.atomic
def choose(person: User, changes: dict[str, bool], *, source: str, by_link: bool = False) -> None:
    """Keep what ``person`` changed, and only that: another of her tabs may have changed the rest.

    ``changes`` may hold ``wants_reminders``, ``wants_last_hours`` and ``wants_news``. Who turned
    reminders off ``by_link`` may be somebody to whom she passed a mail on: she is told, at most
    once an hour, and led back.
    """
    kept = {name: wanted for name, wanted in changes.items() if name != "wants_news"}
    if kept:
        Preference.objects.update_or_create(person=person, defaults=kept)
    if by_link and kept.get("wants_reminders") is False:
        hour = f"{timezone.now():%Y%m%d%H}"
        outbox.write("reminders-off", person, key=f"reminders-off:{person.pk}:{hour}")
    if changes.get("wants_news"):
        agree_to_news(person, source=source)
    elif "wants_news" in changes:
        stop_news(person, source=source)
