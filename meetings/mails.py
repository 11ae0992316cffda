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
from notifications.placeholders import block, link, text

SERIES_DAYS = 250


@occasions.of(Kind.MEETING)
def occasion(event, person):
    meeting = getattr(event, "meeting", None)
    if meeting is None:
        return None
    known = {
        **meeting.community.signature,
        "page_url": settings.SITE_URL + meeting.get_absolute_url(),
    }
    if person is None:
        return known
    ahead = Meeting.objects.ahead().filter(community=meeting.community).exclude(pk=meeting.pk)
    following = ahead.select_related("event").order_by("event__starts_at").first()
    return known | {
        "answer_url": _answer_url(person, meeting) if meeting.takes_answers else "",
        "dates_url": _dates_url(person, meeting.community),
        "following": following and following.event,
    }


@occasions.pages_of(Kind.MEETING)
def pages(ids):
    found = Meeting.objects.filter(event__in=ids).only("event_id", "uuid")
    return {meeting.event_id: meeting.get_absolute_url() for meeting in found}


_COMMUNITY = text(gettext_lazy("The name of the community"), gettext_lazy("First steps"))
_OF_MEETING = {
    "name": text(gettext_lazy("The name of the meeting"), gettext_lazy("First steps: meeting 3")),
    "community": _COMMUNITY,
    "day": text(gettext_lazy("The day of the meeting"), gettext_lazy("Tuesday 6 April 2027")),
    "actions": block(
        gettext_lazy("What the reader has promised to do; nothing where that is nothing"),
        "meetings/mails/_actions.md",
        gettext_lazy("- Ask two employers, by Friday 30 April 2027"),
    ),
}


@mails.register(
    "meetings-scheduled",
    gettext_lazy("The meetings of a community"),
    placeholders={
        "community": _COMMUNITY,
        "dates": block(
            gettext_lazy("A list of all dates"),
            "meetings/mails/_dates.md",
            gettext_lazy("- Tuesday 6 April 2027, 1:00 p.m. Eastern Time"),
        ),
        "page_url": link(gettext_lazy("The page of the community")),
        "dates_url": link(gettext_lazy("The page to say which dates are impossible")),
        "hours_min": text(gettext_lazy("Hours a month, at least"), "5"),
        "hours_max": text(gettext_lazy("Hours a month, at most"), "10"),
    },
)
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
        "community": community.name,
        "dates": [_moment(event, person) for event in events],
        "hours_min": cohort.hours_min,
        "hours_max": cohort.hours_max,
        "page_url": settings.SITE_URL + community.get_absolute_url(),
        "dates_url": _dates_url(person, community),
        **community.signature,
        "calendar": events,
    }


@mails.register(
    "meeting-reminder",
    gettext_lazy("Reminder of a meeting"),
    reminds_of=[Kind.MEETING],
    placeholders={
        **_OF_MEETING,
        "moment": text(
            gettext_lazy("When it begins, with its clock"),
            gettext_lazy("Tuesday 6 April 2027, 1:00 p.m. Eastern Time"),
        ),
        "how_to_join": block(
            gettext_lazy("The button to join and the number to call, where there are"),
            "meetings/mails/_how_to_join.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "agenda": block(
            gettext_lazy("The open points of the agenda; nothing where there are none"),
            "meetings/mails/_agenda.md",
            gettext_lazy("- What we heard from employers"),
        ),
        "answer": block(
            gettext_lazy("The link to say that one cannot come, or will after all"),
            "meetings/mails/_answer.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "add_url": link(gettext_lazy("Other ways into a calendar"), is_needed=False),
    },
)
def meeting_reminder(ids):
    person = ids["recipient"]
    meeting = Meeting.objects.with_events().filter(event=ids["event"]).first()
    invited = Invitee.objects.current().filter(event=ids["event"], person=person).first()
    if meeting is None or invited is None or not meeting.event.is_live or meeting.event.is_over:
        return None
    return {
        **_facts(meeting, person),
        "moment": _moment(meeting.event, person),
        "join_link": meeting.event.join_link,
        "dial_in": meeting.event.dial_in,
        "agenda": [item.title for item in meeting.agenda.filter(is_done=False)],
        "cannot_come": invited.answer == Invitee.Answer.NO,
        "answer_url": _answer_url(person, meeting),
        "add_url": add_to.page_url(meeting.event, person),
        "calendar": [meeting.event],
        "method": "REQUEST",
    }


@mails.register(
    "meeting-notes",
    gettext_lazy("Notes of a meeting"),
    placeholders={
        **_OF_MEETING,
        "notes_url": link(gettext_lazy("The notes")),
        "decisions": block(
            gettext_lazy("What was decided; nothing where that is nothing"),
            "meetings/mails/_decisions.md",
            gettext_lazy("- We try a board at intake"),
        ),
        "hours": block(
            gettext_lazy("Her hours of the month, and the link to add some"),
            "meetings/mails/_hours.md",
            gettext_lazy("Your hours in April: 6."),
        ),
        "next_meeting": block(
            gettext_lazy("When the next meeting is, and the link to say one cannot come"),
            "meetings/mails/_next_meeting.md",
            gettext_lazy("We meet again on Tuesday 20 April 2027."),
        ),
    },
)
def meeting_notes(ids):
    person = ids["recipient"]
    meeting = Meeting.objects.visible_to(person).with_events().filter(pk=ids["meeting"]).first()
    if meeting is None or not meeting.notes_are_sent:
        return None
    following = meeting.following()
    hours = HoursEntry.objects.of_person(person).in_month(meeting.event.local_on).total()
    return {
        **_facts(meeting, person),
        "held_on": meeting.event.local_on,
        "decisions": [decision.text for decision in meeting.decisions.all()],
        "hours": hours,
        "is_member": meeting.community.members.filter(person=person).exists(),
        "following": _moment(following.event, person) if following else "",
        "answer_url": _answer_url(person, following) if following else "",
        "notes_url": settings.SITE_URL + meeting.get_absolute_url(),
        "hours_url": settings.SITE_URL + reverse("meetings:hours"),
    }


def _dates_url(person, community) -> str:
    return links.url(person, "meetings:dates", community.slug, days=SERIES_DAYS)


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
        "name": meeting.name,
        "community": meeting.community.name,
        "day": clock.spoken_day(meeting.event.local_on),
        "actions": [
            {"text": action.text, "day": clock.spoken_day(action.deadline.local_on)}
            for action in mine
        ],
        **meeting.community.signature,
    }


def _moment(event, person) -> str:
    return clock.spoken_to(event.starts_at, event.zone, person.time_zone)
