"""What came out of a community: its texts, its life, and what it rests on in figures."""

import re
from datetime import timedelta
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.bilingual import Bilingual
from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.privacy import Privacy
from applications.models import Interview
from cops.models import Community, Program
from meetings.models import Trial
from notifications import calendar
from notifications.models import Event
from outcomes.models.search import folded, searchable
from outcomes.models.strength import strength_figures, strength_in_words

GIST_WORDS = 40


class NotReady(InvalidTransition):
    """An outcome still lacks something that publishing asks for; ``missing`` says what."""

    def __init__(self, missing: list[str]):
        super().__init__(" ".join(missing))
        self.missing = missing


class OutcomeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Outcome.Status.PUBLISHED, published_at__lte=clock.now())

    def in_preparation(self):
        return self.exclude(
            status__in=[
                Outcome.Status.PUBLISHED,
                Outcome.Status.SUPERSEDED,
                Outcome.Status.WITHDRAWN,
            ]
        )

    def visible_to(self, person):
        """What is published, and to its community's people and to staff what is being prepared."""
        if person.is_staff:
            return self
        seen = Q(status=Outcome.Status.PUBLISHED, published_at__lte=clock.now())
        if person.is_authenticated:
            own = Community.objects.of_person(person).values("pk")
            seen |= Q(community__in=own) & ~Q(status=Outcome.Status.WITHDRAWN)
        return self.filter(seen)

    def due_for_publishing(self):
        return self.filter(status=Outcome.Status.SCHEDULED, publish_at__lte=timezone.now())

    def due_for_review(self):
        """Published outcomes that are older than their rules may be trusted."""
        return self.published().filter(published_at__lte=clock.now() - Outcome.REVIEW_AFTER)

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

    def as_cards(self):
        """With what a list of outcomes shows of each, and no more."""
        return self.select_related("community").only(
            *("slug", "status", "title_en", "title_fr", "summary_en", "summary_fr", "rules"),
            *("published_at", "community__name_en", "community__name_fr"),
        )

    def trials_by_verdict(self) -> dict[str, int]:
        """How the finished trials of these outcomes' communities ended, each counted once."""
        finished = Trial.objects.filter(community__in=self.order_by().values("community"))
        counted = finished.exclude(verdict="").order_by().values_list("verdict")
        return dict(counted.annotate(models.Count("pk")))

    def with_strength(self):
        """With the figures that ``strength`` puts into words."""
        return self.annotate(**strength_figures())


class Outcome(Bilingual, Moves):
    """One published result of one community, in both languages, traced to its evidence."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        MEMBER_REVIEW = "member-review", _("with the members")
        EDITOR_CHECK = "editor-check", _("editor’s check")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("replaced by a newer version")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Rules(models.TextChoices):
        TODAY = "today", _("works under today’s rules")
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

    reading_due = models.OneToOneField(
        Event, models.PROTECT, null=True, related_name="outcome", editable=False
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
        Program, related_name="outcomes", blank=True, verbose_name=_("program rules assumed")
    )
    rules_on = models.DateField(_("program rules as of"), null=True, blank=True)
    rules = models.CharField(
        _("under the rules"), max_length=10, choices=Rules, default=Rules.TODAY
    )

    publish_at = models.DateTimeField(_("to be published"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)

    privacy = Privacy(
        person_path=None,
        because="What a group found out.",
        public=(
            "slug community number supersedes title summary monday tried ask programs rules_on "
            "rules published_at search_text"
        ),
        internal="status reading_due publish_at",
    )

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "title_en"]
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        indexes = [models.Index(fields=["status", "-published_at"], name="outcomes_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="published_outcome_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False),
                name="scheduled_outcome_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(supersedes=F("pk")),
                name="outcome_does_not_replace_itself",
                violation_error_message=_("An outcome cannot replace itself."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("outcomes:outcome", args=[self.slug])

    @property
    def gist(self) -> str:
        """The first whole sentences of the summary, at most 40 words where the first allows it."""
        first, *others = re.split(r"(?<=[.!?…])\s+", self.summary)
        for sentence in others:
            if len(f"{first} {sentence}".split()) > GIST_WORDS:
                break
            first = f"{first} {sentence}"
        return first

    @property
    def review_due_on(self):
        """The date from which readers are told of its age; None before it is out."""
        return self.published_at and (self.published_at + self.REVIEW_AFTER).date()

    @property
    def may_be_edited(self) -> bool:
        """Until it is approved; afterwards it is sent back, or replaced by a new version."""
        return self.status in (
            self.Status.DRAFT,
            self.Status.MEMBER_REVIEW,
            self.Status.EDITOR_CHECK,
        )

    @property
    def is_due_for_review(self) -> bool:
        return bool(self.review_due_on) and self.review_due_on <= clock.now().date()

    def newest_published(self):
        """The published version that replaced this one, or None while there is none."""
        newer = self
        while newer and newer.status == self.Status.SUPERSEDED:
            newer = Outcome.objects.filter(supersedes=newer).first()
        return newer if newer and newer.status == self.Status.PUBLISHED else None

    @property
    def trials_by_verdict(self) -> dict[str, int]:
        """How many trials of its community ended which way; empty where none has ended yet."""
        Verdict = Trial.Verdict
        ended = {
            Verdict.ADOPT.value: self.adopted,
            Verdict.ADAPT.value: self.adapted,
            Verdict.ABANDON.value: self.abandoned,
        }
        return ended if any(ended.values()) else {}

    def strength(self, *, with_age=False) -> list[tuple[int, str]]:
        """The evidence in figures, see ``strength_in_words``."""
        return strength_in_words(self, with_age=with_age)

    def steps(self) -> list[dict]:
        """ "How we came to this" for ``_trace.html``: public words and dates, no names."""
        evidence = self.evidence.select_related(
            "question", "decision__meeting__event", "trial", "meeting__event"
        )
        interviews = Interview.objects.filter(
            insights__focus_area=self.community.focus_area,
            application__cohort=self.community.cohort,
        ).distinct()
        heard = interviews.values("pk").count() if any(step.insight_id for step in evidence) else 0
        return [step.as_public(heard) for step in evidence]

    @property
    def missing(self) -> list[str]:
        """What publishing still asks for, in words; empty when the outcome may go out."""
        wants = (
            (self.in_language("summary"), _t("A summary in one paragraph.")),
            (self.in_language("tried"), _t("What was tried and what happened.")),
            (self.in_language("ask"), _t("Whom to ask.")),
            (self.rules_on, _t("The date of the program rules it assumes.")),
            (self.evidence.exists(), _t("At least one step of evidence.")),
        )
        return [want for has, want in wants if not has]

    def send_to_members(self, *, by):
        self._move_to(self.Status.MEMBER_REVIEW, by=by)

    @transaction.atomic
    def send_to_editor(self, *, by):
        self._move_to(self.Status.EDITOR_CHECK, by=by)
        self._end_reading()

    @transaction.atomic
    def send_back(self, *, by, reason):
        """Return it to its authors, saying why."""
        self._move_to(self.Status.DRAFT, by=by, reason=reason, publish_at=None)
        self._end_reading()

    def approve(self, *, by):
        self._refuse_unless(self.Status.EDITOR_CHECK)
        if missing := self.missing:
            raise NotReady(missing)
        self._move_to(self.Status.APPROVED, by=by)

    def schedule(self, at, *, by):
        """Publish by itself at the aware instant ``at``."""
        self._move_to(self.Status.SCHEDULED, by=by, publish_at=at)

    def unschedule(self, *, by):
        self._refuse_unless(self.Status.SCHEDULED)
        self._move_to(self.Status.APPROVED, by=by, publish_at=None)

    @transaction.atomic
    def publish(self, *, by):
        """Show it to the province; the version it replaces steps back in the same moment."""
        if missing := self.missing:
            raise NotReady(missing)
        self._move_to(
            self.Status.PUBLISHED, by=by, published_at=timezone.now(), search_text=searchable(self)
        )
        if self.supersedes and self.supersedes.status == self.Status.PUBLISHED:
            self.supersedes._move_to(self.Status.SUPERSEDED, by=by)

    @transaction.atomic
    def withdraw(self, *, by, reason):
        self._move_to(self.Status.WITHDRAWN, by=by, reason=reason, publish_at=None)
        self._end_reading()

    def _end_reading(self):
        if self.reading_due_id:
            calendar.settle(self.reading_due)

    def _refuse_unless(self, status):
        """Two verbs lead to "approved"; each starts from one status only."""
        if self.status != status:
            raise InvalidTransition(_t("This can no longer be changed that way."))

    for _verb in (
        send_to_members,
        send_to_editor,
        send_back,
        approve,
        schedule,
        unschedule,
        publish,
        withdraw,
    ):
        _verb.alters_data = True
    del _verb

    def refresh_search(self) -> None:
        """Store anew what the library searches, after texts or programmes were changed."""
        type(self).objects.filter(pk=self.pk).update(search_text=searchable(self))

    refresh_search.alters_data = True


class OutcomeChange(StatusChange):
    record = models.ForeignKey(Outcome, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path=None,
        because="Moves of a record that is a group's.",
        writer_path="by",
        internal="record",
    )
