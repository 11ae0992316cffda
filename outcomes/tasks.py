from celery import shared_task

from outcomes import services


@shared_task(soft_time_limit=45, time_limit=60)
def publish_scheduled() -> None:
    """Publish what is due. Two runs at once share the work."""
    services.publish_due()
