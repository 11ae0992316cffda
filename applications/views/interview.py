"""The interviewer's pages: her times, her interviews, notes, scores and insights."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import once
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from applications.blind import projection
from applications.conflicts import near_interviewers
from applications.forms.interview import AssessmentForm, InsightForm, SlotsForm
from applications.models import Insight, Interview, Slot
from applications.services import assessments
from applications.services import interviews as services
from cops.models import CohortRole


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


@once.only
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
    return attempt(
        request,
        lambda: services.withdraw_slot(slot),
        _("This time is no longer offered."),
        led_to="applications:interviews",
    )


def _visible_interview(request, uuid):
    """The interview as staff or an interviewer of its panel may see it, else 404."""
    interview = get_object_or_404(
        Interview.objects.visible_to(request.user).with_people(), uuid=uuid
    )
    is_her_own = interview.application.person_id == request.user.pk
    if is_her_own or request.user.pk in near_interviewers(interview.application):
        raise Http404
    return interview


class Work:
    """What an interviewer types on the page of an interview, kept whole or not at all.

    ``notes`` is the form of who is on the panel, else None. ``insight`` may stay empty, unless
    she ``adds`` it.
    """

    def __init__(self, request, interview, *, adds=False):
        cohort = interview.application.cohort
        data = request.POST if request.method == "POST" else None
        self.assessment = assessments.of(interview, request.user)
        self.notes = None
        if _is_on_panel(request, interview) and (data is None or "version" in data):
            criteria = cohort.criteria.prefetch_related("anchors")
            self.notes = AssessmentForm(data, assessment=self.assessment, criteria=criteria)
        self.insight = InsightForm(
            data,
            cohort=cohort,
            instance=Insight(interview=interview, author=request.user),
            empty_permitted=not adds,
        )

    @property
    def begins_insight(self) -> bool:
        return self.insight.has_changed()

    def is_valid(self) -> bool:
        is_written = self.notes is None or self.notes.is_valid()
        return self.insight.is_valid() and is_written

    def save(self, *, done: bool) -> None:
        """Raises ChangedMeanwhile and InvalidTransition, as ``assessments.save`` does."""
        if self.notes and (done or self.notes.has_changed()):
            assessments.save(
                self.assessment,
                version=self.notes.cleaned_data["version"],
                notes=self.notes.cleaned_data["notes"],
                scores=self.notes.scores(),
                done=done,
            )
        if self.begins_insight:
            assessments.keep(self.insight.instance)


def _is_on_panel(request, interview) -> bool:
    on_panel = interview.slot_id and request.user in interview.slot.interviewers
    return bool(on_panel and not request.user.is_superuser)


def _work_page(request, interview, work, *, stored=None, status=200):
    """The page an interviewer works on: the application beside her assessment."""
    application = interview.application
    others = interview.assessments.exclude(interviewer=request.user).exclude(done_at=None)
    may_see_others = not request.user.is_superuser and (
        work.assessment.done_at or not _is_on_panel(request, interview)
    )
    return render(
        request,
        "applications/interview_work.html",
        {
            "interview": interview,
            "application": application,
            "answers": _answers(application),
            "assessment": work.assessment,
            "stored": stored,
            "form": work.notes,
            "insight_form": work.insight,
            "insights": interview.insights.with_consent().select_related("focus_area", "author"),
            "others": others.select_related("interviewer").prefetch_related("scores__criterion")
            if may_see_others
            else [],
            "others_hidden": not may_see_others and others.exists(),
            "may_say": interview.status == Interview.Status.BOOKED and interview.has_begun,
        },
        status=status,
    )


def _answers(application):
    """What the applicant told us, as rows: an interviewer knows whom she talks to."""
    told = projection(application, is_blind=False)
    who = {
        _("Name"): application.name or application.person.name,
        _("Email address"): application.person.email,
        _("Phone"): application.phone,
        _("Where"): ", ".join(filter(None, [application.town, str(application.region or "")])),
        _("Organization"): application.organization_name,
        _("Role"): application.job,
    }
    arrange = {
        _("Language for the interview"): application.get_interview_language_display(),
        _("What to arrange"): application.access_needs,
    }
    rows = [*_rows(who), *told["texts"], *told["facts"], *_rows(arrange)]
    return [row for row in rows if row["value"]]


def _rows(facts) -> list[dict]:
    return [{"label": label, "value": value} for label, value in facts.items()]


def _keep(request, interview, said, *, verb=None, done=False, adds=False):
    """Keep all that is typed on the page, then run ``verb``; where it cannot be, show both."""
    work = Work(request, interview, adds=adds)
    if not work.is_valid():
        return _work_page(request, interview, work)
    try:
        with transaction.atomic():
            work.save(done=done)
            if verb:
                verb(by=request.user)
    except assessments.ChangedMeanwhile:
        stored = assessments.of(interview, request.user)
        work.notes.data = work.notes.data.copy()
        work.notes.data["version"] = stored.version
        return _work_page(request, interview, work, stored=stored, status=409)
    except InvalidTransition as error:
        if work.notes is None:
            return refuse(request, str(error), interview)
        work.notes.add_error(None, str(error))
        return _work_page(request, interview, work, status=409)
    if work.begins_insight and not adds:
        said = _("%(said)s The insight is kept too.") % {"said": said}
    messages.success(request, said)
    return redirect(interview.get_absolute_url() + ("#insights" if adds else ""))


@require_POST
@once.only
def assessment_save(request, uuid):
    interview = _visible_interview(request, uuid)
    if not _is_on_panel(request, interview):
        raise Http404
    is_done = "done" in request.POST
    said = (
        _("Saved, and marked as done. You now see what the other interviewer noted.")
        if is_done
        else _("Saved. You can go on whenever you like.")
    )
    return _keep(request, interview, said, done=is_done)


@require_POST
@once.only
def insight_add(request, uuid):
    interview = _visible_interview(request, uuid)
    said = _("The insight is kept. Add another one, or go on with your notes.")
    return _keep(request, interview, said, adds=True)


@require_POST
@once.only
def interview_held(request, uuid):
    interview = _visible_interview(request, uuid)
    said = _("Noted: the interview took place.")
    return _keep(request, interview, said, verb=interview.mark_held)


@require_POST
@once.only
def interview_missed(request, uuid):
    interview = _visible_interview(request, uuid)
    said = _("Noted: nobody came. Staff can send a new invitation.")
    return _keep(request, interview, said, verb=interview.mark_missed)


def work_page(request, uuid):
    interview = _visible_interview(request, uuid)
    return _work_page(request, interview, Work(request, interview))


def attempt(request, verb, said, *, led_to, mailbox=""):
    """Run ``verb``, then say ``said``, or why it could not be."""
    try:
        verb()
    except InvalidTransition as error:
        return refuse(request, str(error), led_to, mailbox=mailbox)
    messages.success(request, said)
    return redirect(led_to)


urls = [
    path("interviews/", interviews, name="interviews"),
    path("interviews/slots/", slots_publish, name="slots-publish"),
    path("interviews/slots/<uuid:uuid>/withdraw/", slot_withdraw, name="slot-withdraw"),
    path("interviews/<uuid:uuid>/notes/", assessment_save, name="interview-notes"),
    path("interviews/<uuid:uuid>/insights/", insight_add, name="interview-insight"),
    path("interviews/<uuid:uuid>/held/", interview_held, name="interview-held"),
    path("interviews/<uuid:uuid>/missed/", interview_missed, name="interview-missed"),
]
