"""The facilitator's screen, and what happens to the notes after it: sent, then final."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_http_methods

from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from meetings import identifiers, services
from meetings.forms.notes import MergeForm, NotesForm
from meetings.models import Meeting
from meetings.views.pages import confirm


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
        except services.IdentifierFound as found:
            form.add_error(None, _("The group reads these notes already. Nothing is saved yet."))
            return self.page(form, status=409, findings=found.findings)
        if conflicts:
            context = {"meeting": self.meeting, "form": MergeForm(conflicts)}
            return render(request, "meetings/merge.html", context, status=409)
        if "ready" not in request.POST:
            messages.success(request, _("Saved."))
            return redirect("meetings:meeting-notes", uuid)
        try:
            services.finish_notes(self.meeting, by=request.user)
        except InvalidTransition as error:
            self.meeting.refresh_from_db(fields=["status"])
            if not self.meeting.notes_are_ready:  # else it was sent twice
                messages.warning(request, _("Saved, but not finished. %(why)s") % {"why": error})
                return redirect("meetings:meeting-notes", uuid)
        messages.success(request, _("The notes are ready. You can send them to the group now."))
        return redirect(self.meeting)

    def page(self, form, status=200, findings=()):
        context = {
            "meeting": self.meeting,
            "event": self.meeting.event,
            "form": form,
            "findings": findings,
        }
        return render(self.request, "meetings/notes.html", context, status=status)


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
            "%(count)s person gets an email with the decisions and a link to the notes.",
            "%(count)s people get an email with the decisions and a link to the notes.",
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
        return refuse(request, str(error), meeting)
    messages.success(request, done)
    return redirect(meeting)
