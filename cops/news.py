"""Who wants to hear of the next call: asked on a page, confirmed by mail, told when it is here."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import links
from accounts.models import User
from cops.models import Cohort
from notifications import outbox
from notifications.models import Consent, Message

CONFIRM = "cops:news-confirm"
ASKED, ANNOUNCED = "news-asked", "call-announced"
LINK_DAYS = 30
AN_HOUR_MAX = 60


class Flooded(Exception):
    """Strangers have asked for as many mails in the last hour as we send to whoever is named."""


@transaction.atomic
def ask(email: str, *, name: str = "") -> None:
    """Mail the holder of ``email`` a link by which she says that it was she; at most once a day.

    Nothing here tells whether the address was known, and nothing is agreed to yet.
    """
    lately = Message.objects.filter(kind=ASKED, created_at__gt=timezone.now() - timedelta(hours=1))
    if lately.count() >= AN_HOUR_MAX:
        raise Flooded
    person = User.objects.person(email, name=name, language=(get_language() or "en")[:2])
    outbox.write(ASKED, person, key=f"{ASKED}:{person.pk}:{timezone.now():%Y%m%d}")


def confirm_url(person: User) -> str:
    return links.url(person, CONFIRM, person.uuid, days=LINK_DAYS)


def unheard(cohort: Cohort):
    """Return, as a queryset, who agreed to news and has no mail about ``cohort`` yet, not even
    a draft.
    """
    agreed = Consent.objects.live().filter(purpose=Consent.Purpose.NEWS)
    told = Message.objects.filter(kind=ANNOUNCED, context__cohort=cohort.pk)
    people = User.objects.filter(is_active=True, pk__in=agreed.values("person"))
    return people.exclude(pk__in=told.values("recipient"))


@transaction.atomic
def announce(cohort: Cohort, *, by: User) -> list[Message]:
    """Draft a mail about ``cohort`` to each of ``unheard``, to be seen and let go by staff."""
    outbox.write_all(
        [
            outbox.unsaved(
                ANNOUNCED,
                person,
                key=f"{ANNOUNCED}:{cohort.pk}:{person.pk}",
                context={"cohort": cohort.pk},
                state=Message.State.DRAFT,
                by=by,
            )
            for person in unheard(cohort)
        ]
    )
    drafts = Message.objects.filter(kind=ANNOUNCED, context__cohort=cohort.pk)
    return list(drafts.filter(state=Message.State.DRAFT).order_by("pk"))
