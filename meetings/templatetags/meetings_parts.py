"""What this app adds to pages that several apps share."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from django import template
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, pictures
from accounts.counts import Stage
from accounts.first_thing import soonest
from meetings import duties
from meetings.forms.hours import HoursForm
from meetings.models import ActionItem, HoursEntry, Meeting, Trial, members_outside_hours
from notifications.models import Role

register = template.Library()

# How many of the meetings that lie behind stay in sight.
LATELY = 2

TONES = {
    Meeting.Status.PLANNED: "neutral",
    Meeting.Status.NOTES_READY: "info",
    Meeting.Status.CIRCULATED: "success",
    Meeting.Status.LOCKED: "success",
}
# How a trial may stand, the ends first.
ENDS = [
    (Trial.Verdict.ADOPT.value, gettext_lazy("adopted")),
    (Trial.Verdict.ADAPT.value, gettext_lazy("adapted")),
    (Trial.Verdict.ABANDON.value, gettext_lazy("abandoned")),
    (Trial.Status.RUNNING.value, Trial.Status.RUNNING.label),
    (Trial.Status.PLANNED.value, Trial.Status.PLANNED.label),
]


@register.filter
def hours(value):
    """{{ 6.50|hours }}: "6.5", or "6,5" in French, without idle zeros."""
    text = f"{value or 0:.2f}".rstrip("0").rstrip(".")
    _whole, _point, decimals = text.partition(".")
    return number_format(text, decimal_pos=len(decimals))


@register.filter
def month(day):
    """{{ first_day|month }}: "March 2021", "mars 2021"."""
    return clock.spoken_month(day)


@register.filter
def minutes(agenda):
    """{{ agenda|minutes }}: how long its points take together, as far as they say."""
    return sum(item.minutes or 0 for item in agenda)


@register.inclusion_tag("meetings/_status.html")
def meeting_status(meeting):
    """A chip that says where a meeting stands: cancelled, ahead, notes missing, ready, sent."""
    if not meeting.event.is_live:
        return {"tone": "neutral", "label": _("called off")}
    if meeting.wants_notes:
        return {"tone": "attention", "label": _("notes to come")}
    return {"tone": TONES[meeting.status], "label": meeting.get_status_display()}


@register.inclusion_tag("meetings/_hours_bars.html")
def hours_bars(bounds, rows, label_heading):
    """Hours against what members agreed to; ``rows`` are (label, hours), ``bounds`` the cohort."""
    top = max([bounds.hours_max * 1.25, *(float(amount) for _label, amount in rows)])

    def percent(amount):
        return round(100 * float(amount) / top)

    return {
        "rows": [
            {"label": label, "value": hours(amount), "percent": percent(amount)}
            for label, amount in rows
        ],
        "label_heading": label_heading,
        "bounds": bounds,
        "band_from": percent(bounds.hours_min),
        "band_to": percent(bounds.hours_max),
    }


@register.inclusion_tag("meetings/_trials_by_result.html")
def trials_by_result(trials):
    """How trials ended, and how many still run: ``trials`` are records, or counts by verdict.

    The counts are a mapping from a verdict to a number, as a summary of many trials gives.
    """
    if not isinstance(trials, Mapping):
        trials = Counter(trial.verdict or trial.status for trial in trials)
    counts = [(capfirst(label), trials.get(key, 0)) for key, label in ENDS]
    counts = [
        pair
        for pair, (key, _label) in zip(counts, ENDS, strict=True)
        if key in Trial.Verdict.values or pair[1]
    ]
    many = any(number > pictures.MOST_UNITS for _label, number in counts)
    return {"many": many, "rows": (pictures.bars if many else pictures.units)(counts)}


@register.simple_tag(takes_context=True)
def meetings_me(context):
    """My next meeting, what I promised, my hours this month, and notes I still owe.

    For ``meetings/_me.html`` and ``meetings/_me_hours.html``; ``waits`` holds what may be the
    first thing on the page, see ``soonest``.
    """
    person = context["request"].user
    current = person.memberships.current().select_related("community__cohort")
    parts = list(current.order_by("joined_at"))
    memberships = [part for part in parts if part.role == Role.MEMBER]
    facilitates = len(memberships) < len(parts)
    ahead = Meeting.objects.attended_by(person).ahead().with_events()
    next_meeting = ahead.order_by("event__starts_at").first()
    today = timezone.localdate()
    given = HoursEntry.objects.of_person(person).in_month(today)
    notes_to_write = _notes_to_write(person) if facilitates else []
    return {
        "waits": soonest(_notes_wait(notes_to_write), _meeting_waits(next_meeting)),
        "meeting": next_meeting,
        "invited": next_meeting.event.invitees.current().filter(person=person).first()
        if next_meeting
        else None,
        "agenda": list(next_meeting.agenda.filter(is_done=False)) if next_meeting else [],
        "actions": ActionItem.objects.open()
        .filter(owner=person)
        .may_be_done_by(person)
        .with_deadlines(),
        "notes_to_write": notes_to_write,
        "to_hand_over": _to_hand_over(person) if facilitates else [],
        "groups": duties.of_facilitator(person) if facilitates else [],
        "cohort": memberships[0].community.cohort if memberships else None,
        "hours_rows": [(clock.spoken_month(today), given.total())] if memberships else [],
        "hours_form": HoursForm(person=person) if memberships else None,
    }


def _notes_to_write(person):
    unwritten = Meeting.objects.logged_by(person).held().without_notes().with_events()
    return list(unwritten.select_related("notes_due").order_by("event__starts_at"))


def _meeting_waits(meeting):
    if not meeting:
        return None
    by = meeting.event.starts_at
    return {"by": by, "record": meeting, "template": "meetings/_next_meeting.html"}


def _notes_wait(meetings):
    """The oldest notes not written yet."""
    if not meetings:
        return None
    meeting = meetings[0]
    due = meeting.notes_due or meeting.event
    day = clock.spoken_day(due.local_on)
    return {
        "by": due.starts_at,
        "record": meeting,
        "title": _("Write the notes of %(meeting)s") % {"meeting": meeting},
        "sentence": _("They were due on %(day)s. The group waits for them.") % {"day": day}
        if due.is_over
        else _("They are due on %(day)s.") % {"day": day},
        "is_late": due.is_over,
        "url": reverse("meetings:meeting-notes", args=[meeting.uuid]),
        "verb": _("Write the notes"),
    }


def _to_hand_over(person):
    """Return (action, meeting) pairs: what people left behind, and where it is handed over.

    That is the notes screen of the next meeting, or of the last one; None once all are final.
    """
    screens = {}
    for meeting in Meeting.objects.logged_by(person).editable().order_by("event__starts_at"):
        if meeting.community_id not in screens or screens[meeting.community_id].event.is_over:
            screens[meeting.community_id] = meeting
    actions = ActionItem.objects.left_behind().in_groups_of(person).with_deadlines()
    return [(action, screens.get(action.meeting.community_id)) for action in actions]


@register.simple_tag(takes_context=True)
def community_inside(context, community):
    """What people of a group need of its meetings, on the community's page.

    For ``meetings/_inside.html`` and, beside it, ``meetings/_inside_hours.html``.
    """
    person = context["request"].user
    facilitates = community.facilitators.filter(person=person).exists()
    runs = facilitates or person.is_staff
    meetings = list(community.meetings.with_events().order_by("event__starts_at"))
    live = [one for one in meetings if one.event.is_live]
    ahead = [one for one in live if not one.event.is_over]
    month = _month_of(community.cohort)
    return {
        "facilitates": facilitates,
        "runs": runs,
        "meeting": ahead[0] if ahead else None,
        "agenda": list(ahead[0].agenda.filter(is_done=False)) if ahead else [],
        "meetings": meetings,
        "lately": _lately([one for one in reversed(live) if one.event.is_over]),
        "actions": ActionItem.objects.open().in_community(community).with_deadlines(),
        "trials": community.trials.by_result(),
        "hours_rows": _hours_in(month, community, None if runs else person),
        "cohort": community.cohort,
        "month": month,
    }


def _lately(held):
    """Return the last two of the meetings ``held``, newest first, and those that want notes."""
    return [one for place, one in enumerate(held) if place < LATELY or one.wants_notes]


def _month_of(cohort):
    """Return the first day of this month, or of the last one in which ``cohort`` met."""
    return min(timezone.localdate(), cohort.meetings_until).replace(day=1)


def _hours_in(month, community, only=None):
    """Return (name, hours) of each member, or of ``only`` one, in ``month``, its first day."""
    members = community.members.select_related("person")
    if only:
        members = members.filter(person=only)
    in_month = Q(hours__worked_on__year=month.year, hours__worked_on__month=month.month)
    counted = members.annotate(total=Sum("hours__hours", filter=in_month)).order_by("person__name")
    return [(str(membership.person), membership.total or 0) for membership in counted]


@register.simple_tag
def meetings_board(cohort):
    """What staff should look at in the meetings of a cohort."""
    meetings = Meeting.objects.filter(community__cohort=cohort)
    actions = ActionItem.objects.filter(meeting__community__cohort=cohort)
    last_month = _last_month()
    here = f"community__cohort__id__exact={cohort.pk}"
    meetings_url = f"{reverse('admin:meetings_meeting_changelist')}?{here}"
    actions_url = f"{reverse('admin:meetings_actionitem_changelist')}?meeting__{here}"
    members_url = f"{reverse('admin:cops_membership_changelist')}?{here}"
    soon = timezone.now() + timedelta(days=14)
    rows = [
        (
            _("meetings in the next 14 days"),
            meetings.ahead().filter(event__starts_at__lte=soon),
            f"{meetings_url}&when=soon",
        ),
        (
            _("meetings without notes"),
            meetings.held().without_notes(),
            f"{meetings_url}&when=no-notes",
            "attention",
        ),
        (
            _("actions overdue"),
            actions.overdue(),
            f"{actions_url}&state=overdue",
            "attention",
        ),
        (
            _("actions of people who left"),
            actions.left_behind(),
            f"{actions_url}&state=left-behind",
            "attention",
        ),
        (
            _("members under or over their hours last month"),
            members_outside_hours(cohort, last_month),
            f"{members_url}&outside={last_month:%Y-%m}",
            "attention",
        ),
    ]
    return Stage(_("Meetings"), rows)


def _last_month():
    return timezone.localdate().replace(day=1) - timedelta(days=1)
