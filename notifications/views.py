from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from notifications import ics


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
