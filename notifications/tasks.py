from celery import shared_task

from notifications import planner, sender
from notifications.models import Heartbeat


@shared_task(soft_time_limit=45, time_limit=60)
def plan_reminders() -> None:
    planner.plan()
    Heartbeat.beat("planner")


@shared_task(soft_time_limit=45, time_limit=60)
def deliver_due() -> None:
    sender.deliver_due()
