"""Loading the sample data, and what a load leaves behind."""

from io import StringIO

from django.core.management import call_command

from applications.models import Application, Interview, Offer, Review
from cops.models import AccessRequest
from meetings.models import ActionItem, HoursEntry, Meeting
from notifications.models import Event, Invitee
from outcomes.models import Outcome


def load(scale=1) -> str:
    """Load the sample data; returns what the command said."""
    out = StringIO()
    call_command("load_sample", scale=scale, stdout=out)
    return out.getvalue()


def facts():
    """What a load leaves behind, without what is random by design: keys and secrets."""
    return {
        "applications": sorted(
            Application.objects.values_list("name", "reference", "town", "motivation", "status")
        ),
        "outcomes": sorted(Outcome.objects.values_list("slug", "title_en", "tried_fr")),
        "hours": sorted(HoursEntry.objects.values_list("membership__person__email", "hours")),
    }


def owed() -> set:
    """The deadlines that somebody owes."""
    return set(
        Invitee.objects.current()
        .filter(event__in=Event.objects.live().deadlines())
        .values_list("event", flat=True)
    )


def open_duties() -> set:
    """The deadlines of what is still to be done."""
    meetings = Meeting.objects.live().filter(status="planned")
    return (
        set(Review.objects.open().values_list("deadline", flat=True))
        | set(Offer.objects.open().values_list("deadline", flat=True))
        | set(Interview.objects.filter(status="invited").values_list("deadline", flat=True))
        | set(ActionItem.objects.open().values_list("deadline", flat=True))
        | set(AccessRequest.objects.open().values_list("deadline", flat=True))
        | set(meetings.values_list("notes_due", flat=True))
    )
