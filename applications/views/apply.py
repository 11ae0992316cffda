"""The way in: which call, is it for me, where to send the link."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock, links, once
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse, typed
from applications import budget
from applications.conflicts import takes_part
from applications.forms.application import SECTIONS
from applications.forms.apply import EligibilityForm, StartForm
from applications.models import Application, Status
from applications.services import again, intake
from applications.views.application import say_what_it_begins_with
from applications.views.code import CODE, held
from applications.views.door import OWN, STARTED, conflict
from cops.models import Cohort

# How long the browser that started a draft may go on without the mailed link.
STARTED_DAYS = 30
# So many answers to choose from are not read one by one.
MANY = 12


@login_not_required
def apply(request, slug=None):
    """Ask who may apply; with several open calls, first which one."""
    cohorts = Cohort.objects.open()
    if slug is None:
        open_now = list(cohorts)
        if len(open_now) != 1:
            upcoming = Cohort.objects.published().filter(opens_at__gt=clock.now())
            return render(
                request,
                "applications/apply_choose.html",
                {"cohorts": open_now, "upcoming": upcoming.order_by("opens_at")},
            )
        cohort = open_now[0]
    else:
        cohort = get_object_or_404(Cohort.objects.visible_to(request.user), slug=slug)
    code = None if cohort.is_open else held(request, cohort)
    if not cohort.is_open and code is None:
        return _closed(request, cohort)
    form = EligibilityForm(request.POST or None, cohort=cohort)
    if form.is_valid():
        if not form.is_eligible:
            return render(
                request,
                "applications/apply_not_for_you.html",
                {"cohort": cohort, "webinar": cohort.next_webinar, "answers": form.cleaned_data},
            )
        return redirect("applications:apply-start", cohort.slug)
    return render(
        request, "applications/apply.html", {"cohort": cohort, "form": form, "code": code}
    )


def _closed(request, cohort):
    context = {"cohort": cohort, "mailbox": cohort.mailbox, **typed(request)}
    status = 409 if request.method == "POST" else 200
    return render(request, "applications/apply_closed.html", context, status=status)


def _go_on_again(request, address) -> bool:
    uuid = resolve(urlsplit(address).path).kwargs["uuid"]
    found = Application.objects.select_related("person").filter(uuid=uuid)
    application = found.exclude(status=Status.WITHDRAWN).first()
    if application and not request.user.is_authenticated:
        _let_go_on(request, application)
    return application is not None


def _let_go_on(request, application):
    """Let the browser that started a draft fill it in without the mailed link."""
    expires = timezone.now() + timedelta(days=STARTED_DAYS)
    links.grant(
        request, application.person, STARTED, str(application.uuid), int(expires.timestamp())
    )


@partial(once.only, again=_go_on_again)
@login_not_required
def start(request, slug):
    """Start a draft, and go on into it at once."""
    cohort = get_object_or_404(Cohort.objects.published(), slug=slug)
    code = None if cohort.is_open else held(request, cohort)
    if not cohort.is_open and code is None:
        return _closed(request, cohort)
    context = {"cohort": cohort, "code": code}
    person = links.acting_person(request, CODE, cohort.slug)
    if person:
        context["email"] = person.email
        if takes_part(person, cohort):
            return conflict(request)
        if request.method != "POST":
            return render(request, "applications/apply_start.html", context)
        try:
            application, before = again.start(cohort, person, code)
        except InvalidTransition as error:
            led_to = reverse("applications:apply-code", args=[cohort.slug])
            return refuse(request, str(error), led_to)
        links.lead_on(request, person, OWN, application.uuid)
        say_what_it_begins_with(request, before)
        return redirect("applications:application-edit", application.uuid)
    form = StartForm(request.POST or None)
    if form.is_valid():
        try:
            application = intake.start(cohort, code=code, **form.cleaned_data)
        except intake.TooMany:
            form.add_error(
                "email",
                _("Several drafts were started with this address. Open the link in our email."),
            )
        except InvalidTransition as error:
            if code is None:
                return _closed(request, cohort)
            form.add_error(None, str(error))
        else:
            _let_go_on(request, application)
            return redirect("applications:application-edit", application.uuid)
    return render(request, "applications/apply_start.html", context | {"form": form})


@require_safe
@login_not_required
def questions(request, slug):
    """All that the form asks, before anybody starts."""
    cohorts = Cohort.objects.visible_to(request.user).prefetch_related("questions__options")
    cohort = get_object_or_404(cohorts, slug=slug)
    sections = [
        {"title": title, "fields": [_asked(field) for field in form.asked(cohort).values()]}
        for title, form in SECTIONS.values()
    ]
    return render(
        request,
        "applications/apply_questions.html",
        {
            "cohort": cohort,
            "sections": [section for section in sections if section["fields"]],
            "minutes": budget.PROMISED,
            "sample": cohort.is_sample,
        },
    )


def _asked(field) -> dict:
    choices = [str(label) for key, label in getattr(field, "choices", None) or [] if str(key)]
    return {
        "label": field.label,
        "help": field.help_text,
        "is_needed": field.required or getattr(field, "needed", False),
        "choices": choices if len(choices) < MANY else [],
    }


urls = [
    path("apply/", apply, name="apply"),
    path("apply/<slug:slug>/", apply, name="apply-to"),
    path("apply/<slug:slug>/start/", start, name="apply-start"),
    path("apply/<slug:slug>/questions/", questions, name="apply-questions"),
]
