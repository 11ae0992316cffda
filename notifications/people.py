"""What staff do for a person that she hears of by mail."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import outbox
from notifications.models import ASKED, Message


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
def change_address(person: User, address: str, *, by: User) -> None:
    """Give ``person`` another address, unverified until she opens a link there; tell the old one.

    Links in mail to the old address end with it. Raises InvalidTransition where
    somebody else has the address, or changed hers in the meantime.
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
    person.emailaddress_set.create(email=new, primary=True, verified=False)
    person.refresh_from_db(fields=["email"])
    person.bounces.filter(settled_at=None).update(settled_at=timezone.now(), settled_by=by)
    outbox.write(
        "address-changed",
        person,
        key=f"address-changed:{person.pk}:{timezone.now().timestamp():.0f}",
        secret=old,
        by=by,
    )
