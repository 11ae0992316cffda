"""The form of an application: its sections, each kept as it is typed, then sent."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from applications.forms.application import SECTIONS, fetch, is_complete, sections_of
from applications.models import Status
from applications.services import intake
from applications.views.door import own, too_late
from applications.words import field_value, standing


def edit_view(request, application):
    """Show the sections and what is still to do."""
    if not application.may_be_edited:
        return redirect(application)
    fetch(application)
    parts = [
        {
            "name": title,
            "url": section_url(application, key),
            "state": form.state(application),
        }
        for key, (title, form) in sections_of(application).items()
    ]
    done = sum(part["state"] == "done" for part in parts)
    all_done = done == len(parts)
    sending = {
        "name": _("Check and send"),
        "url": application.get_absolute_url() if all_done else "",
        "state": "todo" if all_done else "waiting",
    }
    return render(
        request,
        "applications/application_edit.html",
        {
            "application": application,
            "tasks": [*parts, sending],
            "parts": len(parts),
            "done": done,
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
        return too_late(request, application, application.why_closed)
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
            return too_late(request, application, str(error))
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
    return too_late(request, application, told)


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
    keys = list(SECTIONS)
    for key in keys[keys.index(section) + 1 :]:
        if SECTIONS[key][1].is_asked(application):
            return section_url(application, key)
    return application.get_absolute_url()


def section_url(application, key):
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
            return too_late(request, application, str(error))
    return redirect(application)


urls = [
    path(
        "applications/<uuid:uuid>/edit/",
        own(edit_view, staff_write=True),
        name="application-edit",
    ),
    path(
        "applications/<uuid:uuid>/edit/<slug:section>/",
        own(section_view, staff_write=True),
        name="application-section",
    ),
    path(
        "applications/<uuid:uuid>/submit/",
        own(submit_view, staff_write=True),
        name="application-submit",
    ),
]
