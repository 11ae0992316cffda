"""A supervisor is asked for the hours: the applicant's page, and the supervisor's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import sign_in_first
from applications.forms.support import AskForm, SupportForm
from applications.models import Status, Support
from applications.services import support as services
from applications.views.door import own

VERB = "applications:support"


def ask_view(request, application):
    """Ask, see what was answered, take a question back. All of it is optional."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not application.may_ask_supervisor:
            return _too_late(request, application)
        if form.is_valid():
            try:
                services.ask(application, **form.cleaned_data)
            except services.OneOfHers:
                form.add_error("email", _("This is your own address. Enter your supervisor’s."))
            except services.AskedBefore:
                form.add_error("email", _("You have asked this person already."))
            except InvalidTransition as error:
                return refuse(request, str(error), _page_of(application))
            else:
                words = _("We have written to %(name)s. You hear the answer first.")
                messages.success(request, words % {"name": form.cleaned_data["name"]})
                return redirect(_page_of(application))
    supports = list(application.supports.standing().prefetch_related("former_answers"))
    return render(
        request,
        "applications/application_supervisor.html",
        {
            "application": application,
            "cohort": application.cohort,
            "supports": supports,
            "form": form
            if application.may_ask_supervisor and len(supports) < Support.MOST
            else None,
        },
    )


@require_POST
def take_back_view(request, application, support):
    record = get_object_or_404(application.supports.standing(), uuid=support)
    try:
        record.take_back()
        messages.success(request, _("The question is taken back. The link in it ends."))
    except InvalidTransition as error:
        return refuse(request, str(error), _page_of(application))
    return redirect(_page_of(application))


def _too_late(request, application):
    return refuse(request, _("Your supervisor can no longer be asked."), application)


def _page_of(application) -> str:
    return reverse("applications:application-supervisor", args=[application.uuid])


@never_cache
@login_not_required
def support(request, uuid):
    """One page for whoever is asked: what it takes, what it gives, and four answers."""
    person = links.acting_person(request, VERB, uuid)
    if person is None:
        return sign_in_first(request)
    record = get_object_or_404(Support.objects.asked_of(person).with_people(), uuid=uuid)
    form = SupportForm(request.POST if request.method == "POST" else None, support=record)
    if request.method == "POST":
        if form.is_valid() and form.says_the_same:  # pressed twice
            return redirect(record)
        if form.is_valid():
            facts = form.cleaned_data
            try:
                services.answer(record, facts["answer"], words=facts["words"], phone=facts["phone"])
            except InvalidTransition as error:
                mailbox = record.application.cohort.mailbox
                return refuse(request, str(error), record, mailbox=mailbox)
            messages.success(request, _("Thank you. Your answer is on its way."))
            return redirect(record)
    application = record.application
    return render(
        request,
        "applications/support.html",
        {
            "support": record,
            "has_withdrawn": application.status == Status.WITHDRAWN,
            "applicant": application.name or application.person.name,
            "cohort": application.cohort,
            "form": form,
            "sample": application.cohort.is_sample,
        },
    )


urls = [
    path("applications/<uuid:uuid>/supervisor/", own(ask_view), name="application-supervisor"),
    path(
        "applications/<uuid:uuid>/supervisor/<uuid:support>/take-back/",
        own(take_back_view),
        name="application-supervisor-take-back",
    ),
    path("supports/<uuid:uuid>/", support, name="support"),
]
