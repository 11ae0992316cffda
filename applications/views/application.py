"""An applicant's own pages besides the form: status, confirm, correct, copy, withdraw, again."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import sign_in_first
from applications import way
from applications.forms.application import WithdrawForm, fetch, is_complete, sections_of
from applications.models import Status
from applications.services import again, entered, intake, selection
from applications.views.door import OWN, Asks, own, too_late
from applications.views.form import section_url
from applications.words import answers, standing


def status_view(request, application):
    """Show where it stands; a draft that is complete, its answers to be checked and sent."""
    fetch(application)
    to_send = application.may_be_edited and request.may_go_on
    if to_send and not is_complete(application):
        return redirect("applications:application-edit", application.uuid)
    change = (lambda key: section_url(application, key)) if to_send else None
    return render(
        request,
        "applications/application.html",
        {
            "application": application,
            "to_send": to_send,
            "may_withdraw": application.is_open and _may_withdraw(application.person),
            "may_have_copy": request.is_proved and not application.person.is_staff,
            "standing": standing(application),
            "way": [] if application.person.is_staff else way.of(application),
            "sections": answers(application, sections_of(application), form_url=change),
            "shows_all": request.GET.get("show") == "all",
        },
    )


def confirm_view(request, application):
    """Say "this is mine": she came by the mailed link, so the address is hers."""
    if not request.is_proved:
        return sign_in_first(request)
    if not (application.awaits_confirmation and application.is_open):
        return redirect(application)
    others = application.cohort.applications.confirmed().filter(person=application.person)
    other = others.exclude(status=Status.WITHDRAWN).first()
    if request.method == "POST":
        try:
            if "instead" in request.POST:
                intake.keep_one(application)
            elif "drop" in request.POST:
                selection.withdraw_application(application, by=application.person)
                messages.success(request, _("Your application is withdrawn."))
                return redirect(other or application)
            else:
                intake.confirm(application)
        except InvalidTransition as error:
            return refuse(request, str(error), request.get_full_path())
        messages.success(request, _("Thank you. This application is yours."))
        return redirect(application)
    return render(
        request,
        "applications/application_confirm.html",
        {"application": application, "other": other},
    )


@require_POST
def correct_view(request, application):
    """Let her change what staff wrote down for her."""
    try:
        entered.correct(application)
    except InvalidTransition as error:
        return too_late(request, application, str(error))
    messages.success(request, _("It is yours to change. Send it again when it is right."))
    return redirect("applications:application-edit", application.uuid)


@require_POST
def copy_view(request, application):
    """Mail her what she wrote."""
    if not request.is_proved or application.awaits_confirmation:
        return sign_in_first(request)
    try:
        entered.send_copy(application)
        messages.success(request, _("A copy is on its way to you by email."))
    except InvalidTransition as error:
        messages.warning(request, str(error))
    return redirect(application)


def withdraw_view(request, application):
    if not application.is_open:
        return too_late(request, application, _("This application is already closed."))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            selection.withdraw_application(
                application, by=application.person, reason=form.cleaned_data["reason"]
            )
        except InvalidTransition as error:
            return too_late(request, application, str(error))
        messages.success(request, _("Your application is withdrawn."))
        return redirect(application)
    return render(
        request,
        "applications/application_withdraw.html",
        {
            "application": application,
            "form": form,
            "has_asked": application.supports.standing().exists(),
        },
    )


@require_POST
def again_view(request, application):
    """Begin anew in the same call with what she wrote in the one that she withdrew."""
    if not request.is_proved:
        return sign_in_first(request)
    if application.status != Status.WITHDRAWN:
        return redirect(application)
    try:
        draft, before = again.start(application.cohort, application.person)
    except InvalidTransition as error:
        return too_late(request, application, str(error))
    links.lead_on(request, application.person, OWN, draft.uuid)
    say_what_it_begins_with(request, before)
    return redirect("applications:application-edit", draft.uuid)


def say_what_it_begins_with(request, before):
    if before:
        words = _(
            "This begins with what you wrote in %(reference)s, files too. Look it through; "
            "you are asked again what you agree to."
        )
        messages.info(request, words % {"reference": before.reference})


def _may_withdraw(person) -> bool:
    return not person.is_staff


urls = [
    path(
        "applications/<uuid:uuid>/",
        own(
            status_view,
            reads=("region", "form_version", "interview__slot"),
            staff_write=True,
            left_to=lambda person: True,
            asks=Asks.ALWAYS,
        ),
        name="application",
    ),
    path("applications/<uuid:uuid>/correct/", own(correct_view), name="application-correct"),
    path("applications/<uuid:uuid>/copy/", own(copy_view), name="application-copy"),
    path(
        "applications/<uuid:uuid>/confirm/",
        own(confirm_view, asks=Asks.NEVER),
        name="application-confirm",
    ),
    path("applications/<uuid:uuid>/again/", own(again_view), name="application-again"),
    path(
        "applications/<uuid:uuid>/withdraw/",
        own(withdraw_view, left_to=_may_withdraw),
        name="application-withdraw",
    ),
]
