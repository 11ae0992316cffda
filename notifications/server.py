"""The mail server: what it is given, and what its answer means for the mail."""

import logging
import smtplib
from contextlib import suppress
from functools import cached_property

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail.backends import smtp

from notifications.models import Attempt

log = logging.getLogger(__name__)

Result = Attempt.Result
END_OF_MAIL = b"\r\n.\r\n"
OF_ALL_MAIL = {401, 402, 403, 404, 408, 429}  # keys, money, haste: the next mail fares no better
TOO_LARGE = 552  # of this mail, though it is said of its sender: RFC 1870, 6.2
CLOSING = 421  # said, and hung up: RFC 5321, 3.8


class _Tells:
    """A connection that tells, when it breaks, whether a whole mail was out by then."""

    is_out = False

    def send(self, s):
        self.is_out = isinstance(s, bytes) and s.endswith(END_OF_MAIL)
        return super().send(s)


class _Plain(_Tells, smtplib.SMTP):
    pass


class _Encrypted(_Tells, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own, over connections of ours."""

    @cached_property
    def connection_class(self):
        return _Encrypted if self.use_ssl else _Plain


def hand_over(email, server) -> tuple[str, str]:
    """Give one mail to ``server``, outside any transaction, and return what came of it.

    One that takes only so many mails over a line, and hangs up on the next, is called again.
    """
    is_new = True
    try:
        is_new = server.open()
        server.send_messages([email])
    except Exception as error:
        if is_new is False and _took_enough(error, server):
            hang_up(server)
            return hand_over(email, server)
        return _meaning(error, server)
    return Result.SENT, ""


def _took_enough(error, server) -> bool:
    """Whether a line that carried other mails ended before this one was out."""
    match error:
        case smtplib.SMTPSenderRefused():
            return error.smtp_code == CLOSING
        case smtplib.SMTPServerDisconnected():
            return not getattr(server.connection, "is_out", False)
    return False


def _meaning(error, server) -> tuple[str, str]:
    """Return the result and the answer that ``error`` stands for."""
    named = f"{type(error).__name__}: {error}"
    match error:
        case smtplib.SMTPRecipientsRefused():
            (reply,) = error.recipients.values()
            return _verdict(server, *reply, for_good=Result.NO_ADDRESS)
        case smtplib.SMTPDataError():
            return _verdict(server, error.smtp_code, error.smtp_error, for_good=Result.REFUSED)
        case smtplib.SMTPNotSupportedError():
            return Result.REFUSED, named
        case smtplib.SMTPSenderRefused(smtp_code=code) if code == TOO_LARGE:
            return _verdict(server, code, error.smtp_error, for_good=Result.REFUSED)
        case _ if type(error).__module__.startswith("anymail."):
            return _verdict_of_provider(error), named
        case smtplib.SMTPException() | OSError():
            is_out = getattr(getattr(server, "connection", None), "is_out", False)
            hang_up(server)
            return (Result.UNKNOWN if is_out else Result.UNREACHABLE), named
        case SoftTimeLimitExceeded():
            raise error
    log.error("A mail could not be put together", exc_info=error)
    return Result.BROKEN, named


def _verdict(server, code: int, answer: bytes, *, for_good: str) -> tuple[str, str]:
    if code == CLOSING:
        hang_up(server)
    words = f"{code} {answer.decode(errors='replace')}"
    return (for_good if code >= 500 else Result.LATER), words


def _verdict_of_provider(error) -> str:
    """Return what an error of django-anymail means: for the mail, for its address, for all."""
    from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

    if isinstance(error, AnymailRecipientsRefused):
        return Result.NO_ADDRESS
    if not isinstance(error, AnymailAPIError):  # the mail cannot be put as the provider wants it
        return Result.REFUSED
    code = error.status_code
    is_about_this_mail = code and 400 <= code < 500 and code not in OF_ALL_MAIL
    return Result.REFUSED if is_about_this_mail else Result.UNREACHABLE


def hang_up(server) -> None:
    with suppress(smtplib.SMTPException, OSError):  # it hung up first
        server.close()
