"""What an applicant's supervisor says to the hours: asked by her, told to her first."""

from uuid import uuid4

from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from accounts.phones import check_phone
from accounts.privacy import Privacy, Topic
from applications.models.application import Application
from notifications.models import Message


class SupportQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)

    def asked_of(self, person):
        return self.standing().filter(person=person)

    def reached(self):
        """Those who have answered, or whom the question may have reached."""
        questions = Message.objects.filter(
            kind="support-asked", state__in=[Message.State.SENT, Message.State.UNKNOWN]
        )
        key = Concat(Value("support-asked:"), Cast("pk", models.CharField()))
        return (
            self.standing()
            .alias(asked_by=key)
            .filter(~Q(answer="") | Q(asked_by__in=questions.values("dedupe_key")))
        )

    def told(self):
        """Those whose answer of now the applicant has been told: staff learn it after her."""
        letters = Message.objects.filter(kind="support-answered", state=Message.State.SENT)
        return self.standing().filter(
            answer_letter__in=letters.values("dedupe_key"),
        )

    def to_be_called(self):
        return self.told().filter(answer=Support.Answer.CALL, called_at=None)

    def with_people(self):
        return self.select_related("application__cohort", "application__person", "person")


class Support(models.Model):
    """A question to one supervisor, and the answer; it shows nothing of the application."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        IF = "if", _("Yes, if")
        NOT_NOW = "not-now", _("Not now")
        CALL = "call", _("Please call me")

    MOST = 3  # people asked about one application: each is an email to an address that was typed

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="supports")
    person = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="supports", verbose_name=_("supervisor")
    )
    name = models.CharField(_("name of the supervisor"), max_length=150)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    words = models.TextField(_("condition or remark"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[check_phone])
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer_letter = models.CharField(max_length=200, blank=True, editable=False)
    called_at = models.DateTimeField(_("called"), null=True, blank=True)

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.APPLICATIONS,
        called=_("What you asked a supervisor, and the answer"),
        writer_path="person",
        wrote=_("answers about a colleague’s application"),
        internal="answer_letter",
        personal="person name asked_at taken_back_at answer words phone answered_at called_at",
        withheld="person",
    )

    objects = SupportQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("supervisor’s answer")
        verbose_name_plural = _("supervisors’ answers")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person"],
                condition=Q(taken_back_at=None),
                name="one_question_per_supervisor",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answer_of_support_has_its_time",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.application.reference}"

    def get_absolute_url(self):
        return reverse("applications:support", args=[self.uuid])

    @property
    def may_be_answered(self) -> bool:
        """Whether an answer, the first or another one, still counts."""
        return not self.taken_back_at and self.application.takes_support

    def give(self, answer: str, *, words: str, phone: str, letter: str) -> None:
        """Answer, or answer anew; what was said before is kept as a ``FormerAnswer``.

        Raises InvalidTransition when somebody answered or took it back since this was read, or
        the application is decided.
        """
        if not self.application.takes_support:
            raise InvalidTransition(_t("This application no longer waits for an answer."))
        with transaction.atomic():
            before = FormerAnswer.of(self)
            self._change(
                Q(answered_at=self.answered_at, taken_back_at=None),
                answer=answer,
                words=words,
                phone=phone,
                answered_at=timezone.now(),
                answer_letter=letter,
                called_at=None,
            )
            if before:
                before.save()

    @property
    def conditions(self) -> set[str]:
        """What was ever said as a condition, in the answer of now or in one before it."""
        former = self.former_answers.filter(answer=self.Answer.IF)
        now = {self.words} if self.answer == self.Answer.IF else set()
        return now | set(former.values_list("words", flat=True))

    @property
    def last_former(self) -> int | None:
        """The key of the answer that the one of now replaced, or None."""
        return self.former_answers.order_by("-pk").values_list("pk", flat=True).first()

    def take_back(self) -> None:
        self._change(Q(answer="", taken_back_at=None), taken_back_at=timezone.now())

    def note_call(self) -> None:
        self._change(Q(answer=self.Answer.CALL, called_at=None), called_at=timezone.now())

    def _change(self, unchanged: Q, **facts) -> None:
        if not type(self).objects.filter(unchanged, pk=self.pk).update(**facts):
            raise InvalidTransition(_t("This was answered or taken back in the meantime."))
        self.refresh_from_db(fields=[*facts])

    for _verb in (give, take_back, note_call):
        _verb.alters_data = True
    del _verb


class FormerAnswer(models.Model):
    """What a supervisor had answered before answering anew. Never edited."""

    support = models.ForeignKey(Support, models.CASCADE, related_name="former_answers")
    answer = models.CharField(_("answer"), max_length=10, choices=Support.Answer)
    words = models.TextField(_("condition or remark"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    answered_at = models.DateTimeField(_("answered"))
    called_at = models.DateTimeField(_("called"), null=True, blank=True)

    privacy = Privacy(
        person_path="support__application__person",
        topic=Topic.APPLICATIONS,
        called=_("What a supervisor had answered before"),
        writer_path="support__person",
        wrote=_("earlier answers about a colleague’s application"),
        personal="support answer words phone answered_at called_at",
    )

    class Meta:
        ordering = ["answered_at", "pk"]
        verbose_name = _("earlier answer of a supervisor")
        verbose_name_plural = _("earlier answers of supervisors")

    def __str__(self):
        return f"{self.support}, {self.get_answer_display()}"

    @classmethod
    def of(cls, support: Support) -> "FormerAnswer | None":
        """Return what ``support`` says now as a row not saved yet; None where it says nothing."""
        if not support.answer:
            return None
        kept = ("answer", "words", "phone", "answered_at", "called_at")
        return cls(support=support, **{name: getattr(support, name) for name in kept})
