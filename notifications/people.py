"""What is done for a person, by staff or by herself, that she hears of by mail."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import outbox
from notifications.models import ASKED, Message
from notifications.secret import sealed, unsealed

# How long the link to a new address lives, and how many of them a person asks for in a day.
NEW_ADDRESS = timedelta(days=3)
ASKED_MOST = 3


def again_key(kind: str, record) -> str:
    """Return the key of a mail that staff send on request: twice in one minute of the clock it is
    one mail.
    """
    return f"{kind}:{record.pk}{ASKED}{timezone.now():%Y%m%d%H%M}"


def send_sign_in_link(person: User, *, by: User) -> Message:
    """Mail ``person`` a link that signs her in once. Nobody else sees it.

    Raises InvalidTransition for somebody who may not sign in.
    """
    if not person.is_active:
        raise InvalidTransition(_("This person may not sign in."))
    return outbox.write("sign-in-link", person, key=again_key("sign-in-link", person), by=by)


@transaction.atomic
def ask_to_change(person: User, address: str) -> None:
    """Mail a link to ``address`` that makes it hers, or, where it is known here, what to do then.

    Nothing she sees tells one from the other. Raises InvalidTransition for staff, whose address
    a superuser changes, and at the limit of a day.
    """
    User.objects.select_for_update().get(pk=person.pk)
    if person.is_staff:
        raise InvalidTransition(_("Only a superuser changes the address of staff."))
    today = Message.objects.filter(
        kind="address-asked", recipient=person, created_at__gt=timezone.now() - timedelta(days=1)
    )
    if today.count() >= ASKED_MOST:
        raise InvalidTransition(
            _("You have asked for this three times today. Try again tomorrow, or write to us.")
        )
    address = User.objects.normalize_email(address).lower()
    outbox.write("address-asked", person, key=f"address-asked:{uuid4()}", secret=address)


def new_address_url(person: User, address: str) -> str:
    """Return the link that lets ``person``, signed in, take ``address``; her old one ends it."""
    token = sealed(str(person.uuid), address, links.mailbox(person))
    return settings.SITE_URL + reverse("notifications:address-confirm", args=[token])


def new_address(token: str) -> tuple[User, str]:
    """Return who may take which address by this link, or raise ``links.BadLink``."""
    try:
        uuid, address, was = unsealed(token, seconds=int(NEW_ADDRESS.total_seconds()))
    except ValueError as error:
        raise links.BadLink from error
    person = User.objects.filter(uuid=uuid, is_active=True).first()
    if person is None or links.mailbox(person) != was:
        raise links.BadLink
    return person, address


@transaction.atomic
def change_address(person: User, address: str, *, by: User, is_proved: bool = False) -> None:
    """Give ``person`` another address, unverified until she opens a link there; tell the old one.

    ``is_proved``: she has opened one already. Links in mail to the old address end with it.
    Raises InvalidTransition where somebody else has the address, or changed hers meanwhile.
    """
    old, new = person.email, User.objects.normalize_email(address).lower()
    if new == old:
        raise InvalidTransition(_("This is the address we have."))
    try:
        with transaction.atomic():
            is_done = User.objects.filter(pk=person.pk, email=old).update(email=new)
    except IntegrityError as error:
        raise InvalidTransition(_("Another person has this address.")) from error
    if not is_done:
        raise InvalidTransition(_("Somebody else has just changed this address."))
    person.emailaddress_set.all().delete()
    person.emailaddress_set.create(email=new, primary=True, verified=is_proved)
    person.refresh_from_db(fields=["email"])
    person.bounces.filter(settled_at=None).update(settled_at=timezone.now(), settled_by=by)
    outbox.write(
        "address-changed",
        person,
        key=f"address-changed:{person.pk}:{timezone.now().timestamp():.0f}",
        secret=old,
        by=by,
    )
