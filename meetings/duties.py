"""What the groups of a facilitator need: figures for her own page, each with its list."""

from dataclasses import dataclass

from django.db.models import Count as Number
from django.utils.translation import gettext as _

from accounts.counts import Count
from cops.models import Community
from meetings.models import ActionItem, Meeting, Trial
from notifications.models import Invitee


@dataclass(frozen=True)
class Group:
    """A community and what is counted in it."""

    community: Community
    counts: list[Count]


def of_facilitator(person) -> list[Group]:
    """Return the groups ``person`` facilitates, in six queries however many there are."""
    communities = list(Community.objects.facilitated_by(person).order_by("pk"))
    if not communities:
        return []
    notes = _per_community(Meeting.objects.held().without_notes(), "community", communities)
    overdue = _per_community(ActionItem.objects.overdue(), "meeting__community", communities)
    running = _per_community(Trial.objects.running(), "community", communities)
    upcoming = _next_meetings(communities)
    silent = _silent(upcoming.values())
    groups = []
    for community in communities:
        page, key = community.get_absolute_url(), community.pk
        meeting = upcoming.get(key)
        counts = [
            Count(
                _("meetings without notes"), notes.get(key, 0), f"{page}#all-meetings", "attention"
            ),
            Count(_("actions overdue"), overdue.get(key, 0), f"{page}#open-actions", "attention"),
            Count(_("trials running"), running.get(key, 0), f"{page}#trials"),
        ]
        if meeting:
            unanswered = silent.get(meeting.event_id, 0)
            label = _("without an answer to the next meeting")
            counts.append(Count(label, unanswered, f"{meeting.get_absolute_url()}#people"))
        groups.append(Group(community, counts))
    return groups


def _per_community(rows, path, communities) -> dict[int, int]:
    rows = rows.filter(**{f"{path}__in": communities}).order_by()
    return dict(rows.values_list(path).annotate(Number("pk", distinct=True)))


def _next_meetings(communities) -> dict[int, Meeting]:
    ahead = Meeting.objects.filter(community__in=communities).ahead().with_events()
    return {meeting.community_id: meeting for meeting in ahead.order_by("-event__starts_at")}


def _silent(meetings) -> dict[int, int]:
    invited = Invitee.objects.current().filter(event__in=[meeting.event_id for meeting in meetings])
    without = invited.filter(answer=Invitee.Answer.NONE).order_by()
    return dict(without.values_list("event").annotate(Number("pk")))
