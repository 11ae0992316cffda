from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from cops.models import Cohort, Phase
from notifications import planner
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("today", ["2026-12-24", "2027-03-12", "2027-07-03", "2028-02-29"])
def test_the_rounds_fit_any_day_and_have_nothing_to_mail_on_it(today):
    with time_machine.travel(f"{today}T21:30:00Z", tick=True):
        call_command("load_sample", stdout=StringIO())
        phases = {cohort.phase for cohort in Cohort.objects.all()}
        planner.plan()

    assert phases == {Phase.CLOSED, Phase.MEETING, Phase.OPEN}
    assert not Message.objects.exclude(state=Message.State.DRAFT).exists()
