"""Who reads what: a balanced, independent assignment, and what each verb settles."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time
from statistics import mean

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import Language, User
from applications.conflicts import is_near
from applications.models import Application, Review, Score, Status
from cops.models import Cohort, CohortRole
from notifications import calendar, outbox
from notifications.models import Kind, Message, Role


@dataclass
class Assignment:
    """What one run did: reviews made, applications that still lack readers, drafts to release."""

    reviews: list[Review] = field(default_factory=list)
    short: list[Application] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)


@transaction.atomic
def assign(cohort: Cohort, *, by: User) -> Assignment:
    """Give every application that was sent the readers it lacks, and draft one mail to each reader.

    Readers with the least to do come first; nobody reads for her own employer,
    in a language she does not read, or what she stepped back from. Applications
    whose address is not confirmed wait. Run again, it fills gaps only.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    reviewers = _reviewers(cohort)
    load = _load(cohort)
    wanting = [
        (application, lacks, _able(reviewers, application))
        for application in _readable(cohort)
        if (lacks := cohort.reviews_each - _live_reviews(application)) > 0
    ]
    done = Assignment()
    # Those with the fewest possible readers choose first.
    for application, lacks, able in sorted(wanting, key=lambda one: len(one[2]) - one[1]):
        able.sort(key=lambda role: load[role.person_id])
        for role in able[:lacks]:
            done.reviews.append(_give(application, role.person))
            load[role.person_id] += 1
        if len(able) < lacks:
            done.short.append(application)
        if application.status == Status.SUBMITTED and able:
            application.start_review(by=by)
    done.letters = _letters(done.reviews, by=by)
    return done


def _reviewers(cohort) -> list[CohortRole]:
    may_review = cohort.roles.filter(
        role=CohortRole.Role.REVIEWER, person__is_active=True, person__is_superuser=False
    )
    return list(may_review.select_related("person__organization", "organization").order_by("pk"))


def _load(cohort) -> Counter[int]:
    """Return how many live reviews each reader of ``cohort`` has, by the key of the person."""
    live = Review.objects.live().filter(application__cohort=cohort)
    return Counter(live.values_list("reviewer_id", flat=True))


def _readable(cohort):
    """Return, locked, the applications that count and are not decided."""
    return (
        cohort.applications.confirmed()
        .filter(status__in=[Status.SUBMITTED, Status.IN_REVIEW])
        .select_for_update(of=("self",))
        .select_related("person__organization", "organization")
        .prefetch_related("reviews")
        .order_by("submitted_at", "pk")
    )


def _live_reviews(application) -> int:
    return sum(review.status != Review.Status.RECUSED for review in application.reviews.all())


def _able(reviewers, application) -> list[CohortRole]:
    """Return who may read ``application`` and never had it, also not to step back from it."""
    known = {review.reviewer_id for review in application.reviews.all()}
    return [
        role for role in reviewers if role.person_id not in known and may_read(role, application)
    ]


def _give(application: Application, reviewer: User) -> Review:
    deadline = calendar.hold(
        Kind.REVIEW_DUE,
        datetime.combine(application.cohort.reviews_due_on, time(23, 59)),
        series=application.cohort.series,
        title_en=f"Review of {application.reference}",
        title_fr=f"Évaluation de {application.reference}",
    )
    review = Review.objects.create(application=application, reviewer=reviewer, deadline=deadline)
    calendar.owe(deadline, reviewer, Role.REVIEWER)
    return review


def _letters(reviews: list[Review], *, by: User) -> list[Message]:
    batches: dict[User, list[int]] = {}
    for review in reviews:
        batches.setdefault(review.reviewer, []).append(review.pk)
    return [
        outbox.draft(
            "reviews-assigned",
            reviewer,
            key=f"reviews-assigned:{reviewer.pk}:{max(pks)}",
            context={"reviews": pks},
            by=by,
        )
        for reviewer, pks in batches.items()
    ]


def may_read(role: CohortRole, application: Application) -> bool:
    """Whether nothing stands between this reader and this application."""
    return not is_near(role, application) and _reads_language(role, application)


def _reads_language(role, application) -> bool:
    if application.mail_language == Language.FRENCH:
        return role.speaks_french
    return role.speaks_english


@transaction.atomic
def keep(review: Review, *, scores: dict, remark: str) -> None:
    """Keep what the reader has so far: ``scores`` maps criteria to 1-5 or None.

    Raises InvalidTransition when the review was handed in or closed meanwhile.
    """
    still = Review.objects.filter(pk=review.pk, status=Review.Status.ASSIGNED)
    if not still.update(remark=remark):
        raise InvalidTransition(_("This review is closed. Ask staff to reopen it."))
    _write(review, scores)


@transaction.atomic
def finish(review: Review, *, scores: dict, remark: str) -> None:
    """Keep the scores and hand the review in; nothing is owed any more."""
    review.finish(remark=remark)
    _write(review, scores)
    calendar.settle(review.deadline, review.reviewer)


def _write(review, scores) -> None:
    for criterion, value in scores.items():
        if value is None:
            review.scores.filter(criterion=criterion).delete()
        else:
            Score.objects.update_or_create(
                review=review, criterion=criterion, defaults={"value": value}
            )


@transaction.atomic
def recuse(review: Review, *, reason: str, by: User | None = None) -> None:
    """Step back: what the reader could see is closed to her at once, and nothing is owed."""
    review.recuse(reason=reason, by=by)
    calendar.settle(review.deadline, review.reviewer)


def close(application: Application, *, by: User, reason: str) -> None:
    """End the reviews that are still to be done: the application needs no reading any more."""
    for review in application.reviews.open().select_related("deadline", "reviewer"):
        recuse(review, by=by, reason=reason)


@transaction.atomic
def reopen(review: Review, *, by: User) -> None:
    """Give a finished review back to its reader; it is owed again.

    Raises InvalidTransition when its application is decided already.
    """
    if review.application.status != Status.IN_REVIEW:
        raise InvalidTransition(_("This application is decided already."))
    review.reopen(by=by)
    calendar.owe(review.deadline, review.reviewer, Role.REVIEWER)


@dataclass
class Result:
    """What the reviews handed in say together: how many, their mean, lowest to highest."""

    count: int
    mean: float | None
    spread: float | None


def result(reviews) -> Result:
    """Return the result of those among ``reviews`` that are done; scores prefetched help."""
    means = [
        review.mean
        for review in reviews
        if review.status == Review.Status.DONE and review.mean is not None
    ]
    return Result(
        len(means),
        mean(means) if means else None,
        max(means) - min(means) if means else None,
    )
