"""One person's wish to take part in one cohort, from the first field to the decision."""

from datetime import timedelta
from functools import cached_property
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.privacy import Privacy, Topic
from applications.models.code import LETTERS, AccessCode
from applications.models.queryset import ApplicationQuerySet
from applications.models.status import Status
from applications.models.told import Told
from cops.models import Cohort
from notifications.models import Message

# How long after sending an address may be confirmed.
CONFIRMATION = timedelta(hours=72)


class Application(Told, Moves):
    """One person's wish to take part in one cohort. Staff never edit her answers."""

    class CameBy(models.TextChoices):
        PHONE = "phone", _("by phone")
        PAPER = "paper", _("on paper")
        MAIL = "mail", _("by email or letter")

    # The whole life of an application. A status without an entry is final.
    NEXT = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.DRAFT, Status.IN_REVIEW, Status.WITHDRAWN},
        Status.IN_REVIEW: {Status.INTERVIEW, Status.DECLINED, Status.WITHDRAWN},
        Status.INTERVIEW: {
            Status.OFFERED, Status.WAITLISTED, Status.DECLINED, Status.WITHDRAWN,
        },
        Status.WAITLISTED: {Status.OFFERED, Status.DECLINED, Status.WITHDRAWN},
        Status.OFFERED: {Status.WITHDRAWN},
    }  # fmt: skip
    # Where what her supervisor says may still help.
    UNDECIDED_YET = (
        Status.DRAFT, Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED,
    )  # fmt: skip
    # What staff may decide before it is released.
    DECISIONS = (Status.INTERVIEW, Status.OFFERED, Status.WAITLISTED, Status.DECLINED)
    UNDECIDED = {
        "pending_status": "", "pending_by": None, "pending_at": None, "pending_reason": "",
    }  # fmt: skip

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=10, unique=True, editable=False)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="applications", verbose_name=_("cohort")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("person"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    # Started by somebody who typed an address; hers once a link sent there is opened.
    awaits_confirmation = models.BooleanField(
        _("address not confirmed"), default=False, editable=False
    )
    access_code = models.ForeignKey(
        AccessCode,
        models.PROTECT,
        null=True,
        related_name="applications",
        editable=False,
        verbose_name=_("let in by"),
    )
    # Who wrote down for her what she said or sent; nobody, where she fills in the form herself.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    came_by = models.CharField(_("how it came"), max_length=10, choices=CameBy, blank=True)
    copied_at = models.DateTimeField(null=True, editable=False)

    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    # How long she was at the form: between two savings, pauses left out.
    seconds_spent = models.PositiveIntegerField(default=0, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(
        pgettext_lazy("application", "sent"), null=True, editable=False
    )
    form_version = models.ForeignKey(
        "FormVersion",
        models.PROTECT,
        null=True,
        related_name="applications",
        editable=False,
        verbose_name=_("what was asked"),
    )
    # The file that it came by, where it was answered in another form.
    imported = models.ForeignKey(
        "Import",
        models.PROTECT,
        null=True,
        related_name="applications",
        editable=False,
        verbose_name=_("imported file"),
    )
    # A decision that nobody has been told yet. No page the applicant sees reads these.
    pending_status = models.CharField(
        _("decision to release"), max_length=20, choices=Status, blank=True, editable=False
    )
    pending_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )
    pending_at = models.DateTimeField(_("decided"), null=True, editable=False)
    pending_reason = models.TextField(_("reason"), blank=True, editable=False)

    privacy = Privacy(
        person_path="person",
        topic=Topic.APPLICATIONS,
        called=_("Your applications"),
        internal="version access_code pending_by form_version seconds_spent touched_at copied_at",
        personal=(
            "reference cohort status awaits_confirmation name phone town region "
            "organization_name organization job level authority motivation trial_idea hours_plan "
            "availability mail_language interview_language meeting_language agrees_to_use "
            "wants_news started_at submitted_at pending_at entered_by came_by imported"
        ),
        sensitive="access_needs pending_status pending_reason",
        withheld="pending_status pending_at pending_reason",
        told_as={"availability": "half_days", "imported": "imported.told"},
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-started_at"]
        indexes = [
            models.Index(fields=["-submitted_at", "-started_at"], name="applications_in_order"),
            models.Index(fields=["cohort", "status"], name="applications_by_status"),
        ]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"],
                condition=~Q(status=Status.WITHDRAWN) & Q(awaits_confirmation=False),
                name="one_application_per_cohort",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(submitted_at__isnull=False),
                name="sent_application_has_its_time",
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("applications:application", args=[self.uuid])

    def save(self, *args, **kwargs):
        if not self.reference:
            self.reference = self.draw_reference()
        super().save(*args, **kwargs)

    @staticmethod
    def draw_reference() -> str:
        return get_random_string(6, LETTERS)

    @property
    def form_read(self):
        """The form as it was when this was sent; None for a draft, or where it was not kept."""
        return None if self.status == Status.DRAFT else self.form_version

    @property
    def is_open(self) -> bool:
        return self.status in self.NEXT

    @staticmethod
    def source_of(reference: str) -> str:
        """How a consent names the application with ``reference`` as where it was given."""
        return f"application {reference}"

    @staticmethod
    def imported_source_of(reference: str) -> str:
        """The same for a consent that was given in another form, and came with its answers."""
        return f"imported {reference}"

    @property
    def letter_key(self) -> str:
        """The key of the letter that tells its status: one for each decision."""
        return f"application-{self.status}:{self.pk}"

    @cached_property
    def holds_letter(self) -> bool:
        """Whether the letter that tells its status has not gone: it may still be taken back."""
        letters = Message.objects.filter(state__in=Message.NOT_GONE)
        return letters.filter(dedupe_key=self.letter_key).exists()

    @property
    def last_sent(self) -> int | None:
        """The key of the change by which it was sent last; None when none is known of."""
        sent = self.changes.filter(new=Status.SUBMITTED)
        return sent.order_by("-pk").values_list("pk", flat=True).first()

    @property
    def last_offer(self):
        """The newest offer, or None: the others were answered or have lapsed."""
        return next(iter(self.offers.all()), None)

    @property
    def was_reopened(self) -> bool:
        """Sent in time once, and given back by staff to be corrected."""
        return self.status == Status.DRAFT and self.submitted_at is not None

    @property
    def is_let_in(self) -> bool:
        """Whether it came by a code that still lets it be written and sent."""
        return self.access_code is not None and self.access_code.is_live

    @property
    def closes_at(self):
        """The instant until which it may be sent: the call's, or its code's where that is later."""
        if self.access_code is None:
            return self.cohort.closes_at
        return max(self.cohort.closes_at, self.access_code.deadline.starts_at)

    @property
    def may_be_edited(self) -> bool:
        return self.status == Status.DRAFT and (
            self.cohort.is_open or self.was_reopened or self.is_let_in
        )

    @property
    def may_use_code(self) -> bool:
        """Whether a code would help: a draft that is hers, and may not be sent without one."""
        return self.status == Status.DRAFT and not self.may_be_edited and self.cohort.is_choosing

    @property
    def takes_support(self) -> bool:
        """Whether a supervisor's answer counts: the address is hers, and nothing is decided yet.

        Of a draft: while it may be sent, or a code would help.
        """
        if self.awaits_confirmation or self.status not in self.UNDECIDED_YET:
            return False
        return self.status != Status.DRAFT or self.may_be_edited or self.may_use_code

    @property
    def may_ask_supervisor(self) -> bool:
        """Whether a supervisor may be asked: the answer counts, and a draft may be sent by now."""
        return self.takes_support and (self.status != Status.DRAFT or self.may_be_edited)

    @cached_property
    def answered_supports(self) -> list:
        """What the supervisors she asked have said by now."""
        answered = self.supports.standing().exclude(answer="")
        return list(answered.only("application", "name", "answer"))

    @property
    def why_closed(self) -> str:
        """Why nothing of it may be written, in words for its person."""
        match self.status:
            case Status.DRAFT:
                return _t(
                    "This call closed on %(moment)s. Your draft is kept, "
                    "but it can no longer be changed or sent."
                ) % {"moment": clock.spoken(self.closes_at, settings.TIME_ZONE)}
            case Status.SUBMITTED:
                return _t("This application has been sent already. To change it, write to us.")
            case Status.WITHDRAWN:
                return _t("This application is withdrawn, so it can no longer be changed.")
        return _t("This application can no longer be changed.")

    @property
    def confirm_by(self):
        """The instant by which an address that is not confirmed has to be."""
        if self.awaits_confirmation and self.submitted_at:
            return self.submitted_at + CONFIRMATION
        return None

    @property
    def is_being_entered(self) -> bool:
        """Whether staff write it down for its person, and have not sent it yet."""
        return bool(self.came_by) and self.status == Status.DRAFT and self.submitted_at is None

    @property
    def may_be_corrected(self) -> bool:
        """Whether its person may take back what staff wrote down for her: nobody reads it yet."""
        return bool(self.came_by) and self.status == Status.SUBMITTED

    def forget_rows(self):
        """Let what was prefetched of other tables be read anew: it has been written to."""
        self._prefetched_objects_cache = {}

    def submit(self, form_version=None, *, by=None):
        """Count from this second; one that was reopened keeps the time it was first sent.

        ``form_version`` is what its call asked of her, besides its own fields; ``by`` is who
        sends it for her.
        """
        if not self.may_be_edited:
            raise InvalidTransition(self.why_closed)
        self._move_to(
            Status.SUBMITTED,
            by=by or self.person,
            submitted_at=self.submitted_at or timezone.now(),
            form_version=form_version,
        )

    def confirm(self):
        """Note that its person has shown that the address is hers.

        Raises InvalidTransition when another application of hers stands in this
        call, or this one was withdrawn.
        """
        still = type(self).objects.filter(pk=self.pk).exclude(status=Status.WITHDRAWN)
        try:
            with transaction.atomic():
                is_done = still.update(awaits_confirmation=False)
        except IntegrityError as error:
            raise InvalidTransition(_t("You already have an application in this call.")) from error
        if not is_done:
            raise InvalidTransition(_t("This application is already closed."))
        self.awaits_confirmation = False

    def reopen(self, *, by, reason=""):
        """Let the applicant correct and send again what she has sent."""
        self._move_to(Status.DRAFT, by=by, reason=reason)

    def start_review(self, *, by):
        self._move_to(Status.IN_REVIEW, by=by)

    def withdraw(self, *, by, reason=""):
        self._move_to(Status.WITHDRAWN, by=by, reason=reason, **self.UNDECIDED)

    def decide(self, status, *, by, reason=""):
        """Note a decision that stays unseen until it is released."""
        if status not in self.DECISIONS or not self.can_move_to(status):
            raise InvalidTransition(_t("This cannot be decided for an application in this status."))
        unchanged = type(self).objects.filter(pk=self.pk, status=self.status)
        if not unchanged.update(
            pending_status=status, pending_by=by, pending_at=timezone.now(), pending_reason=reason
        ):
            raise InvalidTransition(_t("This application was changed in the meantime."))
        self.refresh_from_db(fields=[*self.UNDECIDED])

    def undecide(self):
        """Take back a decision that nobody has been told."""
        changed = type(self).objects.pending().filter(pk=self.pk)
        if not changed.update(**self.UNDECIDED):
            raise InvalidTransition(_t("There is no decision to take back."))
        self.refresh_from_db(fields=[*self.UNDECIDED])

    def settle(self, *, by):
        """Make the pending decision true."""
        self._move_to(self.pending_status, by=by, reason=self.pending_reason, **self.UNDECIDED)

    for _verb in (submit, confirm, reopen, start_review, withdraw, decide, undecide, settle):
        _verb.alters_data = True
    del _verb


class ApplicationChange(StatusChange):
    record = models.ForeignKey(Application, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path="record__person",
        topic=Topic.APPLICATIONS,
        called=_("What became of your applications"),
    )
