from celery import shared_task

from notifications import planner, sender


@shared_task(soft_time_limit=45, time_limit=60)
def plan_reminders() -> None:
    planner.plan()


@shared_task(soft_time_limit=45, time_limit=60)
def deliver_due() -> None:
    sender.deliver_due()
