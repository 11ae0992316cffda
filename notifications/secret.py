"""What only one mail may carry, a code or a former address: kept encrypted until it is sent."""

import base64
import hashlib
import json

from django.conf import settings

from notifications.models import Message


def hide(text: str) -> bytes:
    """Return ``text`` as it is kept."""
    return _fernet().encrypt(text.encode())


def reveal(message: Message) -> str:
    """Return the code or link that only this mail may carry."""
    return _fernet().decrypt(bytes(message.secret)).decode()


def sealed(*facts: str) -> str:
    """Return ``facts`` as they may stand in a link: nobody else reads or alters them."""
    return hide(json.dumps(facts)).decode()


def unsealed(token: str, *, seconds: int) -> list[str]:
    """Return what was sealed at most ``seconds`` ago, or raise ValueError."""
    from cryptography.fernet import InvalidToken

    try:
        return json.loads(_fernet().decrypt(token, ttl=seconds))
    except InvalidToken as error:
        raise ValueError("altered or too old") from error


def _fernet():
    from cryptography.fernet import Fernet, MultiFernet  # most processes keep no secret

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"notifications.outbox:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
