"""Interviews as the interviewer, and as the applicant, sees them."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.views import keep_what_was_typed, sign_in_first
from applications.forms.interview import AssessmentForm, BookingForm, InsightForm, SlotsForm
from applications.forms.selection import ReasonForm
from applications.models import HALF_DAYS, Interview, Slot, Status
from applications.models.interview import from_her_organization
from applications.services import assessments
from applications.services import interviews as services
from applications.views.guests import guest
from cops.models import CohortRole

VERB = "applications:interview"


# The interviewer


def _interviewer(request):
    """Return the person signed in, or 404 for whoever interviews nobody."""
    if not request.user.cohort_roles.filter(role=CohortRole.Role.INTERVIEWER).exists():
        raise Http404
    return request.user


def interviews(request):
    person = _interviewer(request)
    mine = Interview.objects.of_interviewer(person).with_people()
    unwritten = mine.exclude(assessments__in=person.assessments.exclude(done_at=None))
    now = timezone.now()
    return render(
        request,
        "applications/interviews.html",
        {
            "booked": mine.booked().filter(slot__ends_at__gt=now).order_by("slot__starts_at"),
            "to_write": unwritten.exclude(status=Interview.Status.MISSED)
            .filter(slot__ends_at__lte=now)
            .order_by("slot__starts_at"),
            "free": Slot.objects.free().of_person(person).with_panels(),
        },
    )


def slots_publish(request):
    form = SlotsForm(request.POST or None, person=_interviewer(request))
    if request.method == "POST" and form.is_valid():
        try:
            slots = form.publish()
        except InvalidTransition as error:
            form.add_error("at", str(error))
        else:
            messages.success(
                request, _("Published: %(count)d times to choose from.") % {"count": len(slots)}
            )
            return redirect("applications:interviews")
    return render(request, "applications/slots_publish.html", {"form": form})


@require_POST
def slot_withdraw(request, uuid):
    slot = get_object_or_404(Slot.objects.of_person(_interviewer(request)), uuid=uuid)
    _try(request, lambda: services.withdraw_slot(slot), _("This time is no longer offered."))
    return redirect("applications:interviews")


def _visible_interview(request, uuid):
    """The interview as staff or an interviewer of its panel may see it, else 404."""
    interview = get_object_or_404(
        Interview.objects.visible_to(request.user).with_people(), uuid=uuid
    )
    is_her_own = interview.application.person_id == request.user.pk
    if is_her_own or request.user.pk in from_her_organization(interview.application):
        raise Http404
    return interview


def _work(request, interview, *, status=200, **shown):
    """The page an interviewer works on: the application beside her assessment."""
    application = interview.application
    assessment = assessments.of(interview, request.user)
    is_on_panel = interview.slot_id and request.user in interview.slot.interviewers
    criteria = application.cohort.criteria.prefetch_related("anchors")
    others = interview.assessments.exclude(interviewer=request.user).exclude(done_at=None)
    may_see_others = assessment.done_at or not is_on_panel
    return render(
        request,
        "applications/interview_work.html",
        {
            "interview": interview,
            "application": application,
            "answers": _answers(application),
            "is_on_panel": is_on_panel,
            "assessment": assessment,
            "form": AssessmentForm(assessment=assessment, criteria=criteria),
            "insight_form": InsightForm(cohort=application.cohort),
            "insights": interview.insights.select_related("focus_area", "author"),
            "others": others.select_related("interviewer").prefetch_related("scores__criterion")
            if may_see_others
            else [],
            "others_hidden": not may_see_others and others.exists(),
            "may_say": interview.status == Interview.Status.BOOKED and interview.has_begun,
        }
        | shown,
        status=status,
    )


def _answers(application):
    """What the applicant told us, as rows: an interviewer knows whom she talks to."""
    person = application.person
    half_days = dict(HALF_DAYS)
    rows = [
        (_("Name"), application.name or person.name),
        (_("Mail address"), person.email),
        (_("Phone"), application.phone),
        (
            _("Where"),
            ", ".join(filter(None, map(str, (application.town, application.region or "")))),
        ),
        (_("Organization"), application.organization_name),
        (_("Role"), application.job),
        (_("Experience"), application.get_level_display()),
        (_("When the team tries something new"), application.get_authority_display()),
        (_("What to change, and why now"), application.motivation),
        (_("Something to try"), application.trial_idea),
        (_("How the hours are found"), application.hours_plan),
        (
            _("Programmes"),
            ", ".join(
                f"{experience} ({experience.years})" if experience.years else str(experience)
                for experience in application.experiences.select_related("program")
            ),
        ),
        (
            _("Focus areas, by wish"),
            ", ".join(
                str(choice.focus_area)
                for choice in application.choices.select_related("focus_area")
            ),
        ),
        (
            _("Can meet"),
            ", ".join(str(half_days[key]) for key in application.availability if key in half_days),
        ),
        (_("Language for the interview"), application.get_interview_language_display()),
        (_("What to arrange"), application.access_needs),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@require_POST
def assessment_save(request, uuid):
    interview = _visible_interview(request, uuid)
    if not interview.slot_id or request.user not in interview.slot.interviewers:
        raise Http404
    assessment = assessments.of(interview, request.user)
    criteria = interview.application.cohort.criteria.prefetch_related("anchors")
    form = AssessmentForm(request.POST, assessment=assessment, criteria=criteria)
    if not form.is_valid():
        return _work(request, interview, form=form)
    is_done = "done" in request.POST
    try:
        assessments.save(
            assessment,
            version=form.cleaned_data["version"],
            notes=form.cleaned_data["notes"],
            scores=form.scores(),
            done=is_done,
        )
    except assessments.ChangedMeanwhile:
        stored = assessments.of(interview, request.user)
        form.data = form.data.copy()
        form.data["version"] = stored.version
        return _work(request, interview, form=form, stored=stored, status=409)
    except InvalidTransition as error:
        messages.error(request, str(error))
        return _work(request, interview, form=form)
    messages.success(
        request,
        _("Saved, and marked as done. You now see what the other interviewer noted.")
        if is_done
        else _("Saved. You can go on whenever you like."),
    )
    return redirect(interview)


@require_POST
def insight_add(request, uuid):
    interview = _visible_interview(request, uuid)
    form = InsightForm(request.POST, cohort=interview.application.cohort)
    if not form.is_valid():
        return _work(request, interview, insight_form=form)
    form.instance.interview, form.instance.author = interview, request.user
    form.save()
    messages.success(request, _("The insight is kept. Add another one, or go on with your notes."))
    return redirect(interview.get_absolute_url() + "#insights")


@require_POST
def interview_held(request, uuid):
    interview = _visible_interview(request, uuid)
    _try(
        request,
        lambda: interview.mark_held(by=request.user),
        _("Noted: the interview took place."),
    )
    return redirect(interview)


@require_POST
def interview_missed(request, uuid):
    interview = _visible_interview(request, uuid)
    _try(
        request,
        lambda: interview.mark_missed(by=request.user),
        _("Noted: nobody came. Staff can send a new invitation."),
    )
    return redirect(interview)


# The applicant


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
    return _work(request, _visible_interview(request, uuid))


def _her_interview(request, uuid):
    """Return (person, her interview), or (None, None) when nobody is known to ask."""
    person = guest(request, VERB, uuid, interview__uuid=uuid)
    if person is None:
        return None, None
    hers = Interview.objects.of_applicant(person).with_people()
    return person, get_object_or_404(hers, uuid=uuid)


def _invitation(request, interview, *, status=200):
    application = interview.application
    may_move = interview.may_be_changed and application.status == Status.INTERVIEW
    may_choose = interview.may_be_booked or may_move
    slots = Slot.objects.offered_to(application).with_panels() if may_choose else []
    return render(
        request,
        "applications/interview.html",
        {
            "interview": interview,
            "application": application,
            "cohort": application.cohort,
            "days": _by_day(slots),
            "may_choose": may_choose,
            "may_move": may_move,
            "own_zone": application.person.time_zone,
            "reason_form": ReasonForm(),
        },
        status=status,
    )


def _by_day(slots):
    """Group slots by the day on their own clock: (date, [slot, ...])."""
    return [
        (day, list(group)) for day, group in groupby(slots, lambda slot: slot.local_start.date())
    ]


@require_POST
@login_not_required
def interview_book(request, uuid):
    """Book a first time, or move to another slot: the same press, the same list."""
    person, interview = _her_interview(request, uuid)
    if person is None:
        return keep_what_was_typed(request)
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
        messages.error(request, str(error))
        return _invitation(request, _her_interview(request, uuid)[1], status=409)
    except InvalidTransition as error:
        messages.error(request, str(error))
        return redirect(interview)
    messages.success(
        request,
        _("Booked: %(when)s. A confirmation is on its way to you.")
        % {"when": clock.spoken(slot.starts_at, slot.zone)},
    )
    return redirect(interview)


@require_POST
@login_not_required
def interview_release(request, uuid):
    person, interview = _her_interview(request, uuid)
    if person is None:
        return keep_what_was_typed(request)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    _try(
        request,
        lambda: services.release(interview, by=person, reason=reason),
        _("Your interview is cancelled. Please choose another time."),
    )
    return redirect(interview)


def _try(request, verb, said):
    try:
        verb()
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)


urls = [
    path("interviews/", interviews, name="interviews"),
    path("interviews/slots/", slots_publish, name="slots-publish"),
    path("interviews/slots/<uuid:uuid>/withdraw/", slot_withdraw, name="slot-withdraw"),
    path("interviews/<uuid:uuid>/", interview, name="interview"),
    path("interviews/<uuid:uuid>/book/", interview_book, name="interview-book"),
    path("interviews/<uuid:uuid>/release/", interview_release, name="interview-release"),
    path("interviews/<uuid:uuid>/notes/", assessment_save, name="interview-notes"),
    path("interviews/<uuid:uuid>/insights/", insight_add, name="interview-insight"),
    path("interviews/<uuid:uuid>/held/", interview_held, name="interview-held"),
    path("interviews/<uuid:uuid>/missed/", interview_missed, name="interview-missed"),
]
