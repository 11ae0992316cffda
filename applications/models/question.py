"""What a call asks beyond its own fields, as staff wrote it.

The form of a call is its own fields and these questions, in one order.
"""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.lifecycle import InvalidTransition
from accounts.privacy import Privacy
from cops.models import Cohort

YES, NO = "yes", "no"
WORDS, WORDS_MOST = 150, 300


class QuestionQuerySet(models.QuerySet):
    def asked(self):
        """Those that the form asks now; the others were asked once, and keep their answers."""
        return self.filter(is_asked=True)

    def with_options(self):
        return self.prefetch_related("options")

    def with_place(self):
        """With ``is_first`` and ``is_last``, of the questions of its call."""
        others = Question.objects.filter(cohort=OuterRef("cohort"))
        same = Q(position=OuterRef("position"))
        before = Q(position__lt=OuterRef("position")) | same & Q(pk__lt=OuterRef("pk"))
        after = Q(position__gt=OuterRef("position")) | same & Q(pk__gt=OuterRef("pk"))
        return self.annotate(
            is_first=~Exists(others.filter(before)), is_last=~Exists(others.filter(after))
        )


class Question(Bilingual):
    """One thing that a call asks, besides what every call does."""

    class Kind(models.TextChoices):
        LINE = "line", _("a line of text")
        TEXT = "text", _("a written answer")
        CHOICE = "choice", _("one of a list")
        SEVERAL = "several", _("several of a list")
        SCALE = "scale", _("a scale from 1 to 5")
        YES_NO = "yes-no", _("yes or no")
        FILE = "file", _("a file")

    class Reader(models.TextChoices):
        REVIEWERS = "reviewers", _("everyone who reads the application")
        STAFF = "staff", _("First Work alone")

    BILINGUAL = ("text", "help")
    OF_A_LIST = (Kind.CHOICE, Kind.SEVERAL)
    # What another question may depend on.
    DECIDING = (*OF_A_LIST, Kind.YES_NO)

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="questions", verbose_name=_("cohort")
    )
    key = models.SlugField(
        _("short name"),
        max_length=40,
        help_text=_("For lists and exports, for example “software”. It stays once it is answered."),
    )
    position = models.PositiveSmallIntegerField(_("order on the page"), default=1)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind)
    text_en = models.CharField(_("question (English)"), max_length=300)
    text_fr = models.CharField(_("question (French)"), max_length=300, blank=True)
    help_en = models.CharField(_("hint (English)"), max_length=300, blank=True)
    help_fr = models.CharField(_("hint (French)"), max_length=300, blank=True)
    words_max = models.PositiveSmallIntegerField(
        _("words, at most"),
        default=WORDS,
        validators=[MinValueValidator(10), MaxValueValidator(WORDS_MOST)],
        help_text=_("For a written answer."),
    )
    is_required = models.BooleanField(_("has to be answered"), default=True)
    reader = models.CharField(
        _("who reads the answer"), max_length=10, choices=Reader, default=Reader.REVIEWERS
    )
    is_identifying = models.BooleanField(
        _("the answer may tell who wrote it"),
        default=False,
        help_text=_("Reviewers then see it only where reviews are not blind."),
    )
    asked_if = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="depending",
        verbose_name=_("only after"),
    )
    asked_if_value = models.CharField(_("only after the answer"), max_length=40, blank=True)
    due_at = models.DateTimeField(
        _("asked until"),
        null=True,
        blank=True,
        help_text=_("Whoever has not answered by then is not asked any more. Empty: the deadline."),
    )
    freezes_at = models.DateTimeField(
        _("answers can be changed until"),
        null=True,
        blank=True,
        help_text=_("Then they stay as they are, for you act on them. Empty: the deadline."),
    )
    # Since when it has to be answered: whoever sent before is not held to it.
    required_since = models.DateTimeField(null=True, editable=False)
    keep_until = models.DateField(
        _("answers are deleted after"),
        null=True,
        blank=True,
        help_text=_("Applicants read it too. Empty: they stay as long as the application itself."),
    )
    is_asked = models.BooleanField(
        _("asked now"),
        default=True,
        help_text=_("Untick it to stop asking. What was answered stays."),
    )

    privacy = Privacy(
        person_path=None,
        because="What a call asks everybody.",
        public="cohort key position kind text help words_max is_required reader asked_if "
        "asked_if_value due_at freezes_at required_since keep_until is_asked is_identifying",
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question of the form")
        verbose_name_plural = _("questions of the form")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "key"], name="one_question_per_key"),
            models.CheckConstraint(
                condition=Q(asked_if=None, asked_if_value="")
                | (Q(asked_if__isnull=False) & ~Q(asked_if_value="")),
                name="condition_names_its_answer",
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def field_name(self) -> str:
        return f"question_{self.key}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be chosen, key and words; none where the answer is typed."""
        match self.kind:
            case self.Kind.YES_NO:
                return [(YES, _t("Yes")), (NO, _t("No"))]
            case self.Kind.SCALE:
                return [(str(value), str(value)) for value in range(1, 6)]
        return [(option.key, option.label) for option in self.options.all()]

    def is_asked_of(self, given: dict[int, str | list[str]]) -> bool:
        """Whether it is asked after the answers ``given`` by key to the questions before it."""
        if self.asked_if_id is None:
            return True
        answer = given.get(self.asked_if_id) or []
        return self.asked_if_value in (answer if isinstance(answer, list) else [answer])

    def settled_at(self, *, given_at: datetime | None) -> datetime | None:
        """Return the instant from which what was first answered at ``given_at``, or was not, stays.

        None: until the call closes. Who answers only after the others' answers stay may still
        finish what she writes.
        """
        freezes = given_at and self.freezes_at and given_at < self.freezes_at
        moments = [self.due_at, self.freezes_at if freezes else None]
        return min(filter(None, moments), default=None)

    def is_settled(self, moment: datetime, *, given_at: datetime | None) -> bool:
        settled_at = self.settled_at(given_at=given_at)
        return settled_at is not None and settled_at <= moment

    def has_to_be_answered(self, sent_at: datetime | None) -> bool:
        """Whether it is required of somebody who has sent at ``sent_at`` already, if at all."""
        was_asked = sent_at is None or self.required_since is None or self.required_since <= sent_at
        return self.is_required and was_asked

    def move(self, steps: int) -> None:
        """Let it change places with the question before it (-1) or after it (1).

        Raises InvalidTransition at either end, where one of the two depends on the other, and
        when it was deleted in the meantime.
        """
        with transaction.atomic():
            rows = list(_in_order(self.cohort_id))
            keys = [row.pk for row in rows]
            if self.pk not in keys:
                raise InvalidTransition(_t("Somebody has just deleted this question."))
            here = keys.index(self.pk)
            there = here + steps
            if not 0 <= there < len(rows):
                raise InvalidTransition(_t("There is no question beyond it."))
            first, second = sorted([here, there])
            if rows[second].asked_if_id == rows[first].pk:
                words = _t("“%(later)s” depends on “%(earlier)s”, so it has to come after it.")
                raise InvalidTransition(
                    words % {"later": rows[second].text, "earlier": rows[first].text}
                )
            rows[here], rows[there] = rows[there], rows[here]
            for number, row in enumerate(rows, start=1):
                Question.objects.filter(pk=row.pk).exclude(position=number).update(position=number)

    move.alters_data = True

    def come_last(self) -> None:
        """Take the place after all others of the call; not written yet."""
        last = _in_order(self.cohort_id).last()
        self.position = last.position + 1 if last else 1

    def told(self, value: str | list[str]) -> str:
        """Return ``value`` in the words of the choices."""
        words = dict(self.choices)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(words.get(each, each) for each in chosen)


def _in_order(cohort_id: int):
    """Return the questions of a call in their order, held as ``hold_order`` does."""
    hold_order([cohort_id])
    return Question.objects.filter(cohort=cohort_id).order_by("position", "pk")


def hold_order(cohorts) -> None:
    """Let nobody else change the order of these calls' questions before this transaction ends.

    Nor what depends on what: the two are one fact. ``cohorts`` are keys or a query of them. Whoever
    writes an application does not wait for it.
    """
    calls = Cohort.objects.order_by("pk").select_for_update(of=("self",), no_key=True)
    list(calls.filter(pk__in=cohorts).values_list("pk"))


def hold_order_around(question_id: int) -> None:
    """Do as ``hold_order`` for the call of a question."""
    hold_order(Question.objects.filter(pk=question_id).values("cohort"))


class Option(Bilingual):
    """One of the answers to choose from."""

    BILINGUAL = ("label",)

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    key = models.SlugField(_("short name"), max_length=40, editable=False)
    label_en = models.CharField(_("answer (English)"), max_length=150)
    label_fr = models.CharField(_("answer (French)"), max_length=150, blank=True)
    position = models.PositiveSmallIntegerField(_("order on the page"), default=1)

    privacy = Privacy(
        person_path=None,
        because="What may be chosen as an answer.",
        public="question key label position",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="one_option_per_key"),
        ]

    def __str__(self):
        return self.label

    @property
    def is_chosen(self) -> bool:
        """Whether somebody has answered by it, or another question depends on it."""
        question = self.question
        if question.depending.filter(asked_if_value=self.key).exists():
            return True
        values = question.answers.values_list("value", flat=True)
        return any(self.key in (value if isinstance(value, list) else [value]) for value in values)
