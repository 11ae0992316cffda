from functools import partial
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.typed import refuse
from accounts.views import sign_in_first
from notifications import add_to, bounces, choosing, duties, health, ics, occasions, preferences
from notifications.consent import agrees_to_news, stop_news
from notifications.forms import MailForm
from notifications.models import Consent, Event

OF_CALENDAR = "calendar"  # said in that part of the page, to which she is led


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
def add_to_calendar(request, uuid):
    """Ways to put one event into the calendar of who is invited to it."""
    person = links.acting_person(request, add_to.PAGE, uuid)
    if person is None:
        return sign_in_first(request)
    event = _event_of(person, uuid)
    file_url = reverse("notifications:event-file", args=[uuid])
    context = add_to.page(event, file_url) | {
        "person": person,
        "page_url": occasions.facts(event, person).get("page_url", ""),
    }
    return render(request, "notifications/add_to_calendar.html", context)


@never_cache
@require_safe
@login_not_required
def event_file(request, uuid):
    person = links.acting_person(request, add_to.PAGE, uuid)
    if person is None:
        return sign_in_first(request)
    event = _event_of(person, uuid)
    mailbox = occasions.facts(event).get("mailbox", "")
    name = f"{event.kind}-{event.local_on}.ics"
    return HttpResponse(
        ics.for_event(event, person, mailbox=mailbox),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _event_of(person, uuid):
    return get_object_or_404(Event.objects.gatherings().of_person(person), uuid=uuid)


@never_cache
@require_safe
@login_not_required
def mail_health(request):
    """For whoever watches over the site by machine: 503 where somebody has to see to mail."""
    found = health.look()
    return JsonResponse(found.as_data(), status=503 if found.is_alarm else 200)


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
    context = {
        **admin.site.each_context(request),
        "title": _("Is email flowing?"),
        "desk_page": "mail-health",
        "health": health.look(),
        "differences": duties.audit(),
        "messages_url": reverse("admin:notifications_message_changelist"),
    }
    return render(request, "notifications/health.html", context)


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


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_mail(request):
    """Which mail she gets, signed in or by the link below what she may do without.

    Her calendar's secret address is for who is signed in: mail is passed on, with its links.
    """
    person = links.acting_person(request, preferences.PAGE)
    if person is None:
        return sign_in_first(request)
    by_link = request.user != person
    form = MailForm(request.POST or None, person=person, by_link=by_link)
    if form.is_valid():
        choosing.choose(person, form.changes, source="my-mail", by_link=by_link)
        messages.success(request, _("Saved. It counts from now on."))
        return redirect("notifications:my-mail")
    said = list(messages.get_messages(request))
    context = {
        "person": person,
        "form": form,
        "messages": [one for one in said if one.extra_tags != OF_CALENDAR],
        "said_of_calendar": [one for one in said if one.extra_tags == OF_CALENDAR],
        "calendar": ics.addresses_of(person) if request.user == person else None,
        "news": Consent.objects.live()
        .of_person(person)
        .filter(purpose=Consent.Purpose.NEWS)
        .first(),
    }
    return render(request, "notifications/my_mail.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def news_stop(request):
    """No more news, by one button: the link in every mail with news leads here."""
    person = links.acting_person(request, preferences.STOP)
    if person is None:
        return sign_in_first(request)
    if request.method == "POST":
        stop_news(person, source="news-link")
        return redirect("notifications:news-stop")
    context = {"person": person, "gets_news": agrees_to_news(person)}
    return render(request, "notifications/news_stop.html", context)


news_stop.one_click = partial(stop_news, source="one-click")


@require_POST
def calendar_renew(request):
    """Give her calendar another secret address; whoever has the old one finds nothing there."""
    User.objects.filter(pk=request.user.pk).update(calendar_secret=uuid4())
    messages.success(
        request,
        _("The old address has ended. Put the new one into your calendar program."),
        extra_tags=OF_CALENDAR,
    )
    return redirect(f"{reverse('notifications:my-mail')}#calendar")


def _latest_consent(person, purpose):
    """The live one where there is one, else the one taken back last."""
    own = Consent.objects.of_person(person).filter(purpose=purpose)
    found = own.live().first() or own.order_by("-withdrawn_at").first()
    if found is None:
        raise Http404
    return found
