import logging

from celery import shared_task

from notifications import duties, planner, sender
from notifications.models import Heartbeat

log = logging.getLogger(__name__)

# Well before the soft limit, which would strike in the midst of a mail: it might go twice.
SENDING_SECONDS = 30


@shared_task(soft_time_limit=45, time_limit=60)
def plan_reminders() -> None:
    planner.plan()
    Heartbeat.beat("planner")


@shared_task(soft_time_limit=45, time_limit=60)
def deliver_due() -> None:
    sender.deliver_due(SENDING_SECONDS)


@shared_task(soft_time_limit=45, time_limit=60)
def audit_duties() -> None:
    """Write into the log what the health page would show, once a night."""
    for difference in duties.audit():
        log.error("Duties, %s, person %s: %s", difference.kind, difference.person_id, difference)
