"""What an application is answered with: half-days, consents, programmes, focus areas, and what
else its call asks.
"""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.privacy import Privacy, Topic
from applications.models import files
from applications.models.question import Question
from cops.models import FocusArea, Program
from notifications.consent import AGREE_TO_NEWS
from notifications.models import Consent

# The sentences she ticks, kept with the consent as she read them.
CONSENTS = {
    Consent.Purpose.DATA: _(
        "First Work and its partners may use what I write here to choose members and to run "
        "the Communities of Practice."
    ),
    Consent.Purpose.NEWS: AGREE_TO_NEWS,
}

HALF_DAYS = [
    (f"{day}-{half}", label)
    for day, half, label in (
        ("mon", "am", _("Monday morning")), ("mon", "pm", _("Monday afternoon")),
        ("tue", "am", _("Tuesday morning")), ("tue", "pm", _("Tuesday afternoon")),
        ("wed", "am", _("Wednesday morning")), ("wed", "pm", _("Wednesday afternoon")),
        ("thu", "am", _("Thursday morning")), ("thu", "pm", _("Thursday afternoon")),
        ("fri", "am", _("Friday morning")), ("fri", "pm", _("Friday afternoon")),
    )
]  # fmt: skip


class Experience(models.Model):
    """A programme the applicant has worked in: a wish for the group, never a gate."""

    class Part(models.TextChoices):
        DELIVER = "deliver", _("delivery")
        SUPERVISE = "supervise", _("supervision")
        ADMINISTER = "administer", _("administration")
        REFER = "refer", _("referral")

    application = models.ForeignKey("Application", models.CASCADE, related_name="experiences")
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="experiences", verbose_name=_("program")
    )
    named = models.CharField(_("name of another program"), max_length=150, blank=True)
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    # Keys of ``Part``, one after the other: who supervises a program may deliver it too.
    part = models.CharField(_("part"), max_length=40, blank=True)

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.APPLICATIONS,
        called=_("Programs you named"),
        personal="program named years part",
        told_as={"part": "parts_in_words"},
    )

    class Meta:
        ordering = ["program__position", "program__name_en"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "program"], name="one_experience_per_program"
            ),
        ]

    def __str__(self):
        return self.named or str(self.program)

    @property
    def parts(self) -> list[str]:
        return self.part.split()

    @parts.setter
    def parts(self, parts) -> None:
        self.part = " ".join(part for part in self.Part if part in parts)

    @property
    def parts_in_words(self) -> str:
        return ", ".join(str(label) for key, label in self.Part.choices if key in self.parts)

    @property
    def told(self) -> str:
        """Its name with what is known of it: "Second Career (2 years, delivery)"."""
        years = (
            ngettext("%(years)s year", "%(years)s years", self.years) % {"years": self.years}
            if self.years is not None
            else ""
        )
        details = ", ".join(filter(None, [years, self.parts_in_words]))
        return f"{self} ({details})" if details else str(self)


class FocusChoice(models.Model):
    """A focus area the applicant would like to work on; 1 is her first choice."""

    application = models.ForeignKey("Application", models.CASCADE, related_name="choices")
    focus_area = models.ForeignKey(
        FocusArea, models.PROTECT, related_name="choices", verbose_name=_("focus area")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.APPLICATIONS,
        called=_("Focus areas you ranked"),
        personal="focus_area rank",
    )

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "focus_area"], name="one_rank_per_focus_area"
            ),
            models.UniqueConstraint(fields=["application", "rank"], name="one_focus_area_per_rank"),
        ]

    def __str__(self):
        return f"{self.rank}. {self.focus_area}"


class AnswerQuerySet(models.QuerySet):
    def with_questions(self):
        joined = self.select_related("question", "application")
        return joined.prefetch_related("question__options")

    def for_reviewers(self, *, is_blind: bool):
        """Those that whoever reads the application may read too."""
        meant = self.with_questions().filter(question__reader=Question.Reader.REVIEWERS)
        return meant.filter(question__is_identifying=False) if is_blind else meant

    def outlived(self, today):
        """Those that were to be kept until a day before ``today``."""
        return self.filter(question__keep_until__lt=today)


class Answer(models.Model):
    """What an applicant answered to one question: a text or a key, keys of several options, or
    the name of the file that she handed in.
    """

    application = models.ForeignKey("Application", models.CASCADE, related_name="answers")
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="answers", verbose_name=_("question")
    )
    value = models.JSONField(_("answer"))
    given_at = models.DateTimeField(default=timezone.now, editable=False)  # for the first time
    file = models.FileField(_("file"), storage=files.private, upload_to=files.nameless, blank=True)

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.APPLICATIONS,
        called=_("Your answers to further questions"),
        internal="file given_at",
        sensitive="question value",
        told_as={"value": "told"},
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["question__position", "question_id"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "question"], name="one_answer_per_question"
            ),
        ]

    def __str__(self):
        return self.told

    @property
    def file_url(self) -> str:
        """Where whoever may read it finds the file; nothing, where the answer is none."""
        names = [self.application.uuid, self.question.key]
        return reverse("applications:application-file", args=names) if self.file else ""

    @property
    def told(self) -> str:
        return self.question.told(self.value)
