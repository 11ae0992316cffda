import pytest
import time_machine
from django.core.management import CommandError
from django.db import transaction

from applications.models import Application
from cops.models import Cohort, Phase
from meetings.models import Meeting
from notifications import planner
from notifications.models import Message
from tests.outcomes.loading import facts, load

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "scale"), [("2026-12-24", 1), ("2027-03-12", 2), ("2027-07-03", 1), ("2028-02-29", 1)]
)
def test_the_rounds_fit_any_day_and_have_nothing_to_mail_on_it(today, scale):
    with time_machine.travel(f"{today}T21:30:00Z", tick=True):
        load(scale)
        phases = {cohort.phase for cohort in Cohort.objects.all()}
        planner.plan()

    assert phases == {Phase.CLOSED, Phase.MEETING, Phase.OPEN}
    # Staff may be reminded of what somebody needs.
    mails = Message.objects.exclude(kind="access-request-due")
    assert set(mails.values_list("state", flat=True)) <= {Message.State.DRAFT, Message.State.SENT}


def test_the_same_scale_gives_the_same_data_twice():
    found = []
    for _time in range(2):
        with transaction.atomic():
            load(2)
            found.append(facts())
            transaction.set_rollback(True)

    assert found[0] == found[1]


@pytest.mark.parametrize("scale", [0, -3])
def test_a_scale_below_one_is_refused(scale):
    with pytest.raises(CommandError, match="1 or more"):
        load(scale)

    assert not Cohort.objects.exists()


@pytest.mark.slow
@pytest.mark.postgres
def test_twenty_times_as_much_keeps_every_constraint_of_the_reference_database():
    load(20)

    assert Application.objects.count() == 20 * 114
    assert Meeting.objects.count() == 20 * 72
