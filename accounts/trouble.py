"""A database that cannot do it just now: nothing typed is lost, and no bare error is shown.

Locks that are not to be had, statements that take too long and connections that are gone pass by
themselves. A form that met one comes back, under the token it came with: sent again it is still
the same form, and counts once (``accounts.once``).
"""

import logging
from contextlib import suppress

from django.db import Error
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from accounts.typed import typed

log = logging.getLogger(__name__)

TOKEN = "csrfmiddlewaretoken"
RETRY_SECONDS = 30

# By what PostgreSQL calls it: no lock within lock_timeout, a deadlock, two that cannot both be.
BUSY = {"55P03", "40P01", "40001"}
SLOW = {"57014"}
# It, or the way there, is out of order; what comes without a code never reached it.
AWAY = ("08", "25P03", "53", "57")


def kind_of(error) -> str:
    """Return "busy", "slow" or "away" for trouble that passes by itself, "" for any other error."""
    cause = error.__cause__ if isinstance(error, Error) else None
    if name := getattr(cause, "sqlite_errorname", ""):
        return "busy" if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) else ""
    if not hasattr(cause, "pgcode"):
        return ""
    code = cause.pgcode or "08"
    if code in BUSY:
        return "busy"
    if code in SLOW:
        return "slow"
    return "away" if code.startswith(AWAY) else ""


def answer(request, error) -> HttpResponse | None:
    """Return the page for trouble that passes, or None."""
    kind = kind_of(error)
    if not kind:
        return None
    match = request.resolver_match
    log.warning("database %s: route=%s %r", kind, match and match.view_name, error.__cause__)
    status = 409 if kind == "busy" else 503
    answer = _page(request, "accounts/not_saved_yet.html", status, kind=kind)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def broken(request) -> HttpResponse:
    """Return the page for our own mistakes, with what was typed."""
    return _page(request, "500.html", 500)


def _page(request, template, status, **context) -> HttpResponse:
    """Draw a page that asks the database nothing, so without what every other page shows."""
    if request.method == "POST":
        with suppress(Exception):  # it may be the reading of the form that went wrong
            context |= typed(request)
            context["page_token"] = request.POST.get(TOKEN, "")
    context |= {"request": request, "csrf_token": get_token(request)}
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


class TroubleMiddleware(MiddlewareMixin):
    """Answer trouble that a view meets; ``accounts.views.server_error`` what is met before it."""

    def process_exception(self, request, exception):
        return answer(request, exception)

    def process_response(self, request, response):
        """Say in words what Django says by a number alone: nothing is to be seen, or sent, here."""
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = _page(request, "405.html", 405)
        page["Allow"] = response["Allow"]
        return page
