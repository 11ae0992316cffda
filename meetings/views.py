"""Pages of the meetings: the group reads them, its facilitators write them, each her own hours."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import DetailView, ListView, UpdateView

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.views import sign_in_first
from cops.models import Community
from meetings import identifiers, series, services
from meetings.forms import HoursForm, LeaveOutForm, MergeForm, MoveForm, NotesForm, SeriesForm
from meetings.models import ActionItem, HoursEntry, Meeting, Trial
from meetings.templatetags.meetings_parts import month
from notifications import calendar, ics
from notifications.models import Invitee


class Schedule(View):
    """Plan a biweekly series: first what it will do, then the act."""

    def dispatch(self, request, slug):
        communities = Community.objects.run_by(request.user).select_related("cohort")
        self.community = get_object_or_404(communities, slug=slug)
        return super().dispatch(request, slug)

    def get(self, request, slug):
        day = self.community.cohort.meetings_from
        return self.page(SeriesForm(initial={"on": day, "at": "13:00"}))

    def post(self, request, slug):
        form = SeriesForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        how_many = form.cleaned_data["how_many"]
        facts = form.facts
        try:
            plan = series.plan(
                self.community,
                form.wall,
                how_many=how_many,
                minutes=facts["minutes"],
                zone=facts["zone"],
            )
        except ValidationError as error:
            form.add_error("at", error)
            return self.page(form)
        leave_out = LeaveOutForm(request.POST, plan=plan)
        if "confirm" not in request.POST or not leave_out.is_valid():
            return self.page(form, plan)
        left_out = leave_out.cleaned_data["leave_out"]
        try:
            meetings = services.schedule(
                self.community, form.wall, how_many=how_many, leave_out=leave_out.days, **facts
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
            return self.page(form, plan, left_out)
        messages.success(
            request,
            ngettext(
                "%(count)s meeting is in everyone's calendar.",
                "%(count)s meetings are in everyone's calendar.",
                len(meetings),
            )
            % {"count": len(meetings)},
        )
        return redirect(self.community)

    def page(self, form, plan=None, left_out=()):
        context = {
            "community": self.community,
            "form": form,
            "plan": plan,
            "left_out": left_out,
        }
        return render(self.request, "meetings/schedule.html", context)


class MeetingDetail(DetailView):
    slug_field = slug_url_kwarg = "uuid"
    template_name = "meetings/meeting.html"

    def get_queryset(self):
        return Meeting.objects.visible_to(self.request.user).with_events()

    def get_context_data(self, **kwargs):
        meeting, person = self.object, self.request.user
        facilitates = Meeting.objects.logged_by(person).filter(pk=meeting.pk).exists()
        invitees = list(meeting.event.invitees.current().select_related("person__organization"))
        invited = next((one for one in invitees if one.person_id == person.pk), None)
        noted = [one for one in invitees if one.attendance]
        shows_notes = meeting.notes_are_ready or facilitates or person.is_staff
        return super().get_context_data(
            **kwargs,
            event=meeting.event,
            community=meeting.community,
            facilitates=facilitates,
            runs=facilitates or person.is_staff,
            invitees=invitees,
            invited=invited,
            may_answer=bool(invited) and meeting.event.is_live and not meeting.has_begun,
            came=sum(one.came for one in noted),
            noted=len(noted),
            shows_notes=shows_notes,
            agenda=meeting.agenda.select_related("carried_from__meeting"),
            decisions=meeting.decisions.all() if shows_notes else [],
            actions=meeting.actions.with_deadlines() if shows_notes else [],
            trials=Trial.objects.decided_in(meeting) if shows_notes else [],
            may_finish=set(
                ActionItem.objects.open()
                .may_be_done_by(person)
                .filter(meeting=meeting)
                .values_list("pk", flat=True)
            ),
            findings=identifiers.in_meeting(meeting) if facilitates else [],
            preceding=meeting.preceding(),
            following=meeting.following(),
        )


class Notes(View):
    """The facilitator's one screen."""

    def dispatch(self, request, uuid):
        meetings = Meeting.objects.logged_by(request.user).with_events()
        self.meeting = get_object_or_404(meetings, uuid=uuid)
        return super().dispatch(request, uuid)

    def get(self, request, uuid):
        if not self.meeting.notes_may_be_edited:
            messages.info(request, _("The notes of this meeting can no longer be changed."))
            return redirect(self.meeting)
        return self.page(NotesForm(meeting=self.meeting))

    def post(self, request, uuid):
        form = NotesForm(request.POST, meeting=self.meeting)
        if not form.is_valid():
            return self.page(form)
        try:
            conflicts = form.save(by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
            return self.page(form, status=409)
        if conflicts:
            context = {"meeting": self.meeting, "form": MergeForm(conflicts)}
            return render(request, "meetings/merge.html", context, status=409)
        if "ready" not in request.POST:
            messages.success(request, _("Saved."))
            return redirect("meetings:meeting-notes", uuid)
        try:
            services.finish_notes(self.meeting, by=request.user)
        except InvalidTransition as error:
            messages.error(request, _("Saved, but not finished. %(why)s") % {"why": error})
            return redirect("meetings:meeting-notes", uuid)
        messages.success(request, _("The notes are ready. You can send them to the group now."))
        return redirect(self.meeting)

    def page(self, form, status=200):
        context = {"meeting": self.meeting, "event": self.meeting.event, "form": form}
        return render(self.request, "meetings/notes.html", context, status=status)


@require_safe
def calendar_file(request, uuid):
    meeting = get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("event", "community__cohort"),
        uuid=uuid,
    )
    body = ics.for_event(meeting.event, mailbox=meeting.community.cohort.mailbox)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.number}.ics"'
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, uuid):
    """ "I can't come" and "I will come", signed in or by the link of the reminder."""
    person = links.acting_person(request, "meetings:meeting-answer", uuid)
    if person is None:
        return sign_in_first(request)
    invitation = get_object_or_404(
        person.invitations.current().select_related("event__meeting__community"),
        event__meeting__uuid=uuid,
    )
    meeting = invitation.event.meeting
    if request.method == "POST":
        coming = Invitee.Answer.YES if request.POST.get("answer") == "yes" else Invitee.Answer.NO
        try:
            services.answer(invitation, coming)
        except InvalidTransition as error:
            messages.error(request, str(error))
        else:
            thanks = {
                Invitee.Answer.YES: _("Thank you. We look forward to seeing you."),
                Invitee.Answer.NO: _("Thank you for telling us. You will get the notes."),
            }
            messages.success(request, thanks[coming])
        if request.user == person:
            return redirect(meeting)
        return redirect("meetings:meeting-answer", uuid)
    context = {
        "meeting": meeting,
        "event": meeting.event,
        "invited": invitation,
        "may_answer": meeting.event.is_live and not meeting.has_begun,
    }
    return render(request, "meetings/answer.html", context)


class Move(View):
    def dispatch(self, request, uuid):
        meetings = Meeting.objects.run_by(request.user).with_events()
        self.meeting = get_object_or_404(meetings, uuid=uuid)
        return super().dispatch(request, uuid)

    def get(self, request, uuid):
        return self.page(MoveForm(event=self.meeting.event))

    def post(self, request, uuid):
        form = MoveForm(request.POST, event=self.meeting.event)
        if not form.is_valid():
            return self.page(form)
        self.meeting.event.schedule_version = form.cleaned_data["version"]
        try:
            services.move(self.meeting, form.wall, **form.facts)
        except ValidationError as error:
            form.add_error("at", error)
            return self.page(form)
        except calendar.Moved:
            form.add_error(None, _("Somebody else changed this meeting. Look again, then save."))
            return self.page(form, status=409)
        except InvalidTransition as error:
            messages.error(request, str(error))
            return redirect(self.meeting)
        messages.success(request, _("The meeting is changed. Everyone invited gets a mail."))
        return redirect(self.meeting)

    def page(self, form, status=200):
        context = {"meeting": self.meeting, "form": form}
        return render(self.request, "meetings/move.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, uuid):
    meeting = get_object_or_404(Meeting.objects.run_by(request.user).with_events(), uuid=uuid)
    if request.method == "POST":
        try:
            services.cancel(meeting)
            messages.success(request, _("The meeting is cancelled. Everyone invited gets a mail."))
        except InvalidTransition as error:
            messages.error(request, str(error))
        return redirect(meeting)
    context = {
        "meeting": meeting,
        "question": _("Cancel this meeting?"),
        "what": _("Everyone invited gets a mail and it leaves their calendars."),
        "button": _("Cancel the meeting"),
        "danger": True,
    }
    return confirm(request, context)


@require_http_methods(["GET", "HEAD", "POST"])
def circulate(request, uuid):
    meeting = get_object_or_404(Meeting.objects.logged_by(request.user).with_events(), uuid=uuid)
    if request.method == "POST":
        return share(request, meeting, services.circulate, _("The notes are sent to the group."))
    people = meeting.community.memberships.current().count()
    context = {
        "meeting": meeting,
        "question": _("Send the notes to the group?"),
        "what": ngettext(
            "%(count)s person gets a mail with the decisions and a link to the notes.",
            "%(count)s people get a mail with the decisions and a link to the notes.",
            people,
        )
        % {"count": people},
        "button": _("Send to the group"),
        "findings": identifiers.in_meeting(meeting),
    }
    return confirm(request, context)


@require_http_methods(["GET", "HEAD", "POST"])
def make_final(request, uuid):
    meeting = get_object_or_404(Meeting.objects.logged_by(request.user).with_events(), uuid=uuid)
    if request.method == "POST":
        return share(request, meeting, services.make_final, _("The notes are final."))
    context = {
        "meeting": meeting,
        "question": _("Make the notes final?"),
        "what": _("Nobody can change them afterwards."),
        "button": _("Make final"),
        "findings": identifiers.in_meeting(meeting),
    }
    return confirm(request, context)


def share(request, meeting, verb, done):
    try:
        verb(meeting, by=request.user)
    except services.IdentifierFound as found:
        context = {"meeting": meeting, "findings": found.findings}
        return render(request, "meetings/confirm.html", context, status=409)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(meeting)


def confirm(request, context):
    context["back_url"] = context["meeting"].get_absolute_url()
    return render(request, "meetings/confirm.html", context)


@require_POST
def action_done(request, uuid):
    action = get_object_or_404(
        ActionItem.objects.may_be_done_by(request.user).with_deadlines().distinct(), uuid=uuid
    )
    try:
        action.finish()
        messages.success(request, _("Done: %(item)s") % {"item": action.text})
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect(way_back(request) or action.meeting)


def way_back(request):
    """Return the page of ours that the form named to return to, or nothing."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if safe else ""


class Hours(ListView):
    """My hours by month, with the form to add some."""

    template_name = "meetings/hours.html"

    def get_queryset(self):
        return HoursEntry.objects.of_person(self.request.user).select_related(
            "membership__community__cohort", "meeting"
        )

    def post(self, request):
        form = HoursForm(request.POST, person=request.user)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        messages.success(request, _("Your hours are noted."))
        return redirect(way_back(request) or "meetings:hours")

    def get_context_data(self, **kwargs):
        person = self.request.user
        by_month = groupby(self.object_list, key=lambda entry: entry.worked_on.replace(day=1))
        months = [
            (first_day, sum(entry.hours for entry in entries), entries)
            for first_day, entries in ((day, list(group)) for day, group in by_month)
        ]
        memberships = person.memberships.current().select_related("community__cohort")
        membership = memberships.order_by("-joined_at").first()
        context = {
            "months": months,
            "month_rows": [(month(first_day), total) for first_day, total, _entries in months],
            "cohort": membership.community.cohort if membership else None,
            "form": HoursForm(person=person) if membership else None,
        }
        return super().get_context_data(**context | kwargs)


class HoursEdit(UpdateView):
    slug_field = slug_url_kwarg = "uuid"
    template_name = "meetings/hours_edit.html"
    form_class = HoursForm

    def get_queryset(self):
        return HoursEntry.objects.own_words_of(self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.request.user}

    def form_valid(self, form):
        form.save()
        messages.success(self.request, _("Your hours are changed."))
        return redirect("meetings:hours")


@require_POST
def hours_remove(request, uuid):
    get_object_or_404(HoursEntry.objects.own_words_of(request.user), uuid=uuid).delete()
    messages.success(request, _("The entry is removed."))
    return redirect("meetings:hours")
