"""One meeting as its people read it, its calendar file, and "I can't come"."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import DetailView

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import sign_in_first
from cops.models import Community
from meetings import identifiers, services
from meetings.forms.answer import AnswerForm
from meetings.models import ActionItem, AgendaItem, Decision, Meeting, Note, Trial
from notifications import add_to, ics
from notifications.models import Event, Invitee

# Ordered by their own columns: the order of a list in the admin asks three tables more.
NOTES = Prefetch("notes", Note.objects.order_by("audience"))
AGENDA = Prefetch("agenda", AgendaItem.objects.order_by("position", "pk"))
NOTED = (
    Prefetch("decisions", Decision.objects.order_by("pk")),
    Prefetch("actions", ActionItem.objects.select_related("deadline", "owner")),
)


class MeetingDetail(DetailView):
    slug_field = slug_url_kwarg = "uuid"
    template_name = "meetings/meeting.html"

    def get_queryset(self):
        visible = Meeting.objects.visible_to(self.request.user)
        return visible.select_related("event", "community").prefetch_related(NOTES)

    def get_context_data(self, **kwargs):
        meeting, person = self.object, self.request.user
        facilitates = Meeting.objects.logged_by(person).filter(pk=meeting.pk).exists()
        invitees = list(meeting.event.invitees.current().with_names())
        invited = next((one for one in invitees if one.person_id == person.pk), None)
        noted = [one for one in invitees if one.attendance]
        shows_notes = meeting.notes_are_sent or facilitates or person.is_staff
        prefetch_related_objects([meeting], AGENDA, *(NOTED if shows_notes else ()))
        return super().get_context_data(
            **kwargs,
            event=meeting.event,
            community=meeting.community,
            facilitates=facilitates,
            runs=facilitates or person.is_staff,
            invitees=invitees,
            invited=invited,
            may_answer=bool(invited) and meeting.takes_answers,
            # A facilitator's first thing is the agenda.
            is_answer_first=not facilitates,
            coming=sum(one.answer == Invitee.Answer.YES for one in invitees),
            not_coming=sum(one.answer == Invitee.Answer.NO for one in invitees),
            came=sum(one.came for one in noted),
            noted=len(noted),
            shows_notes=shows_notes,
            agenda=meeting.agenda.all(),
            decisions=meeting.decisions.all() if shows_notes else [],
            actions=meeting.actions.all() if shows_notes else [],
            trials=Trial.objects.decided_in(meeting) if shows_notes else [],
            findings=identifiers.in_meeting(meeting) if facilitates else [],
            preceding=meeting.preceding(),
            following=meeting.following(),
        )


@require_safe
def calendar_file(request, uuid):
    meeting = get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("event", "community__cohort"),
        uuid=uuid,
    )
    body = ics.for_event(
        meeting.event, request.user, mailbox=meeting.community.signature["mailbox"]
    )
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.number}.ics"'
    return response


@never_cache
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
        return _say(request, invitation, meeting if request.user == person else request.path)
    links.lead_on(request, person, add_to.PAGE, meeting.event.uuid)
    context = {
        "meeting": meeting,
        "event": meeting.event,
        "invited": invitation,
        "may_answer": meeting.takes_answers,
    }
    return render(request, "meetings/answer.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request, slug):
    """All meetings of a group that lie ahead, with one button each: by the link of the schedule."""
    person = links.acting_person(request, "meetings:dates", slug)
    if person is None:
        return sign_in_first(request)
    community = get_object_or_404(Community.objects.of_person(person), slug=slug)
    invitations = person.invitations.current().filter(event__meeting__community=community)
    if request.method == "POST":
        named = AnswerForm(request.POST)
        if not named.is_valid():
            raise Http404
        uuid = named.cleaned_data["meeting"]
        return _say(
            request, get_object_or_404(invitations, event__meeting__uuid=uuid), request.path
        )
    ahead = invitations.filter(event__in=Event.objects.live().ahead())
    rows = ahead.select_related("event__meeting__community").order_by("event__starts_at")
    return render(request, "meetings/dates.html", {"community": community, "invitations": rows})


def _say(request, invitation, led_to):
    """Record the answer of the button that was pressed, and say what comes of it."""
    form = AnswerForm(request.POST)
    form.full_clean()
    coming = form.cleaned_data.get("answer") or Invitee.Answer.NO
    try:
        services.answer(invitation, coming, version=form.cleaned_data.get("version"))
    except InvalidTransition as error:
        return refuse(request, str(error), led_to)
    thanks = {
        Invitee.Answer.YES: _("Thank you. We look forward to seeing you."),
        Invitee.Answer.NO: _("Thank you for telling us. You will get the notes."),
    }
    messages.success(request, thanks[coming])
    return redirect(led_to)
