"""Asking for another format, for something to take part, or about one's own data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links, office, once
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import keep_what_was_typed, sign_in_first
from cops import access
from cops.forms import TRAP, AccessForm, CorrectionForm, ErasureForm
from cops.models import AccessRequest

# What a link in a mail lets its person open.
OWN = "cops:access-request"
WAITING = gettext_lazy("Several of these requests wait for our answer already.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once.only
@login_not_required
def ask(request):
    """Ask without an account. A known and an unknown address get the same answer."""
    person = request.user if request.user.is_authenticated else None
    form = AccessForm(request.POST or None, person=person)
    if request.method == "POST" and request.POST.get(TRAP):
        return redirect("cops:access-sent")
    if request.method == "POST" and form.is_valid():
        try:
            if person:
                return redirect(access.ask_own(person, **form.cleaned_data))
            access.ask_from_form(**form.cleaned_data)
            return redirect("cops:access-sent")
        except access.TooMany:
            form.add_error(None, WAITING)
        except access.Flooded:
            words = _("Too many requests arrive right now. Please write to %(mailbox)s.")
            form.add_error(None, words % {"mailbox": office.current().mailbox})
    return render(request, "cops/access.html", {"form": form, "trap": TRAP})


@require_safe
@login_not_required
def sent(request):
    return render(request, "cops/access_sent.html", {"days": AccessRequest.DAYS})


@never_cache
@require_safe
@login_not_required
def request_page(request, uuid):
    """What she asked for and where it stands: for her alone."""
    asked = _own(request, uuid)
    if asked is None:
        return _not_here(request)
    return render(request, "cops/access_request.html", {"asked": asked})


@require_POST
@login_not_required
def withdraw(request, uuid):
    asked = _own(request, uuid)
    if asked is None:
        return _not_here(request)
    try:
        access.withdraw(asked, by=asked.person)
    except InvalidTransition as error:
        return refuse(request, str(error), asked)
    messages.success(request, _("Your request is taken back."))
    return redirect(asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once.only
def correction(request):
    return _ask_about_data(
        request, CorrectionForm, AccessRequest.Kind.CORRECTION, "cops/ask_correction.html"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once.only
def erasure(request):
    return _ask_about_data(
        request, ErasureForm, AccessRequest.Kind.ERASURE, "cops/ask_erasure.html"
    )


def _ask_about_data(request, form_class, kind, template):
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            words = form.cleaned_data["words"] or _("No reason given.")
            return redirect(access.ask_own(request.user, words, kind=kind))
        except InvalidTransition as error:
            form.add_error(None, str(error))
        except access.TooMany:
            form.add_error(None, WAITING)
    context = {"form": form, "days": AccessRequest.DAYS[kind]}
    return render(request, template, context)


def _own(request, uuid):
    """Return the request if its person is signed in or came by the link in her mail."""
    people = [links.holder(request, OWN, uuid)]
    people += [request.user] if request.user.is_authenticated else []
    own = AccessRequest.objects.with_people().filter(uuid=uuid)
    found = (own.filter(person=person).first() for person in people if person)
    return next((asked for asked in found if asked), None)


def _not_here(request):
    if not request.user.is_authenticated:
        return keep_what_was_typed(request) if request.method == "POST" else sign_in_first(request)
    raise Http404
