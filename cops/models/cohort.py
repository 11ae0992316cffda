"""One yearly round: its dates, bounds and people. Its phase is derived, never stored."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.bilingual import Bilingual
from accounts.lifecycle import InvalidTransition
from accounts.models import Organization
from accounts.phones import check_phone
from accounts.privacy import Privacy, Topic
from notifications import calendar
from notifications.models import Event, Kind, Series


def _today():
    return clock.now().astimezone(clock.ONTARIO).date()


class Phase(models.TextChoices):
    UPCOMING = "upcoming", _("upcoming")
    OPEN = "open", _("applications open")
    REVIEWING = "reviewing", _("reviewing applications")
    INTERVIEWING = "interviewing", _("interviewing")
    SELECTING = "selecting", _("composing groups")
    MEETING = "meeting", _("communities meeting")
    PUBLISHING = "publishing", _("writing outcomes")
    CLOSED = "closed", _("finished")


class CohortQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def visible_to(self, person):
        return self if person.is_staff else self.published()

    def open(self):
        """Published cohorts that take applications now, the one that closes first on top."""
        now = clock.now()
        return self.published().filter(opens_at__lte=now, closes_at__gt=now).order_by("closes_at")

    def choosing(self):
        """Those whose groups are not known yet, see ``Cohort.is_choosing``."""
        return self.filter(groups_on__gte=_today())

    def with_first_closing(self):
        """With ``first_closes_at``, without asking for it call by call."""
        extension = self.model._meta.get_field("extensions").related_model
        first = extension.objects.filter(cohort=models.OuterRef("pk")).order_by("at", "pk")
        return self.annotate(first_closes_at=models.Subquery(first.values("was_until")[:1]))

    def with_webinars(self):
        webinar = self.model._meta.get_field("webinars").related_model
        with_event = models.Prefetch("webinars", webinar.objects.select_related("event"))
        return self.select_related("convenor").prefetch_related(with_event)


class Cohort(Bilingual):
    """One round of Communities of Practice, from its call to its outcomes."""

    # The days after the deadline, in their order.
    LATER = (
        "reviews_due_on", "interviews_from", "interviews_until", "groups_on", "meetings_from",
        "meetings_until", "publishing_until",
    )  # fmt: skip

    BILINGUAL = ("name", "headline", "invitation", "commitment", "usual_times")

    slug = models.SlugField(_("address"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_fr = models.CharField(_("name (French)"), max_length=100, blank=True)
    headline_en = models.CharField(_("headline (English)"), max_length=200, blank=True)
    headline_fr = models.CharField(_("headline (French)"), max_length=200, blank=True)
    invitation_en = models.TextField(_("invitation (English)"), blank=True)
    invitation_fr = models.TextField(_("invitation (French)"), blank=True)
    commitment_en = models.TextField(_("commitment (English)"), blank=True)
    commitment_fr = models.TextField(_("commitment (French)"), blank=True)
    usual_times_en = models.CharField(
        _("usual days and hours (English)"), max_length=200, blank=True
    )
    usual_times_fr = models.CharField(
        _("usual days and hours (French)"), max_length=200, blank=True
    )
    convenor = models.ForeignKey(
        Organization, models.PROTECT, related_name="convened", verbose_name=_("convenor")
    )
    partners = models.ManyToManyField(
        Organization, related_name="partnered", blank=True, verbose_name=_("partners")
    )
    series = models.OneToOneField(Series, models.PROTECT, related_name="cohort", editable=False)
    closing = models.OneToOneField(Event, models.PROTECT, related_name="closing_of", editable=False)

    opens_at = models.DateTimeField(_("applications open"))
    closes_at = models.DateTimeField(_("applications close"))
    reviews_due_on = models.DateField(_("reviews due"))
    interviews_from = models.DateField(_("interviews from"))
    interviews_until = models.DateField(_("interviews until"))
    groups_on = models.DateField(_("groups are known on"))
    meetings_from = models.DateField(_("meetings from"))
    meetings_until = models.DateField(_("meetings until"))
    publishing_until = models.DateField(_("outcomes published until"))
    published_at = models.DateTimeField(_("call published"), null=True, editable=False)

    group_min = models.PositiveSmallIntegerField(_("smallest group"), default=5)
    group_max = models.PositiveSmallIntegerField(_("largest group"), default=7)
    hours_min = models.PositiveSmallIntegerField(_("hours a month, at least"), default=5)
    hours_max = models.PositiveSmallIntegerField(_("hours a month, at most"), default=10)
    reviews_each = models.PositiveSmallIntegerField(_("reviews for each application"), default=2)
    reply_days = models.PositiveSmallIntegerField(_("working days to answer an offer"), default=3)
    blind_review = models.BooleanField(_("reviewers do not see who applied"), default=True)

    mailbox = models.EmailField(_("mailbox that a person reads"))
    contact_name = models.CharField(_("who signs the email"), max_length=100)
    contact_phone = models.CharField(
        _("phone"), max_length=40, blank=True, validators=[check_phone]
    )
    is_sample = models.BooleanField(_("sample data"), default=False)
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="copies",
        verbose_name=_("copied from"),
    )

    privacy = Privacy(
        person_path=None,
        because="A round of Communities of Practice.",
        public=(
            "slug name headline invitation commitment usual_times convenor partners opens_at "
            "closes_at reviews_due_on interviews_from interviews_until groups_on meetings_from "
            "meetings_until publishing_until group_min group_max hours_min hours_max mailbox "
            "contact_name contact_phone is_sample"
        ),
        internal="series closing published_at reviews_each reply_days blind_review copied_from",
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at"]
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    opens_at__lt=F("closes_at"),
                    interviews_from__lte=F("interviews_until"),
                    reviews_due_on__lte=F("interviews_until"),
                    interviews_until__lte=F("groups_on"),
                    groups_on__lte=F("meetings_from"),
                    meetings_from__lt=F("meetings_until"),
                    meetings_until__lte=F("publishing_until"),
                ),
                name="cohort_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(group_min__gte=1, group_min__lte=F("group_max")),
                name="cohort_group_bounds",
            ),
            models.CheckConstraint(
                condition=Q(hours_min__lte=F("hours_max")), name="cohort_hours_bounds"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cops:cohort", args=[self.slug])

    @cached_property
    def focus_areas(self) -> list:
        """The focus areas that it takes up, in their order; as they are when first asked for."""
        area = self.focus_versions.model._meta.get_field("focus_area").related_model
        return list(area.objects.of(self))

    @property
    def usual_times_within(self) -> str:
        """The usual days and hours as they stand inside a sentence: French ones begin small."""
        times = self.usual_times
        if self.language_of("usual_times") == "fr":
            return times[:1].lower() + times[1:]
        return times

    @transaction.atomic
    def save(self, *args, **kwargs):
        if self.series_id is None:
            self.series = Series.objects.create(name_en=self.name_en, name_fr=self.name_fr)
        if self.closing_id is None:
            wall = self._closes_wall
            self.closing = calendar.hold(
                Kind.APPLICATION_DUE, wall, fold=wall.fold, series=self.series
            )
        super().save(*args, **kwargs)
        self._move_closing()

    @property
    def _closes_wall(self):
        """The naive time on Ontario's clock at which applications close."""
        return self.closes_at.astimezone(clock.ONTARIO).replace(tzinfo=None)

    def _move_closing(self) -> None:
        """Let the deadline follow ``closes_at``, and its reminders with it."""
        closing = Event.objects.select_for_update(of=("self",)).get(pk=self.closing_id)
        if closing.starts_at != self.closes_at:
            wall = self._closes_wall
            calendar.move(closing, wall, fold=wall.fold)
            self.closing = closing

    @property
    def phase(self) -> Phase:
        """Where the cohort stands today by its own dates."""
        now, today = clock.now(), _today()
        if now < self.opens_at:
            return Phase.UPCOMING
        if now < self.closes_at:
            return Phase.OPEN
        for last_day, phase in (
            (self.reviews_due_on, Phase.REVIEWING),
            (self.interviews_until, Phase.INTERVIEWING),
            (self.groups_on, Phase.SELECTING),
            (self.meetings_until, Phase.MEETING),
            (self.publishing_until, Phase.PUBLISHING),
        ):
            if today <= last_day:
                return phase
        return Phase.CLOSED

    @property
    def signature(self) -> dict:
        """Who signs mail about this cohort, where an answer arrives, whose words it takes."""
        return {
            "mailbox": self.mailbox,
            "signature_name": self.contact_name,
            "signature_phone": self.contact_phone,
            "series": self.series_id,
        }

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it takes applications; a preview shows a call being written as it will be."""
        return (self.is_published or bool(clock.previewed())) and self.phase == Phase.OPEN

    @cached_property
    def first_closes_at(self):
        """When a call whose deadline was extended was first to close, else None."""
        first = self.extensions.order_by("at", "pk").first()
        return first and first.was_until

    @property
    def is_past_closing(self) -> bool:
        return clock.now() >= self.closes_at

    @property
    def is_choosing(self) -> bool:
        """Whether the way in still lies ahead or is under way: the groups are not known yet."""
        return _today() <= self.groups_on

    @property
    def next_webinar(self):
        """The next webinar that one can still register for, or None; a preview's day counts."""
        ahead = [
            webinar
            for webinar in self.webinars.all()
            if webinar.takes_registrations and clock.now() < webinar.event.starts_at
        ]
        return min(ahead, key=lambda webinar: webinar.event.starts_at, default=None)

    def publish(self, *, by) -> None:
        """Open the call to the public: from now on its pages follow its dates.

        Raises InvalidTransition when it is public already, or applications would be closed.
        """
        now = clock.now()
        unpublished = type(self).objects.filter(pk=self.pk, published_at=None)
        if not unpublished.filter(closes_at__gt=now).update(published_at=now):
            if unpublished.exists():
                raise InvalidTransition(
                    _("Applications would be closed already. Choose a later day for their close.")
                )
            raise InvalidTransition(_("This call is already published."))
        self.refresh_from_db(fields=["published_at"])

    publish.alters_data = True


class CohortRole(models.Model):
    """A reviewer or an interviewer of one cohort. Django groups are for staff only."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("reviewer")
        INTERVIEWER = "interviewer", _("interviewer")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="roles")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="cohort_roles",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organization")
    )
    speaks_english = models.BooleanField(_("reads English"), default=True)
    speaks_french = models.BooleanField(_("reads French"), default=False)

    privacy = Privacy(
        person_path="person",
        topic=Topic.DUTIES,
        called=_("Rounds you review or interview for"),
        personal="cohort role organization speaks_english speaks_french",
    )

    class Meta:
        ordering = ["cohort", "role", "person__name"]
        verbose_name = _("reviewer or interviewer")
        verbose_name_plural = _("reviewers and interviewers")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person", "role"], name="one_row_per_role_in_a_cohort"
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_role_display()}"
