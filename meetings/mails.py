"""Mail about meetings: all dates once, then one mail before each meeting and one after."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import clock, links
from accounts.phrases import in_a_row
from cops.models import Community
from meetings.models import ActionItem, HoursEntry, Meeting
from notifications import add_to, mails, occasions
from notifications.models import Invitee, Kind

SERIES_DAYS = 250


@occasions.of(Kind.MEETING)
def occasion(event, person):
    meeting = getattr(event, "meeting", None)
    return meeting and {
        **meeting.community.signature,
        "page_url": settings.SITE_URL + meeting.get_absolute_url(),
        "answer_url": _answer_url(person, meeting) if person and meeting.takes_answers else "",
    }


@mails.register("meetings-scheduled", gettext_lazy("The meetings of a community"))
def meetings_scheduled(ids):
    person = ids["recipient"]
    community = (
        Community.objects.of_person(person)
        .select_related("cohort")
        .filter(pk=ids["community"])
        .first()
    )
    if community is None:
        return None
    events = [
        meeting.event
        for meeting in Meeting.objects.ahead().filter(community=community).with_events()
    ]
    if not events:
        return None
    cohort = community.cohort
    return {
        "community": community,
        "events": events,
        "hours_min": cohort.hours_min,
        "hours_max": cohort.hours_max,
        "page_url": settings.SITE_URL + community.get_absolute_url(),
        "dates_url": links.url(person, "meetings:dates", community.slug, days=SERIES_DAYS),
        **community.signature,
        "calendar": events,
    }


@mails.register(
    "meeting-reminder", gettext_lazy("Reminder of a meeting"), reminds_of=[Kind.MEETING]
)
def meeting_reminder(ids):
    person = ids["recipient"]
    meeting = Meeting.objects.with_events().filter(event=ids["event"]).first()
    invited = Invitee.objects.current().filter(event=ids["event"], person=person).first()
    if meeting is None or invited is None or not meeting.event.is_live or meeting.event.is_over:
        return None
    return {
        **_facts(meeting, person),
        "meeting": meeting,
        "event": meeting.event,
        "community": meeting.community,
        "agenda": [item.title for item in meeting.agenda.filter(is_done=False)],
        "cannot_come": invited.answer == Invitee.Answer.NO,
        "answer_url": _answer_url(person, meeting),
        "add_url": add_to.page_url(meeting.event, person),
        "calendar": [meeting.event],
        "method": "REQUEST",
    }


@mails.register("meeting-notes", gettext_lazy("Notes of a meeting"))
def meeting_notes(ids):
    person = ids["recipient"]
    meeting = Meeting.objects.visible_to(person).with_events().filter(pk=ids["meeting"]).first()
    if meeting is None or not meeting.notes_are_sent:
        return None
    following = meeting.following()
    hours = HoursEntry.objects.of_person(person).in_month(meeting.event.local_on).total()
    return {
        **_facts(meeting, person),
        "meeting": meeting,
        "event": meeting.event,
        "community": meeting.community,
        "decisions": [decision.text for decision in meeting.decisions.all()],
        "hours": hours,
        "is_member": meeting.community.members.filter(person=person).exists(),
        "following": following.event if following else None,
        "answer_url": _answer_url(person, following) if following else "",
        "notes_url": settings.SITE_URL + meeting.get_absolute_url(),
        "hours_url": settings.SITE_URL + reverse("meetings:hours"),
    }


def _answer_url(person, meeting) -> str:
    """Return the link to "I can't come", good as long as the meeting lies ahead."""
    days = max(30, (meeting.event.starts_at - timezone.now()).days + 2)
    return links.url(person, "meetings:meeting-answer", meeting.uuid, days=days)


@mails.register(
    "notes-missing", gettext_lazy("Reminder of notes to write"), reminds_of=[Kind.NOTES_DUE]
)
@mails.register(
    "notes-missing-long", gettext_lazy("Notes missing for long"), reminds_of=[Kind.NOTES_DUE]
)
def notes_missing(ids):
    """To who facilitates; later, in other words, to whoever looks after the cohort."""
    due = ids["event"]
    meeting = Meeting.objects.with_events().filter(notes_due=due).first()
    if meeting is None or not meeting.wants_notes:
        return None
    facilitators = meeting.community.facilitators.select_related("person")
    return {
        "name": ids["recipient"].name,
        "community": meeting.community.name,
        "day": clock.spoken_day(meeting.event.local_on),
        "due_on": clock.spoken_day(due.local_on),
        "is_late": due.is_over,
        "facilitators": in_a_row(each.person for each in facilitators),
        "url": settings.SITE_URL + reverse("meetings:meeting-notes", args=[meeting.uuid]),
        "page_url": settings.SITE_URL + meeting.get_absolute_url(),
        **meeting.community.cohort.signature,
    }


def _facts(meeting, person) -> dict:
    mine = (
        ActionItem.objects.open()
        .in_community(meeting.community)
        .filter(owner=person)
        .select_related("deadline")
    )
    return {
        "actions": list(mine),
        **meeting.community.signature,
    }
