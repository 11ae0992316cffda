"""The door of a code: into a call that takes no applications, or on with a draft that came late."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from accounts import links
from accounts.lifecycle import InvalidTransition
from applications.forms.apply import CodeForm
from applications.models import AccessCode
from applications.models.code import REFUSED
from applications.services import intake
from applications.views.door import OWN, own
from cops.models import Cohort

CODE = "applications:apply-code"  # by the link of the mail with a code
HELD = "access_codes"  # in the session, by call


def held(request, cohort) -> AccessCode | None:
    """Return the code that was typed in this browser, while it lets somebody into ``cohort``."""
    key = request.session.get(HELD, {}).get(cohort.slug)
    code = cohort.access_codes.select_related("deadline").filter(pk=key).first() if key else None
    return code if code and code.lets_in() else None


@login_not_required
def apply_code(request, slug):
    """Ask for the code, and go on to the usual way in; who was sent one finds it typed."""
    cohort = get_object_or_404(Cohort.objects.published(), slug=slug)
    if cohort.is_open:
        return redirect("applications:apply-to", cohort.slug)
    person = links.acting_person(request, CODE, cohort.slug)
    meant = cohort.access_codes.select_related("deadline", "cohort").meant_for(person)
    draft = meant.late_draft_of(person) if meant else None
    if draft:
        links.lead_on(request, person, OWN, draft.uuid)
        return redirect("applications:application-code", draft.uuid)
    form = CodeForm(request.POST or None, initial={"code": str(meant or "")})
    code = _typed(request, form, cohort, person)
    if code is None:
        return _ask(request, form, cohort)
    request.session[HELD] = {**request.session.get(HELD, {}), cohort.slug: code.pk}
    return redirect("applications:apply-to", cohort.slug)


def application_code(request, application):
    """Let a draft that was not sent in time be sent after all."""
    if not application.may_use_code:
        return redirect(application)
    cohort = application.cohort
    codes = cohort.access_codes.select_related("deadline")
    meant = codes.meant_for(application.person) if request.is_proved else None
    form = CodeForm(request.POST or None, initial={"code": str(meant or "")})
    code = _typed(request, form, cohort, application.person)
    if code:
        try:
            intake.let_in(application, code)
            return redirect("applications:application-edit", application.uuid)
        except InvalidTransition as error:
            form.add_error("code", str(error))
    return _ask(request, form, cohort, application)


def _typed(request, form, cohort, person) -> AccessCode | None:
    """Return the code that was typed, if it lets ``person`` in; else the form says why not."""
    if not form.is_valid():
        return None
    if not ratelimit.consume(request, action="access_code"):
        form.add_error("code", _("Too many codes were tried from here. Wait ten minutes."))
        return None
    typed = cohort.access_codes.select_related("deadline").matching(form.cleaned_data["code"])
    code = typed.first()
    if code is None or not code.lets_in(person):
        form.add_error("code", REFUSED)
        return None
    return code


def _ask(request, form, cohort, application=None):
    context = {"cohort": cohort, "form": form, "application": application}
    status = 200 if form.is_bound is False else 400
    return render(request, "applications/apply_code.html", context, status=status)


urls = [
    path("apply/<slug:slug>/code/", apply_code, name="apply-code"),
    path("applications/<uuid:uuid>/code/", own(application_code), name="application-code"),
]
