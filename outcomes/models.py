"""What came out of a community, and the steps from interviews to trials that led to it."""

import unicodedata
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.bilingual import Bilingual
from accounts.lifecycle import Moves, StatusChange
from applications.models import Insight
from cops.models import Community, FocusAreaVersion, Program
from meetings.models import Decision, Meeting, Trial


def folded(text: str) -> str:
    """Return ``text`` in lower case without accents: how the library searches."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class OutcomeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Outcome.Status.PUBLISHED, published_at__lte=clock.now())

    def search(self, words: str):
        """Outcomes that hold every word, accents aside; programme names old and new count."""
        found = self
        for word in folded(words).split():
            found = found.filter(search_text__contains=word)
        return found

    def with_context(self):
        return self.select_related(
            "community",
            "community__cohort",
            "community__focus_area",
            "community__focus_area__program",
        )


class Outcome(Bilingual, Moves):
    """One published result of one community, in both languages, traced to its evidence."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        MEMBER_REVIEW = "member-review", _("with the members")
        EDITOR_CHECK = "editor-check", _("editor's check")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("replaced by a newer version")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Rules(models.TextChoices):
        TODAY = "today", _("works under today's rules")
        CHANGE = "change", _("needs a change by the ministry")

    NEXT = {
        Status.DRAFT: {Status.MEMBER_REVIEW, Status.WITHDRAWN},
        Status.MEMBER_REVIEW: {Status.DRAFT, Status.EDITOR_CHECK, Status.WITHDRAWN},
        Status.EDITOR_CHECK: {Status.DRAFT, Status.APPROVED, Status.WITHDRAWN},
        Status.APPROVED: {Status.DRAFT, Status.SCHEDULED, Status.PUBLISHED, Status.WITHDRAWN},
        Status.SCHEDULED: {Status.APPROVED, Status.PUBLISHED, Status.WITHDRAWN},
        Status.PUBLISHED: {Status.SUPERSEDED, Status.WITHDRAWN},
    }
    # NICE's shared learning expires after two years: when an outcome asks to be looked at again.
    REVIEW_AFTER = timedelta(days=730)

    BILINGUAL = ("title", "summary", "monday", "tried", "ask")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="outcomes", verbose_name=_("community")
    )
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("replaces"),
    )
    status = models.CharField(
        _("status"), max_length=15, choices=Status, default=Status.DRAFT, editable=False
    )

    title_en = models.CharField(_("title (English)"), max_length=200)
    title_fr = models.CharField(_("title (French)"), max_length=200, blank=True)
    summary_en = models.TextField(_("summary in one paragraph (English)"), blank=True)
    summary_fr = models.TextField(_("summary in one paragraph (French)"), blank=True)
    monday_en = models.TextField(_("what to try on Monday (English)"), blank=True)
    monday_fr = models.TextField(_("what to try on Monday (French)"), blank=True)
    tried_en = models.TextField(_("what was tried and what happened (English)"), blank=True)
    tried_fr = models.TextField(_("what was tried and what happened (French)"), blank=True)
    ask_en = models.CharField(_("whom to ask (English)"), max_length=200, blank=True)
    ask_fr = models.CharField(_("whom to ask (French)"), max_length=200, blank=True)

    programs = models.ManyToManyField(
        Program, related_name="outcomes", blank=True, verbose_name=_("programme rules assumed")
    )
    rules_on = models.DateField(_("programme rules as of"), null=True, blank=True)
    rules = models.CharField(
        _("under the rules"), max_length=10, choices=Rules, default=Rules.TODAY
    )

    publish_at = models.DateTimeField(_("to be published"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "title_en"]
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="published_outcome_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False),
                name="scheduled_outcome_has_its_time",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("outcomes:outcome", args=[self.slug])

    @property
    def review_due_on(self):
        """The date from which readers are told of its age; None before it is out."""
        return self.published_at and (self.published_at + self.REVIEW_AFTER).date()


class OutcomeChange(StatusChange):
    record = models.ForeignKey(Outcome, models.CASCADE, related_name="changes")


class Evidence(Bilingual):
    """One step of "How we came to this": one private record, and its public sentence."""

    BILINGUAL = ("sentence",)
    SOURCES = ("insight", "question", "decision", "trial", "meeting")

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(_("step"))
    insight = models.ForeignKey(
        Insight,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("insight"),
    )
    question = models.ForeignKey(
        FocusAreaVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("guiding question"),
    )
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("decision"),
    )
    trial = models.ForeignKey(
        Trial,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("trial"),
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("meeting"),
    )
    sentence_en = models.TextField(_("public sentence (English)"))
    sentence_fr = models.TextField(_("public sentence (French)"), blank=True)

    class Meta:
        ordering = ["outcome", "position", "pk"]
        verbose_name = _("step of evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(insight__isnull=False, question=None, decision=None, trial=None, meeting=None)
                    | Q(
                        insight=None,
                        question__isnull=False,
                        decision=None,
                        trial=None,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision__isnull=False,
                        trial=None,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision=None,
                        trial__isnull=False,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision=None,
                        trial=None,
                        meeting__isnull=False,
                    )
                ),
                name="evidence_has_one_source",
            ),
        ]

    def __str__(self):
        return self.sentence

    @property
    def sort(self) -> str:
        """Which of SOURCES this step rests on."""
        return next(name for name in self.SOURCES if getattr(self, f"{name}_id"))


class Feedback(models.Model):
    """What a reader says of an outcome: "we tried this", and how it went."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="feedback")
    name = models.CharField(_("your name"), max_length=150, blank=True)
    organization = models.CharField(_("your organization"), max_length=200, blank=True)
    email = models.EmailField(_("mail address, if we may write to you"), blank=True)
    text = models.TextField(_("what you tried, and what happened"))
    given_at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="feedback"
    )

    class Meta:
        ordering = ["-given_at"]
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    def __str__(self):
        return self.text[:80]
