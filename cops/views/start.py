"""Setting up: the task list of a new site, its two forms, and the test mail's way back."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links, office, once
from accounts.lifecycle import InvalidTransition
from accounts.models import Office
from accounts.phrases import labelled
from accounts.views import keep_what_was_typed, sign_in_first
from cops import start as services
from cops.forms_start import InviteForm, OfficeForm

ARRIVED = "cops:mail-arrived"


@require_safe
def start(request):
    """Show what is done and what is to do before the first call."""
    tasks = services.tasks()
    context = {
        "title": _("Setting up"),
        "tasks": tasks,
        "done": sum(task.is_done for task in tasks),
        "test_mail": services.last_test_mail(),
    }
    return _page(request, "admin/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once.only
def office_form(request):
    if request.method != "POST":
        return _office_page(request, OfficeForm(facts=office.read()))
    with transaction.atomic():
        form = OfficeForm(request.POST, facts=office.to_change())
        if not form.is_valid():
            transaction.set_rollback(True)
        elif form.changes:
            office.write(**form.changes)
            _log(request, Office.objects.get(), [{"changed": {"fields": list(form.changes)}}])
    if form.errors:
        return _office_page(request, form)
    messages.success(request, _("Saved. Pages and email follow within a minute."))
    return redirect("start")


@require_POST
def test_mail(request):
    services.send_test_mail(request.user)
    messages.success(
        request,
        _("A test email is on its way to %(address)s: open the link in it.")
        % {"address": request.user.email},
    )
    return redirect("start")


@require_http_methods(["GET", "HEAD", "POST"])
@once.only
def invite(request):
    """Let a superuser make a colleague staff; the address gets the way in."""
    if not request.user.is_superuser:
        raise PermissionDenied
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            person = services.invite(facts["email"], name=facts["name"], by=request.user)
        except InvalidTransition as error:
            form.add_error("email", str(error))
        else:
            _log(request, person, labelled(_("Invited as staff"), facts["reason"]))
            messages.success(request, _("Invited. The email with the way in is on its way."))
            return redirect("start")
    return _form(request, form, title=_("Invite a colleague"), label=_("Invite"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def mail_arrived(request, uuid):
    """Where the link in a test mail leads: its reader says that it came."""
    person = links.holder(request, ARRIVED, uuid)
    if person is None:
        return keep_what_was_typed(request) if request.method == "POST" else sign_in_first(request)
    if not person.is_staff:
        raise Http404
    if request.method == "POST":
        services.note_arrival()
        if request.user == person:
            messages.success(request, _("Good: email arrives."))
            return redirect("start")
    is_noted = request.method == "POST"
    return render(request, "cops/mail_arrived.html", {"is_noted": is_noted})


def _office_page(request, form):
    return _form(request, form, title=_("Who you are and how people reach you"), label=_("Save"))


def _form(request, form, *, title, label):
    context = {"title": title, "form": form, "label": label, "record_url": reverse("start")}
    return _page(request, "admin/verb.html", context)


def _page(request, template, context):
    return render(request, template, {**admin.site.each_context(request), **context})


def _log(request, record, what):
    LogEntry.objects.log_actions(
        request.user.pk, [record], CHANGE, change_message=what, single_object=True
    )
