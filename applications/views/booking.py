"""An interview as the applicant sees it: the times to choose from, what she booked.

One address serves both sides: an interviewer who opens it gets her own page.
"""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import clock, links
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import sign_in_first
from applications.forms.interview import BookingForm
from applications.forms.selection import ReasonForm
from applications.models import Interview, Slot
from applications.services import interviews as services
from applications.views.guests import guest
from applications.views.interview import attempt, work_page
from applications.words import standing
from notifications import add_to

VERB = "applications:interview"


@never_cache
@login_not_required
def interview(request, uuid):
    person = guest(request, VERB, uuid, interview__uuid=uuid)
    if person is None:
        return sign_in_first(request)
    hers = Interview.objects.of_applicant(person).with_people().filter(uuid=uuid).first()
    if hers:
        return _invitation(request, hers)
    if not request.user.is_authenticated:
        return sign_in_first(request)
    return work_page(request, uuid)


def _her_interview(request, uuid):
    """Return (person, her interview), or (None, None) when nobody is known to ask."""
    person = guest(request, VERB, uuid, interview__uuid=uuid)
    if person is None:
        return None, None
    hers = Interview.objects.of_applicant(person).with_people()
    return person, get_object_or_404(hers, uuid=uuid)


def _invitation(request, interview, *, reason_form=None, status=200):
    application = interview.application
    if interview.event:
        links.lead_on(request, application.person, add_to.PAGE, interview.event.uuid)
    may_move = interview.may_be_changed and interview.is_open
    may_choose = interview.may_be_booked or may_move
    slots = Slot.objects.offered_to(application).with_panels() if may_choose else []
    return render(
        request,
        "applications/interview.html",
        {
            "interview": interview,
            "application": application,
            "standing": standing(application),
            "cohort": application.cohort,
            "days": _by_day(slots),
            "may_choose": may_choose,
            "may_move": may_move,
            "own_zone": application.person.time_zone,
            "reason_form": reason_form or ReasonForm(),
        },
        status=status,
    )


def _by_day(slots):
    """Group slots by the day on their own clock: (date, [slot, ...])."""
    return [
        (day, list(group)) for day, group in groupby(slots, lambda slot: slot.local_start.date())
    ]


@require_POST
@never_cache
@login_not_required
def interview_book(request, uuid):
    """Book a first time, or move to another slot: the same press, the same list."""
    person, interview = _her_interview(request, uuid)
    if person is None:
        return sign_in_first(request)
    form = BookingForm(request.POST)
    slot = Slot.objects.filter(uuid=form.cleaned_data["slot"]).first() if form.is_valid() else None
    is_move = interview.status == Interview.Status.BOOKED
    if is_move and slot and slot.pk == interview.slot_id:
        return redirect(interview)
    try:
        if slot is None:
            raise services.SlotTaken
        (services.move if is_move else services.book)(interview, slot, by=person)
    except services.SlotTaken as error:
        messages.warning(request, str(error))
        return _invitation(request, _her_interview(request, uuid)[1], status=409)
    except InvalidTransition as error:
        return refuse(request, str(error), interview)
    messages.success(
        request,
        _("Booked: %(when)s. A confirmation is on its way to you.")
        % {"when": clock.spoken(slot.starts_at, slot.zone)},
    )
    return redirect(interview)


@require_POST
@never_cache
@login_not_required
def interview_release(request, uuid):
    person, interview = _her_interview(request, uuid)
    if person is None:
        return sign_in_first(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _invitation(request, interview, reason_form=form, status=422)
    return attempt(
        request,
        lambda: services.release(interview, by=person, reason=form.cleaned_data["reason"]),
        _("Your interview is cancelled. Please choose another time."),
        led_to=interview,
        mailbox=interview.application.cohort.mailbox,
    )


urls = [
    path("interviews/<uuid:uuid>/", interview, name="interview"),
    path("interviews/<uuid:uuid>/book/", interview_book, name="interview-book"),
    path("interviews/<uuid:uuid>/release/", interview_release, name="interview-release"),
]
