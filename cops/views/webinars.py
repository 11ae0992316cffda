"""A webinar, and registering for it without an account."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links, once
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse, typed
from accounts.views import sign_in_first
from cops import services
from cops.forms import LinkForm, RegistrationForm
from cops.models import AccessRequest, Registration, Webinar
from notifications import add_to, ics
from notifications.consent import AGREE_TO_NEWS, agree_to_news, agrees_to_news

OWNS_REGISTRATION = ("cops:registration", "cops:registration-cancel")
JUST_REGISTERED = "cops:just-registered"


@require_safe
@login_not_required
def webinar(request, slug):
    webinar = _webinar(request, slug)
    return render(
        request,
        "cops/webinar.html",
        {
            "webinar": webinar,
            "answers": webinar.answers.answered() if webinar.event.is_over else [],
            "sample": webinar.cohort.is_sample,
        },
    )


def _show_again(request, address) -> bool:
    uuid = resolve(urlsplit(address).path).kwargs["uuid"]
    registration = Registration.objects.live().select_related("person").filter(uuid=uuid).first()
    if registration:
        _let_see(request, registration)
    return registration is not None


def _let_see(request, registration):
    """Let who has just typed an address see that it is registered, and nothing else of it."""
    expires = timezone.now() + timedelta(hours=1)
    links.grant(
        request,
        registration.person,
        JUST_REGISTERED,
        registration.uuid,
        int(expires.timestamp()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@partial(once.only, again=_show_again)
@login_not_required
def webinar_register(request, slug):
    """Register without an account. A known and an unknown address get the same answer."""
    webinar = _webinar(request, slug)
    if not webinar.takes_registrations or webinar.is_full:
        return _closed(request, webinar)
    person = request.user if request.user.is_authenticated else None
    initial = {"name": person.name, "email": person.email} if person else {}
    form = RegistrationForm(request.POST or None, initial=initial, webinar=webinar)
    if request.method == "POST" and form.is_valid():
        try:
            registration = services.register(webinar, by=person, **form.typed())
        except InvalidTransition:
            registration = None
        if registration is None:
            return _closed(request, webinar)
        _let_see(request, registration)
        messages.success(
            request,
            _(
                "An email is on its way to %(address)s. Does none come? Look among unwanted email, "
                "or have your link sent again."
            )
            % {"address": form.cleaned_data["email"]},
        )
        return redirect(registration)
    return render(request, "cops/webinar_register.html", {"webinar": webinar, "form": form})


def _closed(request, webinar):
    context = {"webinar": webinar, "mailbox": webinar.cohort.mailbox, **typed(request)}
    return render(request, "cops/webinar_closed.html", context, status=409)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once.only
@login_not_required
def webinar_link(request, slug):
    """Send her link again. A registered and an unknown address get the same answer."""
    webinar = _webinar(request, slug)
    initial = {"email": request.user.email} if request.user.is_authenticated else {}
    form = LinkForm(request.POST or None, initial=initial)
    if not webinar.can_still_be_joined and request.method != "POST":
        return redirect(webinar)
    if form.is_valid():
        address = form.cleaned_data["email"]
        try:
            services.send_link_again(webinar, address)
        except InvalidTransition as error:
            return refuse(request, str(error), webinar)
        messages.success(
            request,
            _("If %(address)s is registered, an email with the link is on its way there.")
            % {"address": address},
        )
        return redirect(webinar)
    return render(request, "cops/webinar_link.html", {"webinar": webinar, "form": form})


@require_safe
@login_not_required
def webinar_add(request, slug):
    """Ways to put its date into any calendar."""
    webinar = _as_a_date(_webinar(request, slug))
    context = add_to.page(webinar.event, reverse("cops:webinar-calendar", args=[slug]))
    context["page_url"] = webinar.get_absolute_url()
    return render(request, "notifications/add_to_calendar.html", context)


@require_safe
@login_not_required
def webinar_calendar(request, slug):
    return _calendar_file(_as_a_date(_webinar(request, slug)))


def _as_a_date(webinar):
    """Leave out the ways to join: they are for those who registered."""
    webinar.event.join_link = webinar.event.dial_in = ""
    return webinar


@never_cache
@require_safe
@login_not_required
def registration(request, uuid):
    """The confirmation. Who has only just typed an address sees nothing about its holder."""
    registration = _own_registration(request, uuid)
    is_hers = registration is not None
    if not is_hers:
        holder = links.acting_person(request, JUST_REGISTERED, uuid)
        registration = _registration_of(holder, uuid)
    if registration is None:
        return _not_here(request)
    if is_hers:
        event = registration.webinar.event
        links.lead_on(request, registration.person, add_to.PAGE, event.uuid)
    asks_for_news = is_hers and registration.wants_news
    return render(
        request,
        "cops/registration.html",
        {
            "registration": registration,
            "webinar": registration.webinar,
            "is_hers": is_hers,
            "own_zone": registration.person.time_zone if is_hers else "",
            "need": AccessRequest.objects.waiting_with(registration) if is_hers else None,
            "question": registration.question if is_hers else "",
            "asks_for_news": asks_for_news and not agrees_to_news(registration.person),
            "news_wording": AGREE_TO_NEWS,
            "sample": registration.webinar.cohort.is_sample,
        },
    )


@never_cache
@require_safe
@login_not_required
def registration_calendar(request, uuid):
    registration = _own_registration(request, uuid)
    return _calendar_file(registration.webinar) if registration else _not_here(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def registration_cancel(request, uuid):
    registration = _own_registration(request, uuid)
    if registration is None:
        return _not_here(request)
    if request.method == "POST":
        try:
            services.cancel_registration(registration)
        except InvalidTransition as error:
            return refuse(request, str(error), registration)
        messages.success(request, _("Your registration is cancelled."))
        return redirect(registration)
    return render(
        request,
        "cops/registration_cancel.html",
        {"registration": registration, "webinar": registration.webinar},
    )


@require_POST
@login_not_required
def registration_news(request, uuid):
    """Let a known person confirm, from her own mail, that it was she who asked for news."""
    registration = _own_registration(request, uuid)
    if registration is None:
        return _not_here(request)
    agree_to_news(registration.person, source=f"webinar {registration.webinar.slug}")
    messages.success(request, _("We will write to you about new calls and outcomes."))
    return redirect(registration)


def _webinar(request, slug):
    return get_object_or_404(Webinar.objects.visible_to(request.user).with_events(), slug=slug)


def _calendar_file(webinar):
    return HttpResponse(
        ics.for_event(webinar.event, method="PUBLISH"),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{webinar.slug}.ics"'},
    )


def _own_registration(request, uuid):
    """Return the registration if its person is signed in or came by the link in her mail."""
    people = (links.acting_person(request, verb, uuid) for verb in OWNS_REGISTRATION)
    found = (_registration_of(person, uuid) for person in people)
    return next((registration for registration in found if registration), None)


def _registration_of(person, uuid):
    if person is None:
        return None
    registrations = Registration.objects.select_related(
        "person", "webinar__event", "webinar__cohort"
    )
    return registrations.filter(person=person, uuid=uuid).first()


def _not_here(request):
    if not request.user.is_authenticated:
        return sign_in_first(request)
    raise Http404
