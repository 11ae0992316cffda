from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.typed import refuse
from notifications import bounces, health, ics
from notifications.models import Consent


@require_safe
@login_not_required
def calendar_feed(request, secret):
    """All that one person is invited to, for whoever knows the secret address."""
    person = get_object_or_404(User, calendar_secret=secret, is_active=True)
    etag = f'"{sha256(ics.state_of(person).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(ics.for_person(person), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="communities-of-practice.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
@login_not_required
def mail_health(request):
    """For whoever watches over the site by machine: 200 while mail flows, else 503."""
    found = health.look()
    return JsonResponse(found.as_data(), status=200 if found.is_well else 503)


@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def mail_events(request, provider):
    """Mail that came back, as the provider tells it, by the name and password agreed with it."""
    if provider != settings.MAIL_PROVIDER:
        raise Http404
    return bounces.view_of(provider)(request)


@never_cache
@require_safe
def health_page(request):
    found = health.look()
    messages_url = reverse("admin:notifications_message_changelist")
    return render(
        request, "notifications/health.html", {"health": found, "messages_url": messages_url}
    )


@never_cache
@require_safe
def consent(request, purpose):
    """What she agreed to last for one purpose, and the button to take it back."""
    context = {"consent": _latest_consent(request.user, purpose), "purposes": Consent.Purpose}
    return render(request, "notifications/consent.html", context)


@require_POST
def consent_withdraw(request, purpose):
    found = _latest_consent(request.user, purpose)
    try:
        found.withdraw()
    except InvalidTransition as error:
        return refuse(request, str(error), found)
    messages.success(request, _("Taken back, from this moment on."))
    return redirect(found)


def _latest_consent(person, purpose):
    """The live one where there is one, else the one taken back last."""
    own = Consent.objects.of_person(person).filter(purpose=purpose)
    found = own.live().first() or own.order_by("-withdrawn_at").first()
    if found is None:
        raise Http404
    return found
