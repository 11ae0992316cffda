"""An applicant's own pages: the form in sections, check and send, status, withdraw.

A draft belongs to the browser that started it until its person opens the link
sent to the address and confirms; from then on it is hers alone, by link or sign-in.
"""

from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import clock, links
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse, typed
from accounts.views import SAFE_METHODS, sign_in_first
from applications import way
from applications.forms.application import (
    SECTIONS,
    WithdrawForm,
    fetch,
    is_complete,
    sections_of,
)
from applications.models import Application, Status
from applications.services import again, entered, intake, selection
from applications.words import answers, field_value, standing

# What a link in a mail lets its person do, and what starting a draft lets a browser do.
OWN = "applications:application"
STARTED = "applications:apply-start"
links.named(OWN, gettext_lazy("My application"), OWN)
links.named(STARTED, gettext_lazy("My application"), OWN)


def own(view):
    """Hand ``view`` the applicant's own application; a stranger gets 404, a guest the door."""

    @wraps(view)
    def guarded(request, uuid, **kwargs):
        person = links.acting_person(request, OWN, uuid)
        # Whose draft this browser started; being signed in is not enough.
        starter = links.holder(request, STARTED, uuid)
        applications = Application.objects.with_conflicts().select_related("cohort", "person")
        mine = applications.filter(uuid=uuid)
        application = mine.filter(person=person).first() if person else None
        # Whether the mailbox is known to be hers, by its link or by sign-in.
        request.is_proved = application is not None
        if application is None and starter:
            application = mine.filter(person=starter, awaits_confirmation=True).first()
        if application is None and request.user.is_staff and view in WRITING:
            application = mine.being_entered().exclude(cohort__roles__person=request.user).first()
        request.enters = application is not None and not (request.is_proved or starter)
        if application is None:
            if person:
                raise Http404
            if starter and request.method in SAFE_METHODS and mine.filter(person=starter).exists():
                messages.info(request, _confirmed_elsewhere())
            return sign_in_first(request)
        helps_to_choose = application.is_conflicted or application.person.is_staff
        request.may_go_on = not (request.is_proved and helps_to_choose)
        if not (request.may_go_on or is_left_to(application.person, view)):
            return conflict(request)
        is_unclaimed = application.awaits_confirmation and application.is_open
        asks_first = view is status_view or (view is not confirm_view and not starter)
        # What she sends was typed already: it is kept first, and her next page asks.
        asks_first = asks_first and request.method in SAFE_METHODS
        if request.is_proved and is_unclaimed and asks_first:
            return redirect("applications:application-confirm", uuid)
        return view(request, application, **kwargs)

    return never_cache(login_not_required(guarded))


def _confirmed_elsewhere() -> str:
    return _(
        "This application is confirmed by now, so it opens by the link in our email, or after you "
        "sign in here with your address."
    )


def conflict(request):
    """Say that who helps to choose in a call does not apply there; hand back what she typed."""
    return render(request, "applications/apply_conflict.html", typed(request), status=403)


def is_left_to(person, view) -> bool:
    """Whether who helps to choose in the call may still do this to an application of hers."""
    return view is status_view or (view is withdraw_view and not person.is_staff)


def status_view(request, application):
    """Show where it stands; a draft that is complete, its answers to be checked and sent."""
    fetch(application)
    to_send = application.may_be_edited and request.may_go_on
    if to_send and not is_complete(application):
        return redirect("applications:application-edit", application.uuid)
    change = (lambda key: _section_url(application, key)) if to_send else None
    return render(
        request,
        "applications/application.html",
        {
            "application": application,
            "to_send": to_send,
            "may_withdraw": application.is_open and is_left_to(application.person, withdraw_view),
            "may_have_copy": request.is_proved and not application.person.is_staff,
            "standing": standing(application),
            "way": [] if application.person.is_staff else way.of(application),
            "sections": answers(application, sections_of(application), form_url=change),
            "shows_all": request.GET.get("show") == "all",
        },
    )


def edit_view(request, application):
    """Show the sections and what is still to do."""
    if not application.may_be_edited:
        return redirect(application)
    fetch(application)
    tasks = [
        {
            "name": title,
            "url": _section_url(application, key),
            "state": form.state(application),
        }
        for key, (title, form) in sections_of(application).items()
    ]
    all_done = all(task["state"] == "done" for task in tasks)
    tasks.append(
        {
            "name": _("Check and send"),
            "url": application.get_absolute_url() if all_done else "",
            "state": "todo" if all_done else "waiting",
        }
    )
    return render(
        request,
        "applications/application_edit.html",
        {
            "application": application,
            "tasks": tasks,
            "done": sum(task["state"] == "done" for task in tasks),
            "standing": standing(application),
        },
    )


def section_view(request, application, section):
    """One page of the form. Whatever can be kept is kept, right or wrong, whichever button."""
    if section not in SECTIONS:
        raise Http404
    title, form_class = SECTIONS[section]
    prefetch_related_objects([application], *form_class.rows)
    if not form_class.is_asked(application):
        return _not_asked(request, application)
    if not application.may_be_edited:
        return _refuse(request, application, application.why_closed)
    typed = request.POST if request.method == "POST" else None
    form = form_class(typed, request.FILES or None, application=application)
    if "autosave" in request.POST:
        return _autosave(application, form, request.POST.get("seen", ""))
    changes, status = [], 200
    if request.method == "POST":
        is_right = form.is_valid()
        try:
            intake.save(
                application, form_class, dict(form.keepable), seen=request.POST.get("seen", "")
            )
        except intake.Stale:
            application.refresh_from_db()
            prefetch_related_objects([application], *form_class.rows)
            changes, status = _both_texts(form, form_class, application), 409
        except InvalidTransition as error:
            return _refuse(request, application, str(error))
        else:
            if section == "about" and application.town and not application.region_id:
                words = _(
                    "We know no region for %(town)s. Choose it under “%(section)s”, or leave it to "
                    "us: it stops nothing."
                )
                messages.info(request, words % {"town": application.town, "section": title})
            if "later" in request.POST:
                messages.success(request, _("Saved. Come back when it suits you."))
                return redirect("applications:application-edit", application.uuid)
            if is_right:
                return redirect(_next(application, section))
            prefetch_related_objects([application], *form_class.rows)
    return render(
        request,
        "applications/application_section.html",
        {
            "application": application,
            "title": title,
            "form": form,
            "changes": changes,
            "seen": intake.fingerprint(form_class.stored(application)),
            "is_kept": request.method == "POST" and not changes,
        },
        status=status,
    )


def _not_asked(request, application):
    """Hand back what came to a part that was asked when its page was loaded."""
    if request.method != "POST":
        raise Http404
    told = _("This part is not asked any more.")
    if "autosave" in request.POST:
        return JsonResponse({"trouble": told}, status=409)
    return _refuse(request, application, told)


def _autosave(application, form, seen):
    """Keep what is typed while it is typed; answers a script, which shows what it is told."""
    form.is_valid()
    try:
        intake.save(application, type(form), dict(form.keepable), seen=seen)
    except intake.Stale:
        told = _("This part was changed elsewhere. Nothing is lost: save, and you see both.")
        return JsonResponse({"trouble": told}, status=409)
    except InvalidTransition as error:
        return JsonResponse({"trouble": str(error)}, status=409)
    prefetch_related_objects([application], *form.rows)
    her_clock = ZoneInfo(application.person.time_zone)
    at = clock.spoken_time(timezone.localtime(timezone=her_clock))
    seen = intake.fingerprint(form.stored(application))
    note = _("Saved at %(at)s") % {"at": at}
    if any(error.code == "late" for errors in form.errors.as_data().values() for error in errors):
        note = _("%(note)s. One answer came too late: save the page to see which.") % {"note": note}
    return JsonResponse({"seen": seen, "note": note})


def _refuse(request, application, why):
    return refuse(request, why, application, mailbox=application.cohort.mailbox)


def _both_texts(form, form_class, application):
    """Return label, what is kept now and what was typed here, for each answer that differs."""
    kept = form_class(application=application)
    both = [(kept[name], field_value(kept[name]), field_value(form[name])) for name in kept.fields]
    return [
        {"label": field.label, "kept": theirs, "typed": mine}
        for field, theirs, mine in both
        if theirs != mine
    ]


def _next(application, section):
    """Return the address of the section after ``section``, or of the check at the end."""
    keys = list(sections_of(application))
    place = keys.index(section) + 1
    if place < len(keys):
        return _section_url(application, keys[place])
    return application.get_absolute_url()


def _section_url(application, key):
    return reverse("applications:application-section", args=[application.uuid, key])


@require_POST
def submit_view(request, application):
    """Send it: it counts at this second."""
    fetch(application)
    if application.may_be_edited and not is_complete(application):
        led_to = reverse("applications:application-edit", args=[application.uuid])
        return refuse(request, _("Some answers are missing. Nothing is lost."), led_to)
    try:
        if request.enters:
            intake.submit(application, by=request.user)
            messages.success(request, _("Sent. The applicant gets a copy by email."))
            return redirect("admin:applications_application_change", application.pk)
        intake.submit(application)
        messages.success(request, _("Your application is sent."))
    except InvalidTransition as error:
        application.refresh_from_db()
        if application.status != Status.SUBMITTED:
            return _refuse(request, application, str(error))
    return redirect(application)


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
        return _refuse(request, application, str(error))
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
        return _refuse(request, application, _("This application is already closed."))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            selection.withdraw_application(
                application, by=application.person, reason=form.cleaned_data["reason"]
            )
        except InvalidTransition as error:
            return _refuse(request, application, str(error))
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
        return _refuse(request, application, str(error))
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


# What staff may do to an application that they write down for somebody.
WRITING = {status_view, edit_view, section_view, submit_view}

urls = [
    path("applications/<uuid:uuid>/", own(status_view), name="application"),
    path("applications/<uuid:uuid>/edit/", own(edit_view), name="application-edit"),
    path(
        "applications/<uuid:uuid>/edit/<slug:section>/",
        own(section_view),
        name="application-section",
    ),
    path("applications/<uuid:uuid>/submit/", own(submit_view), name="application-submit"),
    path("applications/<uuid:uuid>/correct/", own(correct_view), name="application-correct"),
    path("applications/<uuid:uuid>/copy/", own(copy_view), name="application-copy"),
    path("applications/<uuid:uuid>/confirm/", own(confirm_view), name="application-confirm"),
    path("applications/<uuid:uuid>/again/", own(again_view), name="application-again"),
    path("applications/<uuid:uuid>/withdraw/", own(withdraw_view), name="application-withdraw"),
]
