from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from accounts import clock
from accounts.lifecycle import InvalidTransition
from applications.models import Answer, Import, Interview, Offer, files
from applications.services import intake, interviews, selection
from notifications import calendar


@shared_task(soft_time_limit=45, time_limit=60)
def renew_days() -> None:
    """Let the days to answer, or to book, begin when their letter goes. Harmless when run twice."""
    for offer in Offer.objects.untold().with_people():
        with suppress(InvalidTransition, calendar.Moved):  # answered, or moved, a moment ago
            if selection.gains_days(offer):
                selection.renew_offer(offer)
    for interview in Interview.objects.untold().with_people():
        with suppress(InvalidTransition, calendar.Moved):  # or the round of interviews is over
            if interviews.gains_days(interview):
                interviews.renew(interview)


@shared_task(soft_time_limit=45, time_limit=60)
def lapse_offers() -> None:
    """Close the offers whose answer is past due. Harmless when run twice.

    One whose letter staff have not let go yet stays open: she does not know of it.
    """
    for offer in Offer.objects.overdue().with_people():
        if offer.application.holds_letter:
            continue
        with suppress(InvalidTransition):  # answered a moment ago
            selection.lapse_offer(offer)


@shared_task(soft_time_limit=45, time_limit=60)
def settle_needs() -> None:
    intake.settle_needs()


@shared_task(soft_time_limit=45, time_limit=60)
def sweep_files() -> None:
    """Delete the files of answers that are gone, or were replaced."""
    named = Answer.objects.exclude(file="").values_list("file", flat=True)
    files.sweep({*named})


@shared_task(soft_time_limit=45, time_limit=60)
def delete_outlived_answers() -> None:
    """Delete the answers that were asked for with a last day, once it is over."""
    today = timezone.localdate(timezone=clock.ONTARIO)
    Answer.objects.outlived(today).delete()


@shared_task(soft_time_limit=45, time_limit=60)
def forget_imports() -> None:
    """Delete files that nobody imported, and the rows that were left out, after their day."""
    outlived = Import.objects.outlived()
    outlived.filter(imported_at=None).delete()
    outlived.exclude(rows=[]).update(rows=[], headers=[])
