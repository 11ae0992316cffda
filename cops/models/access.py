"""What a person asked for so that she can take part, or about her own data: due, then answered."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.models import Language
from accounts.privacy import Privacy, Topic
from cops.models.cohort import Cohort
from cops.models.webinar import Webinar
from notifications.models import Event


class AccessRequestQuerySet(models.QuerySet):
    def with_webinar(self, webinar):
        """Those that came with a registration for ``webinar``."""
        return self.filter(source=AccessRequest.Source.WEBINAR, about=webinar.slug)

    def waiting_with(self, registration):
        """Return what its person needs there and has no answer to yet, with its day, or None."""
        asked = self.open().with_webinar(registration.webinar).filter(person=registration.person)
        return asked.select_related("deadline").first()

    def of_person(self, person):
        return self.filter(person=person)

    def open(self):
        return self.filter(status=AccessRequest.Status.OPEN)

    def late(self):
        """Open requests that should have been answered by now."""
        return self.open().filter(deadline__starts_at__lte=timezone.now())

    def owned_by(self, person):
        return self.open().filter(owner=person)

    def without_owner(self):
        return self.open().filter(owner=None)

    def with_people(self):
        return self.select_related("person", "owner", "deadline", "cohort")


class AccessRequest(Moves):
    """An access need, a wish for another format, or a wish about one's own data.

    Staff answer it by its deadline, whoever took it; while nobody has, all of them owe it.
    """

    class Kind(models.TextChoices):
        NEED = "need", _("something to take part")
        FORMAT = "format", _("another format")
        CORRECTION = "correction", _("correction of personal data")
        ERASURE = "erasure", _("erasure of personal data")

    class Source(models.TextChoices):
        WEBINAR = "webinar", _("webinar registration")
        APPLICATION = "application", _("application")
        FORM = "form", _("public form")
        OWN_PAGE = "own-page", _("her own page")
        DETAILS = "details", _("her details")
        STAFF = "staff", _("phone or email, noted by staff")

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")

    NEXT = {Status.OPEN: {Status.ANSWERED, Status.WITHDRAWN}}
    # Days to answer. Own data: what the privacy page promises; the rest: before it is of use.
    DAYS = {Kind.NEED: 7, Kind.FORMAT: 7, Kind.CORRECTION: 30, Kind.ERASURE: 30}
    # What is needed on a day is settled this long before.
    AHEAD = timedelta(days=2)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="access_requests",
        verbose_name=_("who asks"),
    )
    name = models.CharField(_("name as typed"), max_length=150, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.NEED)
    words = models.TextField(_("in her words"))
    source = models.CharField(_("source"), max_length=12, choices=Source)
    about = models.CharField(_("page, date or record it is about"), max_length=200, blank=True)
    cohort = models.ForeignKey(
        Cohort,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="access_requests",
        verbose_name=_("cohort"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_requests",
        verbose_name=_("who answers"),
    )
    deadline = models.OneToOneField(
        Event, models.PROTECT, related_name="access_request", editable=False
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    answer = models.TextField(_("answer"), blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    privacy = Privacy(
        person_path="person",
        writer_path="answered_by",
        topic=Topic.REQUESTS,
        called=_("Your requests"),
        wrote=_("answers to requests for access"),
        internal="cohort owner answered_by",
        personal="name kind source about language deadline status asked_at answered_at",
        sensitive="words answer",
        told_as={"deadline": "deadline.local_on"},
        labels={"deadline": _("to be answered by")},
    )

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["deadline__starts_at", "pk"]
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="answered_request_has_its_answer",
            ),
            models.UniqueConstraint(
                fields=["person", "source", "about"],
                condition=Q(status="open", source__in=["webinar", "application"]),
                name="one_open_need_per_source",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status="open", kind="erasure"),
                name="one_open_wish_to_be_erased",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status="open", source="details"),
                name="one_open_employer_to_add",
            ),
        ]

    def __str__(self):
        asked_on = self.asked_at.astimezone(clock.ONTARIO).date()
        return f"{self.get_kind_display()}, {clock.brief_day(asked_on)}"

    def get_absolute_url(self):
        return reverse("cops:access-request", args=[self.uuid])

    @property
    def about_in_words(self) -> str:
        """What it is about; a form of ours writes down the key of its webinar or call."""
        if self.source == self.Source.APPLICATION:
            return str(self.cohort or self.about)
        if self.source == self.Source.WEBINAR:
            return str(Webinar.objects.filter(slug=self.about).first() or self.about)
        return self.about

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_about_data(self) -> bool:
        """Whether it is a right of hers: it ends by an answer, or because she takes it back."""
        return self.kind in (self.Kind.CORRECTION, self.Kind.ERASURE)

    @property
    def was_taken_back(self) -> bool:
        """Whether she took it back herself, rather than that staff closed it."""
        return self.changes.filter(new=self.Status.WITHDRAWN, by=self.person_id).exists()

    @property
    def is_late(self) -> bool:
        return self.is_open and self.deadline.is_over

    def take(self, *, by):
        """Note that ``by`` sees to it; who took it before is relieved.

        Raises InvalidTransition when it is closed, or somebody else took it since it was read.
        """
        unchanged = AccessRequest.objects.open().filter(pk=self.pk, owner=self.owner_id)
        if not unchanged.update(owner=by):
            raise InvalidTransition(_t("Somebody else has just taken or closed this request."))
        self.refresh_from_db(fields=["owner"])

    def close_with(self, answer: str, *, by):
        self._move_to(
            self.Status.ANSWERED,
            by=by,
            answer=answer,
            answered_by=by,
            answered_at=timezone.now(),
        )

    def close_without(self, words: str, *, by):
        """Close it with nothing arranged; ``words`` tell her why."""
        self._refuse_about_data()
        self._move_to(self.Status.WITHDRAWN, by=by, answer=words)

    def withdraw(self, *, by, reason=""):
        """Close it without a word; what is about her own data only she may take back."""
        if by != self.person:
            self._refuse_about_data()
        self._move_to(self.Status.WITHDRAWN, by=by, reason=reason)

    def _refuse_about_data(self):
        if self.is_about_data:
            raise InvalidTransition(_t("What somebody asks about her own data is answered."))

    take.alters_data = close_with.alters_data = True
    close_without.alters_data = withdraw.alters_data = True


class AccessChange(StatusChange):
    record = models.ForeignKey(AccessRequest, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path="record__person",
        topic=Topic.REQUESTS,
        called=_("What became of your requests"),
    )
