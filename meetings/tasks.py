from celery import shared_task

from meetings import services


@shared_task(soft_time_limit=45, time_limit=60)
def pass_on_missing_notes() -> None:
    services.pass_on_missing_notes()
