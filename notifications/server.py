"""The mail server: what it is given, and what its answer means for the mail."""

import smtplib
from contextlib import suppress
from functools import cached_property

from django.core.mail.backends import smtp

from notifications.models import Attempt

Result = Attempt.Result
END_OF_MAIL = b"\r\n.\r\n"
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
    """Give one mail to ``server``, outside any transaction, and return what came of it."""
    try:
        server.open()
        server.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        (reply,) = error.recipients.values()
        return _verdict(server, *reply, for_good=Result.NO_ADDRESS)
    except smtplib.SMTPDataError as error:
        return _verdict(server, error.smtp_code, error.smtp_error, for_good=Result.REFUSED)
    except (smtplib.SMTPNotSupportedError, ValueError) as error:  # of this mail, not of the server
        return Result.REFUSED, _named(error)
    except (smtplib.SMTPException, OSError) as error:
        is_out = getattr(getattr(server, "connection", None), "is_out", False)
        hang_up(server)
        return (Result.UNKNOWN if is_out else Result.UNREACHABLE), _named(error)
    return Result.SENT, ""


def _verdict(server, code: int, answer: bytes, *, for_good: str) -> tuple[str, str]:
    if code == CLOSING:
        hang_up(server)
    words = f"{code} {answer.decode(errors='replace')}"
    return (for_good if code >= 500 else Result.LATER), words


def hang_up(server) -> None:
    with suppress(smtplib.SMTPException, OSError):  # it hung up first
        server.close()


def _named(error) -> str:
    return f"{type(error).__name__}: {error}"
