"""The groups of a cohort, and who belongs to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.models import Organization
from accounts.phrases import in_a_row
from accounts.privacy import Privacy, Topic
from cops.models.cohort import Cohort
from cops.models.focus import FocusArea
from notifications.models import Role, Series


class CommunityQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(cohort__published_at=None)

    def visible_to(self, person):
        """Communities whose public page ``person`` may read."""
        return self if person.is_staff else self.public()

    def of_person(self, person):
        """Communities that ``person`` belongs to now, as a member or a facilitator."""
        return self.filter(memberships__person=person, memberships__left_at=None).distinct()

    def facilitated_by(self, person):
        return self.filter(
            memberships__person=person,
            memberships__left_at=None,
            memberships__role=Role.FACILITATOR,
        )

    def inside_for(self, person):
        """Communities whose internal pages ``person`` may read."""
        return self if person.is_staff else self.of_person(person)

    def run_by(self, person):
        """Communities whose meetings ``person`` may plan and log."""
        return self if person.is_staff else self.facilitated_by(person)


class Community(Bilingual):
    """One group of practitioners in one cohort; several may share a focus area."""

    class Meets(models.TextChoices):
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")
        BOTH = "both", _("English and French")

    MEETS_IN = {
        Meets.ENGLISH: _("meets in English"),
        Meets.FRENCH: _("meets in French"),
        Meets.BOTH: _("meets in English and French"),
    }

    BILINGUAL = ("name", "summary")

    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="communities", verbose_name=_("cohort")
    )
    focus_area = models.ForeignKey(
        FocusArea, models.PROTECT, related_name="communities", verbose_name=_("focus area")
    )
    series = models.OneToOneField(Series, models.PROTECT, related_name="community", editable=False)
    slug = models.SlugField(_("address"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=150)
    name_fr = models.CharField(_("name (French)"), max_length=150, blank=True)
    summary_en = models.TextField(_("public summary (English)"), blank=True)
    summary_fr = models.TextField(_("public summary (French)"), blank=True)
    meets_in = models.CharField(_("meets in"), max_length=4, choices=Meets, default=Meets.ENGLISH)
    mailbox = models.EmailField(
        _("mailbox that the facilitators read"),
        blank=True,
        help_text=_(
            "Answers to email about the meetings reach it, and the facilitators sign. "
            "Leave it empty for the mailbox of the call."
        ),
    )

    privacy = Privacy(
        person_path=None,
        because="A group; its people are its memberships.",
        public="cohort focus_area slug name summary meets_in",
        internal="series mailbox",
    )

    objects = CommunityQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "name_en"]
        verbose_name = _("community")
        verbose_name_plural = _("communities")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cops:community", args=[self.slug])

    def save(self, *args, **kwargs):
        if self.series_id is None:
            self.series = Series.objects.create(
                name_en=self.name_en, name_fr=self.name_fr, parent=self.cohort.series
            )
        super().save(*args, **kwargs)

    @property
    def meets_in_words(self) -> str:
        return str(self.MEETS_IN[self.meets_in])

    @property
    def signature(self) -> dict:
        """Who signs mail to the group: its facilitators, where they read a mailbox of their own."""
        signature = self.cohort.signature | {"series": self.series_id}
        facilitators = [each.person for each in self.facilitators.select_related("person")]
        if self.mailbox and facilitators:
            signature |= {"mailbox": self.mailbox, "signature_name": in_a_row(facilitators)}
        return signature

    @property
    def facilitators(self):
        return self.memberships.current().filter(role=Role.FACILITATOR)

    @property
    def members(self):
        return self.memberships.current().filter(role=Role.MEMBER)

    def is_open_to(self, person) -> bool:
        """Whether ``person`` may read the pages that only the group sees."""
        if not person.is_authenticated:
            return False
        return Community.objects.inside_for(person).filter(pk=self.pk).exists()


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_at=None)

    def with_people(self):
        return self.select_related("person", "organization", "person__region")


class Membership(models.Model):
    """A person in a community. Written by ``cops.services.join`` and ``leave`` alone."""

    class As(models.TextChoices):
        MEMBER = Role.MEMBER.value, Role.MEMBER.label
        FACILITATOR = Role.FACILITATOR.value, Role.FACILITATOR.label

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="memberships", verbose_name=_("community")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=12, choices=As)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organization at joining"),
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_because = models.CharField(_("reason for leaving"), max_length=200, blank=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.WORK,
        called=_("Communities you belong or belonged to"),
        personal="community role organization joined_at left_at left_because",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["community", "role", "person__name"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=Q(left_at=None),
                name="one_live_membership_per_community",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.community}"

    @property
    def card(self) -> dict:
        """What the group sees of one of its people."""
        return {
            "name": str(self.person),
            "role": capfirst(self.get_role_display()),
            "organization": str(self.organization or ""),
            "region": str(self.person.region or ""),
        }
