from celery import shared_task

from accounts import once


@shared_task(soft_time_limit=45, time_limit=60)
def forget_sent_forms() -> None:
    once.forget()
