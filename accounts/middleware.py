"""What every request passes: clean input, sign-in, second factor, the day being looked at."""

import re
from contextlib import suppress
from datetime import date, datetime, time

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.internal.flows.trust import is_trusted_browser
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from accounts import clock, unasked
from accounts.typed import typed
from accounts.views import SAFE_METHODS, keep_what_was_typed, sign_in_first


class CleanInputMiddleware(MiddlewareMixin):
    """Refuse what cannot be stored or read: NUL, halves of surrogate pairs, endless numbers.

    In an address that is a broken request. In a form the field says so, because
    Django's text fields refuse NUL; where text came by another way and the
    database or its driver stumbled over it, the answer is a broken request too.
    """

    IN_ADDRESS = re.compile(r"\x00|%00|%ED%[AB]", re.IGNORECASE)
    IN_BODY = re.compile(r"[\x00\ud800-\udfff]|\\u0000|\\ud[89a-f]|\d{4301,}", re.IGNORECASE)

    def process_request(self, request):
        if self.IN_ADDRESS.search(request.path + request.META.get("QUERY_STRING", "")):
            raise BadRequest("The address holds characters that cannot be stored.")
        if request.method == "POST":
            with suppress(UnreadablePostError):  # nobody waits for the answer any more
                _ = request.POST  # a form that cannot be read is refused before a view writes

    def process_exception(self, request, exception):
        if isinstance(exception, (ValueError, DataError)) and self.is_unstorable(request):
            raise BadRequest("The form holds characters that cannot be stored.") from exception

    def is_unstorable(self, request):
        if request.content_type == "application/json":
            texts = [request.body.decode(errors="replace")]
        else:
            texts = [text for name, values in request.POST.lists() for text in [name, *values]]
        return any(self.IN_BODY.search(text) for text in texts)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Ask for sign-in on every page that is not public, and lose nothing that was typed."""

    def handle_no_permission(self, request, view_func):
        return sign_in_first(request)


class SecondFactorMiddleware(MiddlewareMixin):
    """Staff see nothing before their second factor, and are asked again after idle hours."""

    ALWAYS_OPEN = {
        "healthz",
        "healthz-mail",
        "mail-events",
        "readyz",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
    TO_ENROL = {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    }
    # Mass mail, roles and exports: a browser that is merely trusted does not do for these.
    ASKED_EACH_TIME = {
        "notifications_message_review",
        "accounts_user_change",
        "accounts_user_verb",
        "start-invite",
        "my-data",
        "my-data-export",
        "applications_question_export",
        "applications_import_leftout",
    }
    SEEN_EVERY_SECONDS = 600

    def process_view(self, request, view_func, view_args, view_kwargs):
        name = request.resolver_match.url_name
        if name in self.ALWAYS_OPEN or not request.user.is_authenticated:
            return None
        if request.method == "POST" and name in self.TO_ENROL:
            request.has_no_factor_yet = not is_mfa_enabled(request.user)
        if not request.user.is_staff:
            return None
        if self.was_idle(request):
            return self.sign_out(request)
        if self.used_second_factor(request):
            return None
        if name not in self.ASKED_EACH_TIME and self.is_trusted(request):
            return None
        if is_mfa_enabled(request.user):
            if request.method not in SAFE_METHODS:
                return keep_what_was_typed(request)
            return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
        if name in self.TO_ENROL:
            return None
        messages.info(request, _("Staff sign in with a second factor. Set yours up first."))
        return redirect("mfa_index")

    def process_response(self, request, response):
        """Count a factor that was proved by enrolling it: nobody types two codes in a row."""
        if getattr(request, "has_no_factor_yet", False) and is_mfa_enabled(request.user):
            record_authentication(request, request.user, "mfa", reauthenticated=True)
        return response

    def was_idle(self, request):
        """Whether the last page was too long ago; remembers this one, to ten minutes."""
        now = int(timezone.now().timestamp())
        seen = request.session.get("staff_seen_at", now)
        if now - seen > settings.STAFF_IDLE_HOURS * 3600:
            return True
        if now - seen > self.SEEN_EVERY_SECONDS or "staff_seen_at" not in request.session:
            request.session["staff_seen_at"] = now
        return False

    def sign_out(self, request):
        logout(request)
        if request.method not in SAFE_METHODS:
            return keep_what_was_typed(request)
        messages.info(request, _("You were away for a while. Please sign in again."))
        return redirect_to_login(request.get_full_path())

    def used_second_factor(self, request):
        records = get_authentication_records(request, request.user)
        return any(record["method"] == "mfa" for record in records)

    def is_trusted(self, request):
        return is_mfa_enabled(request.user) and is_trusted_browser(request, request.user)


class UnaskedMiddleware:
    """Count as a security event what is sent to a form that does not ask for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with unasked.counted(request):
            return self.get_response(request)


class AsOfMiddleware:
    """Show staff the site as on another day; while they look, nothing can be changed."""

    SESSION_KEY = "as_of"
    STILL_ALLOWED = {"as-of", "account_logout", "people"}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        day = self.day(request)
        if day is None:
            return self.get_response(request)
        noon = datetime.combine(day, time(12), tzinfo=clock.ONTARIO)
        with clock.as_of(noon):
            return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method in SAFE_METHODS or self.day(request) is None:
            return None
        if request.resolver_match.url_name in self.STILL_ALLOWED:
            return None
        return render(request, "accounts/409_previewing.html", typed(request), status=409)

    def day(self, request):
        if request.user.is_authenticated and request.user.is_staff:
            day = request.session.get(self.SESSION_KEY)
            return date.fromisoformat(day) if day else None
        return None
