"""What one interviewer notes about one interview: never a word lost, never a consent unwritten."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from applications.models import Assessment, AssessmentScore, Insight, Interview
from notifications.consent import AGREE_TO_QUOTE, agree
from notifications.models import Consent


class ChangedMeanwhile(Exception):
    """Another tab saved since this one was opened."""


def of(interview: Interview, person) -> Assessment:
    """Return the assessment of ``person``, not saved yet where there is none."""
    return (
        interview.assessments.filter(interviewer=person)
        .prefetch_related("scores__criterion")
        .first()
    ) or Assessment(interview=interview, interviewer=person)


@transaction.atomic
def save(assessment: Assessment, *, version: int, notes: str, scores, done: bool) -> None:
    """Keep notes and scores if nobody saved since ``version``, else raise ChangedMeanwhile.

    ``done`` opens the other interviewer's scores, and says that the interview was held.
    """
    row, _is_new = Assessment.objects.get_or_create(
        interview=assessment.interview, interviewer=assessment.interviewer
    )
    facts = {"notes": notes, "version": version + 1, "saved_at": timezone.now()}
    if done and row.done_at is None:
        facts["done_at"] = timezone.now()
    if not Assessment.objects.filter(pk=row.pk, version=version).update(**facts):
        raise ChangedMeanwhile
    row.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=row, criterion=score.criterion, value=score.value)
        for score in scores
    )
    interview = assessment.interview
    if done and interview.status == Interview.Status.BOOKED:
        if not interview.has_begun:
            raise InvalidTransition(_("This interview has not begun yet."))
        with suppress(InvalidTransition):  # the other interviewer said so a moment ago
            interview.mark_held(by=assessment.interviewer)


@transaction.atomic
def keep(insight: Insight) -> None:
    """Save a new ``insight``; that she may be quoted is a consent of hers, which she can take back.

    Once only: a later correction says nothing about what she agreed to.
    """
    insight.save()
    if insight.quotable:
        application = insight.interview.application
        person = application.person
        with translation.override(application.interview_language or person.language):
            agree(
                person,
                Consent.Purpose.QUOTE,
                str(AGREE_TO_QUOTE),
                source=f"interview {application.reference}",
            )
