import sys
from datetime import date, timedelta

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import DatabaseError, connection, transaction
from django.http import (
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, resolve, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import UpdateView

from accounts import clock, links, office, own_data, trouble
from accounts.forms import DetailsForm
from accounts.models import Export, User
from accounts.typed import too_late, typed

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def sign_in_first(request):
    """Return the way to sign-in and back here; of what was typed nothing is lost."""
    if request.method in SAFE_METHODS:
        return redirect_to_login(request.get_full_path())
    return keep_what_was_typed(request, is_signed_out=True)


@login_not_required
def keep_what_was_typed(request, reason="", *, is_signed_out=False):
    """Answer a form that came without a valid session: its text can be sent again.

    ``is_signed_out``: nothing but her sign-in was missing.
    """
    is_signed_out = is_signed_out and not request.user.is_authenticated
    context = {**typed(request), "is_signed_out": is_signed_out}
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request, exception):
    """Answer a request that cannot be read, and hold the text that came with it.

    What is more than the site reads at once (``DATA_UPLOAD_MAX_...``) cannot be
    shown again; the page says so, and that the browser still has it one page back.
    """
    try:
        if isinstance(exception, TOO_MUCH):
            raise exception
        found = {} if isinstance(exception, DisallowedHost) else typed(request)
    except TOO_MUCH:
        return render(request, "413.html", status=413)
    return render(request, "400.html", found, status=400)


def not_found(request, exception):
    """Answer an address where there is nothing for her; what she typed there is not lost."""
    if not _has_typed(request):
        return defaults.page_not_found(request, exception)
    why = _(
        "There is nothing at this address any more, or it is not open to you any more: "
        "perhaps it was given to somebody else, or your part in it has ended."
    )
    return too_late(request, why, _way_on(request), status=404)


def not_allowed(request, exception):
    """Answer who may not do this; ``PermissionDenied`` may say why in words for her."""
    if not _has_typed(request):
        return defaults.permission_denied(request, exception)
    why = str(exception) or _("This is open only to the people it concerns.")
    return too_late(request, why, _way_on(request), status=403)


def server_error(request):
    """Answer what went wrong outside of any view, or for no reason that passes by itself."""
    return trouble.answer(request, sys.exception()) or trouble.broken(request)


def _has_typed(request) -> bool:
    return request.method == "POST" and bool(typed(request)["fields"])


def _way_on(request) -> str:
    return "accounts:me" if request.user.is_authenticated else "cops:home"


@require_safe
def me(request):
    person = User.objects.select_related("organization", "region").get(pk=request.user.pk)
    return render(request, "accounts/me.html", {"person": person})


@never_cache
@require_safe
def my_data(request):
    person = request.user
    context = {
        "person": person,
        "sections": own_data.sections(person),
        "written": own_data.written(person),
    }
    return render(request, "accounts/my_data.html", context)


@never_cache
@require_POST
def my_data_export(request):
    """Hand her a copy, for a program (JSON) or to be read (HTML), and note that she took it."""
    person, form, now = request.user, request.POST.get("form"), timezone.now()
    if form not in {"json", "html"}:
        return redirect("accounts:my-data")
    with transaction.atomic():
        found = own_data.sections(person, at_most=None)
        records = sum(kind.count for section in found for kind in section.kinds)
        Export.objects.create(person=person, what=Export.What.OWN_DATA, records=records)
    if form == "json":
        response = JsonResponse(
            own_data.as_data(person, found, now),
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )
    else:
        context = {"person": person, "sections": found, "made_at": now}
        response = render(request, "accounts/my_data_copy.html", context)
    name = f"{_('my-data')}-{timezone.localdate(now, clock.ONTARIO)}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class Details(SuccessMessageMixin, UpdateView):
    form_class = DetailsForm
    template_name = "accounts/details.html"
    context_object_name = "person"
    success_url = reverse_lazy("accounts:me")
    success_message = gettext_lazy("Your details are saved.")

    def get_object(self, queryset=None):
        return User.objects.get(pk=self.request.user.pk)

    def form_valid(self, form):
        try:
            response = super().form_valid(form)
        except ValidationError as error:
            form.add_error("employer", error)
            return self.form_invalid(form)
        if name := form.employer_to_add:
            words = _("“%(name)s” is new to us. We add it: there is nothing more for you to do.")
            messages.info(self.request, words % {"name": name})
        return response


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def go(request, token):
    """Open a link from a mail: prove the mailbox, allow the one act, go to its page.

    A mail program may POST to it where the act's view has ``one_click``, a function of the person
    (RFC 8058): it comes without session or cookie, and nothing but the token says who.
    """
    try:
        person, verb, record, expires = links.open_token(token)
        target = reverse(verb, args=[record] if record else [])
    except (links.BadLink, NoReverseMatch):
        return render(request, "accounts/bad_link.html", status=410)
    if request.method == "POST":
        return _one_click(request, person, resolve(target).func)
    person.verify()
    soon = int(timezone.now().timestamp()) + links.OPEN_SECONDS
    links.grant(request, person, verb, record, min(expires, soon))
    response = redirect(target)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
@login_not_required
def leave(request):
    """End what a link opened in this browser: somebody else may use it next."""
    links.close(request)
    messages.success(request, _("Done. This browser opens nothing of yours any more."))
    return redirect("cops:home")


def _one_click(request, person, view):
    if not hasattr(view, "one_click"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponseBadRequest("List-Unsubscribe=One-Click\n", content_type="text/plain")
    view.one_click(person)
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@login_not_required
def sign_in_link(request, token):
    """Sign in by the link that staff printed while mail was down; a second factor comes after."""
    try:
        person = links.person_signing_in(token)
    except links.BadLink:
        return render(request, "accounts/bad_link.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/sign_in_link.html", {"person": person})
    person.verify()
    record_authentication(request, person, "code", email=person.email)
    return perform_login(request, Login(user=person, email=person.email))


@login_not_required
def no_password(request, rest):
    """Nobody has a password: what the library offers to those who forgot theirs ends here."""
    return redirect("account_login")


@require_POST
def as_of(request):
    """Let staff look at the site as on the day they chose; without a day, end that."""
    if not request.user.is_staff:
        raise PermissionDenied
    try:
        request.session["as_of"] = date.fromisoformat(request.POST.get("day", "")).isoformat()
    except ValueError:
        request.session.pop("as_of", None)
    return redirect(way_back(request) or "cops:home")


def way_back(request):
    """Return the page of this site that a form named to return to, or nothing."""
    return links.page_of_ours(request, request.POST.get("next", ""))


@require_safe
@login_not_required
def privacy(request):
    return render(request, "accounts/privacy.html")


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "accounts/accessibility.html")


@require_safe
@login_not_required
def healthz(request):
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
@login_not_required
def readyz(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def robots(request):
    closed = ["/admin/", "/accounts/", "/me/", "/go/"]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for path in closed for prefix in ("", "/fr")]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
@login_not_required
def security_txt(request):
    expires = (timezone.now() + timedelta(days=180)).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{office.current().mailbox}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en, fr",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")
