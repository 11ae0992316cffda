"""Composing the groups of a cohort by hand; what is accepted becomes offers once released."""

from collections import Counter
from dataclasses import dataclass
from statistics import mean

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Interview, Placement, Proposal, Status
from applications.services import review as reviews
from cops.models import Cohort, Community


def interviewed(cohort: Cohort):
    """Applications whose interview was held, and that are not decided since."""
    return Application.objects.filter(
        cohort=cohort, status=Status.INTERVIEW, interview__status=Interview.Status.HELD
    )


def candidates(cohort: Cohort):
    """Applications that can be placed: interviewed, or on the waitlist."""
    waiting = Application.objects.filter(cohort=cohort, status=Status.WAITLISTED)
    return (interviewed(cohort) | waiting).order_by("name", "pk")


def compared(cohort: Cohort) -> list[Application]:
    """The candidates with all that is compared, and ``review_mean`` and ``interview_mean``."""
    found = list(
        candidates(cohort)
        .with_people()
        .prefetch_related(
            "choices__focus_area",
            "reviews__scores__criterion",
            "interview__assessments__scores__criterion",
        )
    )
    for application in found:
        application.review_mean = reviews.result(application.reviews.all()).mean
        interview = getattr(application, "interview", None)
        means = [
            assessment.mean
            for assessment in (interview.assessments.all() if interview else [])
            if assessment.done_at and assessment.mean is not None
        ]
        application.interview_mean = mean(means) if means else None
    return found


def seats_taken(community: Community) -> int:
    """Members and open offers: places that a proposal finds already given."""
    return community.members.count() + community.offers.open().count()


@dataclass
class Group:
    """One community of a proposal: how many it would have, and what to look at again."""

    community: Community
    given: int
    placed: list[Application]

    @property
    def total(self) -> int:
        return self.given + len(self.placed)

    @property
    def is_within_bounds(self) -> bool:
        """A group whose first places are given may stay below the lower bound."""
        cohort = self.community.cohort
        return self.total <= cohort.group_max and bool(self.given or self.total >= cohort.group_min)

    @property
    def warnings(self) -> list[str]:
        """What the balance of the group lacks. Advice: staff decide."""
        found = []
        houses = Counter(
            application.organization_name.strip().casefold() for application in self.placed
        )
        names = {a.organization_name.strip().casefold(): a.organization_name for a in self.placed}
        found += [
            _("%(count)d people from %(organization)s")
            % {"count": count, "organization": names[house]}
            for house, count in houses.items()
            if house and count > 1
        ]
        if len(self.placed) > 1:
            if len({application.region_id for application in self.placed}) == 1:
                found.append(_("everybody from one region"))
            for level, label in Application.Level.choices:
                if not any(application.level == level for application in self.placed):
                    found.append(_("nobody who is %(level)s") % {"level": label})
        speaks = self.community.meets_in
        found += [
            _("%(application)s does not meet in the language of the group")
            % {"application": application.name or application}
            for application in self.placed
            if speaks != Community.Meets.BOTH
            and application.meeting_language not in (speaks, Application.Meets.EITHER, "")
        ]
        return found


def of(proposal: Proposal) -> list[Group]:
    """The groups of ``proposal``, one for each community of its cohort."""
    placed: dict[int, list[Application]] = {}
    placements = proposal.placements.select_related("application__region")
    for placement in placements.prefetch_related("application__experiences__program"):
        placed.setdefault(placement.community_id, []).append(placement.application)
    return [
        Group(community, seats_taken(community), placed.get(community.pk, []))
        for community in proposal.cohort.communities.select_related("cohort")
    ]


@transaction.atomic
def place(proposal: Proposal, chosen: dict) -> None:
    """Keep who goes where: ``chosen`` maps each candidate to a community, or to None."""
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.is_accepted:
        raise InvalidTransition(_("This proposal is already accepted."))
    for application, community in chosen.items():
        if community is None:
            proposal.placements.filter(application=application).delete()
        else:
            Placement.objects.update_or_create(
                proposal=proposal, application=application, defaults={"community": community}
            )


@transaction.atomic
def accept(proposal: Proposal, *, by: User) -> None:
    """Decide an offer for everyone placed and the waitlist for the others interviewed.

    The decisions wait to be released. Raises InvalidTransition, and changes
    nothing, unless every group ends within the cohort's bounds.
    """
    proposal.accept()
    groups, cohort = of(proposal), proposal.cohort
    for group in groups:
        if not group.is_within_bounds:
            raise InvalidTransition(
                _("%(community)s would be a group of %(total)d; groups have %(least)d to %(most)d.")
                % {
                    "community": group.community,
                    "total": group.total,
                    "least": cohort.group_min,
                    "most": cohort.group_max,
                }
            )
    reason = _("Proposal: %(name)s") % {"name": proposal}
    placed = [application for group in groups for application in group.placed]
    for application in placed:
        if not application.can_move_to(Status.OFFERED):
            raise InvalidTransition(
                _("%(application)s can no longer be offered a place: %(status)s.")
                % {"application": application, "status": application.get_status_display()}
            )
        application.decide(Status.OFFERED, by=by, reason=reason)
    for application in candidates(cohort).exclude(pk__in=[one.pk for one in placed]):
        if application.can_move_to(Status.WAITLISTED):
            application.decide(Status.WAITLISTED, by=by, reason=reason)
