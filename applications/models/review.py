"""Independent reviews of one application against the cohort's criteria."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.lifecycle import Moves, StatusChange
from accounts.phrases import labelled
from accounts.privacy import Privacy
from applications.models.application import Application
from applications.models.status import Status
from cops.models import CohortRole, Criterion
from notifications.models import Event


def weighted_mean(scores) -> float | None:
    """Return the mean of the values given, 1.0 to 5.0, by weight; None without any."""
    given = [(score.value, score.criterion.weight) for score in scores]
    total = sum(weight for _value, weight in given)
    return sum(value * weight for value, weight in given) / total if total else None


class ReviewQuerySet(models.QuerySet):
    def of_person(self, person):
        """What ``person`` may open, with its application, for as long as she reads in that call:
        not what she stepped back from, what was withdrawn, or an application of her own.

        A superuser reads nothing: that account is for emergencies.
        """
        if person.is_superuser:
            return self.none()
        return (
            self.filter(
                reviewer=person,
                application__cohort__roles__person=person,
                application__cohort__roles__role=CohortRole.Role.REVIEWER,
            )
            .exclude(status=Review.Status.RECUSED)
            .exclude(application__person=person)
            .exclude(application__status=Status.WITHDRAWN)
            .select_related("application__cohort", "application__region", "deadline")
        )

    def open(self):
        return self.filter(status=Review.Status.ASSIGNED)

    def to_do(self):
        """Those still to be handed in, of applications that are not decided yet."""
        return self.open().filter(application__status=Status.IN_REVIEW)

    def live(self):
        """Those that count towards the reviews an application should have."""
        return self.exclude(status=Review.Status.RECUSED)

    def late(self):
        return self.open().filter(deadline__starts_at__lte=timezone.now())

    def done(self):
        return self.filter(status=Review.Status.DONE)


class Review(Moves):
    """One reviewer's reading of one application: assigned, then done or recused."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("to do")
        DONE = "done", pgettext_lazy("review", "done")
        RECUSED = "recused", _("recused")

    NEXT = {Status.ASSIGNED: {Status.DONE, Status.RECUSED}, Status.DONE: {Status.ASSIGNED}}

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, models.CASCADE, related_name="reviews", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews",
        verbose_name=_("reviewer"),
    )
    deadline = models.OneToOneField(Event, models.PROTECT, related_name="review", editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ASSIGNED, editable=False
    )
    remark = models.TextField(_("remark"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    privacy = Privacy(
        person_path="application__person",
        writer_path="reviewer",
        wrote=_("reviews of applications"),
        internal="deadline",
        personal="reviewer status done_at",
        sensitive="remark",
        withheld="application reviewer status done_at remark",
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["deadline__starts_at", "pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [
            models.Index(
                fields=["application"], name="review_to_do", condition=Q(status="assigned")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"], name="one_review_per_reviewer"
            ),
        ]

    def __str__(self):
        return f"{self.application}, {self.reviewer}"

    def get_absolute_url(self):
        return reverse("applications:review", args=[self.uuid])

    @property
    def is_late(self) -> bool:
        return self.status == self.Status.ASSIGNED and self.deadline.is_over

    @property
    def mean(self) -> float | None:
        return weighted_mean(self.scores.all())

    def finish(self, *, remark=""):
        self._move_to(self.Status.DONE, by=self.reviewer, remark=remark, done_at=timezone.now())

    def recuse(self, *, reason, by=None):
        """Step back; ``by`` is somebody else where the application itself is gone."""
        self._move_to(self.Status.RECUSED, by=by or self.reviewer, reason=reason)

    def reopen(self, *, by):
        self._move_to(self.Status.ASSIGNED, by=by, done_at=None)

    for _verb in (finish, recuse, reopen):
        _verb.alters_data = True
    del _verb


class ReviewChange(StatusChange):
    record = models.ForeignKey(Review, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path="record__application__person",
        writer_path="by",
        withheld="record old new at",
    )


class Score(models.Model):
    """One value, 1 to 5, for one criterion; a criterion may stay unanswered."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(
        _("value"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    privacy = Privacy(
        person_path="review__application__person",
        writer_path="review__reviewer",
        wrote=_("scores of applications"),
        internal="criterion",
        sensitive="value",
        withheld="review value",
    )

    class Meta:
        ordering = ["criterion__number"]
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_score_per_criterion"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="score_from_1_to_5"
            ),
        ]

    def __str__(self):
        return labelled(self.criterion.number, self.value)
