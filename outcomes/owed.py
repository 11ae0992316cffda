"""Which outcomes their communities have still to read."""

from cops.models import Membership
from notifications import duties
from notifications.models import Kind
from outcomes.models import Outcome


@duties.register(Kind.OUTCOME_DUE)
def readings():
    with_members = Outcome.objects.filter(status=Outcome.Status.MEMBER_REVIEW)
    return (
        Membership.objects.current()
        .filter(role=Membership.As.MEMBER, community__outcomes__in=with_members)
        .values_list("community__outcomes__reading_due", "person")
    )
