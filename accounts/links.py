"""The one door for links in mail: ``/go/<token>/`` lets its person do one thing to one record.

A token is signed, expires and changes nothing when opened. The door puts
(person, address) into the session and redirects to the ordinary address, so
tokens stay out of referrers and logs. Views then ask ``acting_person``.

What a link opened ends a day later, and as soon as somebody signs in or out:
the next person at a shared computer finds nothing of the one before.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

SALT = "accounts.links"
SIGN_IN_SALT = "accounts.sign_in"
SIGN_IN_MINUTES = 10
SESSION_KEY = "opened_links"
OPEN_SECONDS = 24 * 60 * 60


# What the head of each page calls a record that a link has opened, and the page it leads to.
NAMED: dict[str, tuple[str, str]] = {}


class BadLink(Exception):
    """The link was altered, is too old, or its person is gone or has another address."""


def url(person, verb: str, record=None, *, days: int = 30) -> str:
    """Return the absolute address that lets ``person`` do ``verb`` to ``record``.

    ``verb`` is the name of a URL pattern, ``record`` the UUID in it or None.
    """
    expires = int((timezone.now() + timedelta(days=days)).timestamp())
    facts = [str(person.uuid), verb, str(record) if record else "", expires, mailbox(person)]
    path = reverse("accounts:go", args=[signing.dumps(facts, salt=SALT, compress=True)])
    return settings.SITE_URL + path


def open_token(token: str):
    """Return (person, verb, record uuid or "", expiry timestamp) or raise BadLink."""
    from accounts.models import User

    try:
        uuid, verb, record, expires, sent_to = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
    person = User.objects.filter(uuid=uuid, is_active=True).first()
    if expires < timezone.now().timestamp() or not person or mailbox(person) != sent_to:
        raise BadLink
    return person, verb, record, expires


def mailbox(person) -> str:
    """Return a short name of her address: a link proves the mailbox that it was sent to alone."""
    return salted_hmac(SALT, person.email.lower()).hexdigest()[:12]


def grant(request, person, verb: str, record: str, expires: int) -> None:
    """Remember in the session that its holder may act as ``person`` for this verb and record."""
    grants = _grants(request)
    grants[f"{verb} {record}"] = [str(person.uuid), expires, request.user.pk, mailbox(person)]
    request.session[SESSION_KEY] = grants


def lead_on(request, person, verb: str, record) -> None:
    """Let who came by a link as ``person`` also do ``verb`` to ``record``: her page leads there."""
    if request.user != person and holder(request, verb, record) != person:
        soon = int(timezone.now().timestamp()) + OPEN_SECONDS
        grant(request, person, verb, str(record), soon)


def holder(request, verb: str, record=""):
    """Return the person as whom a link opened in this session may do ``verb``, or None.

    It ends with the address that the link was sent to: whoever reads there is she no longer.
    """
    from accounts.models import User

    held = _grants(request).get(f"{verb} {record}")
    person = held and User.objects.filter(uuid=held[0]).first()
    return person if person and is_held_by(request, person, verb, record) else None


def is_held(request, verb: str, record="") -> bool:
    """Whether a link opened in this session was about ``verb``, whoever may still use it."""
    return f"{verb} {record}" in _grants(request)


def is_held_by(request, person, verb: str, record="") -> bool:
    """Whether ``person`` is the ``holder``."""
    held = _grants(request).get(f"{verb} {record}")
    if held is None or not person.is_active:
        return False
    uuid, _expires, _given_to, sent_to = held
    return str(person.uuid) == uuid and mailbox(person) == sent_to


def acting_person(request, verb: str, record=""):
    """Return who may do ``verb`` here: the link's person, else who is signed in, else None."""
    return holder(request, verb, record) or (
        request.user if request.user.is_authenticated else None
    )


def named(verb: str, label, page: str) -> None:
    """Let the head of each page lead to ``page`` as ``label``, once a link allowed ``verb``."""
    NAMED[verb] = label, page


def opened(request) -> tuple[str, str] | None:
    """Return the name and address of what a link opened in this session last, or None."""
    for what in reversed(_grants(request)):
        verb, record = what.split(" ", 1)
        if verb in NAMED:
            label, page = NAMED[verb]
            return str(label), reverse(page, args=[record])
    return None


def close(request) -> None:
    """Let this browser do no more of what links allowed it."""
    request.session.pop(SESSION_KEY, None)


def _grants(request) -> dict[str, list]:
    """Return the grants that are not over, and were given to who is signed in now, or to nobody."""
    now, who = timezone.now().timestamp(), request.user.pk
    held = request.session.get(SESSION_KEY, {})
    return {
        what: [person, expires, given_to, sent_to]
        for what, (person, expires, given_to, sent_to) in held.items()
        if expires > now and given_to == who
    }


def page_of_ours(request, address: str) -> str:
    """Return ``address`` if it leads to a page of this site, else nothing."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, {request.get_host()}, request.is_secure()
    )
    return address if is_ours else ""


def sign_in_url(person) -> str:
    """Return the absolute address that signs ``person`` in once, within ten minutes."""
    token = signing.dumps(_sign_in_facts(person), salt=SIGN_IN_SALT, compress=True)
    return settings.SITE_URL + reverse("accounts:sign-in-link", args=[token])


def person_signing_in(token: str):
    """Return whose unused sign-in link this is, or raise BadLink."""
    from accounts.models import User

    try:
        facts = signing.loads(token, salt=SIGN_IN_SALT, max_age=SIGN_IN_MINUTES * 60)
    except signing.BadSignature as error:
        raise BadLink from error
    person = User.objects.filter(uuid=facts[0], is_active=True).first()
    if not person or _sign_in_facts(person) != facts:
        raise BadLink
    return person


def _sign_in_facts(person) -> list[str]:
    last_login = person.last_login.isoformat() if person.last_login else ""
    return [str(person.uuid), last_login, mailbox(person)]
