"""Which requests still wait for their answer."""

from cops.models import AccessRequest
from notifications import duties
from notifications.models import Kind


@duties.register(Kind.ACCESS_DUE)
def answers():
    """Its owner owes the answer; without one it is enough that somebody of staff does."""
    return AccessRequest.objects.open().values_list("deadline", "owner")
