"""Planning a group's meetings, moving one, calling one off."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from cops.models import Community
from meetings import series, services, telling
from meetings.forms.schedule import CancelForm, LeaveOutForm, MoveForm, SeriesForm
from meetings.models import Meeting
from meetings.views.pages import confirm
from notifications import calendar
from notifications.models import Event
from notifications.telling import before_end


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
                fold=facts["fold"],
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
                "%(count)s meeting is in everyone’s calendar.",
                "%(count)s meetings are in everyone’s calendar.",
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


class Move(View):
    def dispatch(self, request, uuid):
        meetings = Meeting.objects.run_by(request.user).with_events()
        self.meeting = get_object_or_404(meetings, uuid=uuid)
        return super().dispatch(request, uuid)

    def get(self, request, uuid):
        return self.page(self.form())

    def post(self, request, uuid):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        self.meeting.event.schedule_version = form.cleaned_data["version"]
        try:
            services.move(self.meeting, form.wall, **form.facts)
        except ValidationError as error:
            form.add_error("at", error)
            return self.page(form)
        except calendar.Moved:
            return self.show_what_stands(form)
        except InvalidTransition as error:
            return refuse(request, str(error), self.meeting)
        has_changed = self.meeting.event.schedule_version != form.cleaned_data["version"]
        messages.success(
            request,
            telling.changed(self.meeting.event)
            if has_changed
            else _("You have changed nothing, and nobody gets an email."),
        )
        return redirect(self.meeting)

    def form(self, data=None):
        taken = series.taken_days(self.meeting.community)
        return MoveForm(data, event=self.meeting.event, taken=taken)

    def show_what_stands(self, form):
        event = Event.objects.get(pk=self.meeting.event_id)
        form.look_again(event)
        said = _("Somebody else changed this meeting: it is now on %(moment)s. Look, then save.")
        form.add_error(None, said % {"moment": clock.spoken(event.starts_at, event.zone)})
        return self.page(form, status=409)

    def page(self, form, status=200):
        context = {
            "meeting": self.meeting,
            "form": form,
            "telling": telling.before_change(self.meeting.event),
        }
        return render(self.request, "meetings/move.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, uuid):
    meeting = get_object_or_404(Meeting.objects.run_by(request.user).with_events(), uuid=uuid)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.cancel(meeting, reason=form.cleaned_data["reason"])
        except InvalidTransition as error:
            return refuse(request, str(error), meeting)
        messages.success(request, telling.cancelled(meeting.event))
        return redirect(meeting)
    context = {
        "meeting": meeting,
        "question": _("Cancel this meeting?"),
        "what": before_end(meeting.event),
        "form": form,
        "button": _("Cancel the meeting"),
        "danger": True,
    }
    return confirm(request, context)
