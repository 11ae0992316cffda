"""The mail folder of the demo, read like a mailbox.

Django's file back-end writes a file per connection and may put several mails
into it, each followed by a line of hyphens.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.encoding import escape_uri_path
from django.views.decorators.clickjacking import xframe_options_sameorigin

BETWEEN_MAILS = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
LETTERS_PER_PAGE = 50
HEADERS = ["From", "Reply-To", "To", "Date", "Message-ID", "Content-Language", "Auto-Submitted"]


@dataclass(frozen=True)
class Letter:
    name: str
    number: int
    mail: EmailMessage

    @property
    def subject(self):
        return str(self.mail.get("Subject", ""))

    @property
    def to(self):
        return str(self.mail.get("To", ""))

    @property
    def at(self):
        try:
            at = parsedate_to_datetime(str(self.mail["Date"]))
        except (TypeError, ValueError):
            return datetime.min.replace(tzinfo=UTC)
        return at if at.tzinfo else at.replace(tzinfo=UTC)  # "-0000" is read as no zone at all

    @property
    def language(self):
        return str(self.mail.get("Content-Language", ""))

    @property
    def headers(self):
        return [(name, str(self.mail[name])) for name in HEADERS if self.mail[name]]

    @property
    def text(self):
        body = self.mail.get_body(["plain"])
        return body.get_content() if body else ""

    @property
    def html(self):
        body = self.mail.get_body(["html"])
        return body.get_content() if body else ""

    @property
    def attachments(self):
        """Return (number, name, type) of everything that is neither the text nor the HTML."""
        return [
            (number, part.get_filename() or part.get_content_type(), part.get_content_type())
            for number, part in enumerate(self.mail.walk())
            if not part.is_multipart()
            and part.get_content_type() not in {"text/plain", "text/html"}
        ]


@login_not_required
def folder(request):
    letters = [letter for path in _files() for letter in _letters(path)]
    letters.sort(key=lambda letter: (letter.at, letter.name, letter.number), reverse=True)
    page = Paginator(letters, LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/dev_mail.html", {"page_obj": page})


@login_not_required
def letter(request, name, number):
    return render(request, "notifications/dev_letter.html", {"letter": _find(name, number)})


@csp_replace(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": ["allow-popups", "allow-top-navigation-by-user-activation"],
    }
)
@xframe_options_sameorigin
@login_not_required
def html(request, name, number):
    """The email as its reader sees it; its links open in the whole window."""
    page = _find(name, number).html
    return HttpResponse(page.replace("<head>", '<head><base target="_top">', 1))


@login_not_required
def part(request, name, number, part):
    """One attachment, to be kept or opened by a calendar."""
    parts = list(_find(name, number).mail.walk())
    if part >= len(parts) or parts[part].is_multipart():
        raise Http404
    chosen = parts[part]
    response = HttpResponse(
        chosen.get_payload(decode=True), content_type=str(chosen["Content-Type"])
    )
    filename = escape_uri_path(chosen.get_filename() or "part")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    return response


def _files() -> list[Path]:
    folder = Path(settings.MAIL_FOLDER)
    return [path for path in folder.glob("*.log") if path.is_file()] if folder.is_dir() else []


def _letters(path: Path) -> list[Letter]:
    mails = [mail for mail in BETWEEN_MAILS.split(path.read_bytes()) if mail.strip()]
    return [
        Letter(path.name, number, message_from_bytes(mail, policy=policy.default))
        for number, mail in enumerate(mails)
    ]


def _find(name: str, number: int) -> Letter:
    for path in _files():
        if path.name == name:
            letters = _letters(path)
            if number < len(letters):
                return letters[number]
    raise Http404
