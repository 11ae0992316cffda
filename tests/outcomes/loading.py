"""Loading the sample data, and what a load leaves behind."""

from io import StringIO

from django.core.management import call_command

from applications.models import Application
from meetings.models import HoursEntry
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
