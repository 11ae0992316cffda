"""A webinar, which recruits or tells the results: people register for it without an account."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.bilingual import Bilingual
from accounts.models import Region
from accounts.privacy import Privacy, Topic
from cops.models.cohort import Cohort
from notifications.models import Event, Invitee, Role


class WebinarQuerySet(models.QuerySet):
    def recruiting(self):
        return self.filter(kind=Webinar.About.INFORMATION)

    def visible_to(self, person):
        return self if person.is_staff else self.exclude(cohort__published_at=None)

    def who_came(self):
        """Return, as a subquery, the people who came to one of these."""
        came = self.filter(
            event__invitees__role=Role.GUEST, event__invitees__attendance__in=Invitee.CAME
        )
        return came.values("event__invitees__person")

    def with_events(self):
        return self.select_related("event", "cohort")


class Webinar(Bilingual):
    """A webinar of one cohort; when and where is its event's."""

    class About(models.TextChoices):
        INFORMATION = "information", _("information, for who may apply")
        RESULTS = "results", _("results, after the meetings")

    JOIN_BEFORE = timedelta(hours=1)

    BILINGUAL = ("title", "description")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="webinars")
    event = models.OneToOneField(Event, models.PROTECT, related_name="webinar", editable=False)
    kind = models.CharField(
        _("what it is about"), max_length=20, choices=About, default=About.INFORMATION
    )
    slug = models.SlugField(_("address"), unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_fr = models.CharField(_("title (French)"), max_length=200, blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    description_fr = models.TextField(_("description (French)"), blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    recording_url = models.URLField(_("recording"), blank=True)
    slides_url = models.URLField(_("slides"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="A webinar; who takes part is its registrations.",
        public="cohort event kind slug title description seats recording_url slides_url",
    )

    objects = WebinarQuerySet.as_manager()

    class Meta:
        ordering = ["-event__starts_at"]
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("cops:webinar", args=[self.slug])

    @property
    def recruits(self) -> bool:
        """Whether who comes may be asked to apply."""
        return self.kind == self.About.INFORMATION

    @property
    def has_started(self) -> bool:
        return self.event.starts_at <= timezone.now()

    @property
    def takes_registrations(self) -> bool:
        """Whether it still lies ahead; seats are another question."""
        return self.event.is_live and not self.has_started

    @property
    def can_still_be_joined(self) -> bool:
        return self.event.is_live and not self.event.is_over

    @property
    def shows_join_link(self) -> bool:
        """From an hour before the start until the end."""
        opens_at = self.event.starts_at - self.JOIN_BEFORE
        return self.can_still_be_joined and opens_at <= timezone.now()

    @cached_property
    def has_answers(self) -> bool:
        return self.answers.answered().exists()

    @property
    def shows_afterwards(self) -> bool:
        """Whether there is something to watch or to read once it is over."""
        return bool(self.recording_url or self.slides_url or self.has_answers)

    @property
    def seats_left(self) -> int | None:
        """Return how many may still register, or None where seats are not limited."""
        if self.seats is None:
            return None
        return max(0, self.seats - self.registrations.live().count())

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0


class WebinarAnswerQuerySet(models.QuerySet):
    def answered(self):
        """Those that the public reads; the others still wait for staff."""
        return self.exclude(answer_en="", answer_fr="")


class WebinarAnswer(Bilingual):
    """What was asked before or during a webinar, by whom is not told, and the answer to it."""

    BILINGUAL = ("question", "answer")

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="answers")
    question_en = models.TextField(_("question (English)"), max_length=1000, blank=True)
    question_fr = models.TextField(_("question (French)"), max_length=1000, blank=True)
    answer_en = models.TextField(_("answer (English)"), max_length=4000, blank=True)
    answer_fr = models.TextField(_("answer (French)"), max_length=4000, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    privacy = Privacy(
        person_path=None,
        because="A question in the words of staff, without who asked it.",
        public="webinar question answer position",
    )

    objects = WebinarAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(question_en="", question_fr=""),
                name="an_answer_has_its_question",
                violation_error_message=_("Write the question in English or in French."),
            )
        ]

    def __str__(self):
        return self.question


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def to_answer(self):
        """Those whose question in advance is not among the answers yet."""
        return self.live().filter(question_taken=False).exclude(question="")

    def of_address(self, email: str):
        return self.filter(person__email=email.strip().lower())


class Registration(models.Model):
    """What a person typed to register; being invited and attending is her invitee's row."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=150)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    region = models.ForeignKey(
        Region,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("region"),
    )
    access_needs = models.TextField(_("access needs"), max_length=1000, blank=True)
    question = models.TextField(_("question in advance"), max_length=1000, blank=True)
    question_taken = models.BooleanField(default=False, editable=False)
    consent_wording = models.TextField(_("agreed to"), blank=True)
    wants_news = models.BooleanField(_("asked for news"), default=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("registration", "cancelled"), null=True, blank=True
    )

    privacy = Privacy(
        person_path="person",
        topic=Topic.WORK,
        called=_("Webinars you registered for"),
        personal=(
            "webinar name organization region question consent_wording wants_news "
            "registered_at cancelled_at"
        ),
        sensitive="access_needs",
        internal="question_taken",
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "person"], name="one_registration_per_webinar"
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.webinar}"

    def get_absolute_url(self):
        return reverse("cops:registration", args=[self.uuid])

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None
