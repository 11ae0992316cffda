"""A code by which somebody is let into a call that takes no applications: late, or for a reason."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.privacy import Privacy, Topic
from cops.models import Cohort
from notifications.models import Event

# Letters and digits that nobody mistakes for one another, read over the phone.
LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
LENGTH = 8
# One sentence for whatever is wrong with a code: nobody learns which codes there are.
REFUSED = _(
    "This code does not open this call for you. Perhaps it is mistyped, its time is over, it was "
    "used already, or it is for another address."
)


class AccessCodeQuerySet(models.QuerySet):
    def matching(self, text: str):
        """The code that ``text`` may mean, however it is spaced and written."""
        return self.filter(code="".join(filter(str.isalnum, text.upper())))

    def meant_for(self, person):
        """Return the newest code for ``person`` alone that lets her in, or None."""
        hers = self.exclude(person=None).filter(person=person)  # nobody is meant by no code
        return next((code for code in hers if code.lets_in(person)), None)


class AccessCode(models.Model):
    """Lets so many people begin and send an application until its deadline, see decision 0033."""

    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="access_codes", verbose_name=_("cohort")
    )
    code = models.CharField(_("code"), max_length=LENGTH, unique=True, editable=False)
    deadline = models.OneToOneField(
        Event, models.PROTECT, related_name="access_code", editable=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="access_codes",
        verbose_name=_("for this person alone"),
        editable=False,
    )
    uses = models.PositiveSmallIntegerField(
        _("how many people it lets in"), default=1, validators=[MinValueValidator(1)]
    )
    used = models.PositiveSmallIntegerField(_("used"), default=0, editable=False)
    note = models.TextField(_("why"), max_length=500)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    privacy = Privacy(
        person_path="person",
        topic=Topic.APPLICATIONS,
        called=_("Codes that let you apply after the call closed"),
        internal="uses used made_by",
        personal="cohort deadline note made_at revoked_at",
        sensitive="code",
        withheld="code note",
        told_as={"deadline": "until"},
        labels={"deadline": _("until")},
    )

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("access code")
        verbose_name_plural = _("access codes")
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("uses")), name="code_used_as_allowed"),
        ]

    def __str__(self):
        return f"{self.code[: LENGTH // 2]}-{self.code[LENGTH // 2 :]}"

    def save(self, *args, **kwargs):
        if not self.code:
            self.code = get_random_string(LENGTH, LETTERS)
        super().save(*args, **kwargs)

    @property
    def until(self) -> str:
        return clock.spoken(self.deadline.starts_at, self.deadline.zone)

    @property
    def is_live(self) -> bool:
        """Whether what was begun by it may be written and sent."""
        return self.revoked_at is None and clock.now() < self.deadline.starts_at

    def lets_in(self, person=None) -> bool:
        """Whether it lets in one more: ``person``, or whoever it is where nobody is known yet."""
        is_meant = person is None or self.person_id in (None, person.pk)
        return is_meant and self.is_live and self.used < self.uses

    def late_draft_of(self, person):
        """Return the draft that ``person`` could not send in time, or None."""
        drafts = self.cohort.applications.confirmed().filter(person=person)
        return next((draft for draft in drafts if draft.may_use_code), None)

    def take(self, person) -> None:
        """Use it once for ``person``. Of two who take the last use at once, one gets it.

        Raises InvalidTransition, with one sentence whatever the reason.
        """
        free = type(self).objects.filter(pk=self.pk, revoked_at=None, used__lt=F("uses"))
        if not self.lets_in(person) or not free.update(used=F("used") + 1):
            raise InvalidTransition(REFUSED)
        self.refresh_from_db(fields=["used"])

    def revoke(self) -> None:
        """Let nobody in by it any more. Raises InvalidTransition when it is revoked already."""
        live = type(self).objects.filter(pk=self.pk, revoked_at=None)
        if not live.update(revoked_at=timezone.now()):
            raise InvalidTransition(_("This code is revoked already."))
        self.refresh_from_db(fields=["revoked_at"])

    for _verb in (take, revoke):
        _verb.alters_data = True
    del _verb
