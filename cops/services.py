"""Joining and leaving a community: the membership, and with it the place in its calendar."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops.models import Community, Membership
from notifications import calendar, outbox
from notifications.models import Role


@transaction.atomic
def join(community: Community, person: User, role: Role = Role.MEMBER) -> Membership:
    """Make ``person`` part of ``community`` and invite her to its meetings, those to come too.

    Seats are counted under a lock on the community's row. Raises
    InvalidTransition when the group is full or she is already in it.
    """
    community = (
        Community.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .get(pk=community.pk)
    )
    if community.memberships.current().filter(person=person).exists():
        raise InvalidTransition(_("%(name)s is already in this community.") % {"name": person})
    if role == Role.MEMBER and community.members.count() >= community.cohort.group_max:
        raise InvalidTransition(_("This group is full."))
    membership = Membership.objects.create(
        community=community, person=person, role=role, organization=person.organization
    )
    calendar.invite(community.series, person, role)
    outbox.write(
        "community-joined",
        person,
        key=f"community-joined:{membership.pk}",
        context={"membership": membership.pk},
    )
    return membership


@transaction.atomic
def leave(membership: Membership, *, because: str = "") -> None:
    """End the membership and, in the same moment, every right and duty that came with it."""
    if (
        not Membership.objects.current()
        .filter(pk=membership.pk)
        .update(left_at=timezone.now(), left_because=because)
    ):
        raise InvalidTransition(_("This membership has already ended."))
    membership.refresh_from_db(fields=["left_at", "left_because"])
    calendar.dismiss(membership.community.series, membership.person)
