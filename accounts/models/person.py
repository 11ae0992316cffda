from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import search
from accounts.models.organization import Organization
from accounts.models.region import Region
from accounts.phones import check_phone
from accounts.privacy import Privacy, Topic


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


class Zone(models.TextChoices):
    """The clocks of Ontario; Atikokan's does not change in spring."""

    TORONTO = "America/Toronto", _("Eastern Time")
    WINNIPEG = "America/Winnipeg", _("Central Time")
    ATIKOKAN = "America/Atikokan", _("Eastern Standard Time all year")


class UserQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Whose page ``person`` may open: staff everybody's, others their own."""
        return self if person.is_staff else self.filter(pk=person.pk)

    def matching(self, text: str):
        """Those whom ``text`` may mean, see ``accounts.search``."""
        return self.filter(search.matching(text))

    def with_place(self):
        return self.select_related("organization", "region")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    @transaction.atomic
    def person(self, email: str, *, name: str = "", language: str = Language.ENGLISH):
        """Return the person with this mail address, made now where there is none.

        A new person cannot sign in with a password, and her address counts as
        unverified until she opens a link or types a code sent to it. A known
        person is returned as she is: a stranger who types her address changes nothing.
        The address of a second record that was merged means the one that is kept.
        """
        email = self.normalize_email(email).lower()
        person, is_new = self.get_or_create(
            email=email,
            defaults={"name": name, "language": language, "password": make_password(None)},
        )
        if is_new:
            EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
        return person.merged_into or person

    def create_superuser(self, email, password=None, **facts):
        person = self.person(email, name=facts.get("name", ""))
        person.is_staff = person.is_superuser = True
        person.save()
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """A person, with or without sign-in. The mail address is the name she signs in by."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    time_zone = models.CharField(_("clock"), max_length=40, choices=Zone, default=Zone.TORONTO)
    # Else it follows the town that she applies from.
    chose_clock = models.BooleanField(default=False, editable=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[check_phone])
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organization"),
    )
    region = models.ForeignKey(
        Region,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("region"),
    )
    calendar_secret = models.UUIDField(default=uuid4, unique=True, editable=False)
    is_staff = models.BooleanField(_("First Work staff"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # The record of the same person that is kept, where this one was a second.
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="merged",
        editable=False,
        verbose_name=_("merged into"),
    )
    joined_at = models.DateTimeField(_("known since"), default=timezone.now, editable=False)

    privacy = Privacy(
        person_path="pk",
        topic=Topic.WHO,
        called=_("You"),
        change="accounts:details",
        internal="is_superuser groups user_permissions merged_into chose_clock",
        personal=(
            "email name phone organization region language time_zone is_staff is_active joined_at "
            "last_login"
        ),
        sensitive="password calendar_secret",
        withheld="password calendar_secret",
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["name", "email"]
        indexes = [
            models.Index(fields=["name", "email"], name="people_in_order"),
            models.Index(fields=["is_active"], name="people_of_staff", condition=Q(is_staff=True)),
        ]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
        ]

    def __str__(self):
        return self.name or self.email

    def get_absolute_url(self):
        return reverse("accounts:me")

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def has_usable_password(self):
        """Nobody signs in with a password, whatever the column holds."""
        return False

    @property
    def is_verified(self) -> bool:
        """Whether the mail address is known to be hers."""
        return EmailAddress.objects.filter(user=self, email=self.email, verified=True).exists()

    def verify(self) -> None:
        """Record that she opened a link that only her mailbox holds."""
        EmailAddress.objects.filter(user=self, email=self.email).update(verified=True)

    verify.alters_data = True
