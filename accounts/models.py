from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import search
from accounts.bilingual import Bilingual
from accounts.once import SentForm as SentForm
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


class Part(models.TextChoices):
    """The parts of the province: what a blind reader is told of where somebody works."""

    GTA = "gta", _("Greater Toronto Area")
    CENTRAL = "central", _("Central Ontario")
    EAST = "east", _("Eastern Ontario")
    SOUTHWEST = "southwest", _("Southwestern Ontario")
    NORTH = "north", _("Northern Ontario")


class RegionQuerySet(models.QuerySet):
    def alphabetical(self):
        """By their names in the reader's language; what is no catchment stands last."""
        name = "name_fr" if get_language() == "fr" else "name_en"
        return self.order_by("-is_catchment", name)


class Region(Bilingual):
    """One of Ontario's 15 employment catchments, or "province-wide", or "not sure"."""

    BILINGUAL = ("name",)

    key = models.SlugField(_("key"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_fr = models.CharField(_("name (French)"), max_length=100)
    macro = models.CharField(_("part of the province"), max_length=20, blank=True, choices=Part)
    places = models.JSONField(_("towns"), default=list, blank=True)
    is_catchment = models.BooleanField(_("is a catchment"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RegionQuerySet.as_manager()

    privacy = Privacy(
        person_path=None,
        because="A part of the province.",
        public="key name macro places is_catchment position",
    )

    class Meta:
        ordering = ["position", "name_en"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self):
        return self.name


class Organization(Bilingual):
    """An employer, a service provider or a partner that convenes a call."""

    class Size(models.TextChoices):
        SMALL = "small", _("under 20 people")
        MEDIUM = "medium", _("20 to 99 people")
        LARGE = "large", _("100 people or more")

    BILINGUAL = ("name",)

    name_en = models.CharField(_("name (English)"), max_length=200)
    name_fr = models.CharField(_("name (French)"), max_length=200, blank=True)
    mail_domain = models.CharField(
        _("mail domain"),
        max_length=100,
        blank=True,
        help_text=_("What follows the @, for example agency.ca"),
    )
    size = models.CharField(_("size"), max_length=10, choices=Size, blank=True)
    website = models.URLField(_("website"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="An organization.",
        public="name website",
        internal="mail_domain size",
    )

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.UniqueConstraint(Lower("name_en"), name="one_organization_per_name"),
        ]

    def __str__(self):
        return self.name


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
        """
        email = self.normalize_email(email).lower()
        person, is_new = self.get_or_create(
            email=email, defaults={"name": name, "language": language}
        )
        if is_new:
            person.set_unusable_password()
            person.save(update_fields=["password"])
            EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
        return person

    def create_superuser(self, email, password=None, **facts):
        person = self.person(email, name=facts.get("name", ""))
        person.is_staff = person.is_superuser = True
        person.save()
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """A person, with or without sign-in. The mail address is the name she signs in by."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    time_zone = models.CharField(_("clock"), max_length=40, choices=Zone, default=Zone.TORONTO)
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
    joined_at = models.DateTimeField(_("known since"), default=timezone.now, editable=False)

    privacy = Privacy(
        person_path="pk",
        topic=Topic.WHO,
        called=_("You"),
        change="accounts:details",
        internal="is_superuser groups user_permissions",
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
        indexes = [models.Index(fields=["name", "email"], name="people_in_order")]
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


class ContactNote(models.Model):
    """A call, a letter or a talk that staff had with a person, in two lines. Never edited."""

    person = models.ForeignKey(
        User, models.CASCADE, related_name="contact_notes", verbose_name=_("person")
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("what was said"), max_length=1000)

    privacy = Privacy(
        person_path="person",
        writer_path="by",
        topic=Topic.WHO,
        called=_("Calls and letters between us"),
        wrote=_("notes of contacts"),
        personal="by at",
        sensitive="text",
        withheld="by text",
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("note of a contact")
        verbose_name_plural = _("notes of contacts")

    def __str__(self):
        return f"{self.person}, {self.at:%Y-%m-%d}"


class SignIn(models.Model):
    """That a person signed in, and when; so that she can tell whether it was she."""

    person = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.SIGN_IN,
        called=_("Times you signed in"),
        personal="at",
    )

    class Meta:
        ordering = ["-at"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self):
        return f"{self.person}, {self.at:%Y-%m-%d}"


class Export(models.Model):
    """That somebody took away a file of people's data: who, when and what. Never edited."""

    class What(models.TextChoices):
        OWN_DATA = "own-data", _("a copy of one’s own data")

    person = models.ForeignKey(User, models.CASCADE, related_name="exports")
    what = models.CharField(_("what"), max_length=20, choices=What)
    records = models.PositiveIntegerField(_("records in it"))
    made_at = models.DateTimeField(_("when"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.SIGN_IN,
        called=_("Copies of your data that you took"),
        personal="what records made_at",
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self):
        return f"{self.person}, {self.get_what_display()}"


class Office(models.Model):
    """Who runs the site: what mail is signed with and every page's foot shows. One row.

    What is empty here, the environment says; read it by ``accounts.office.current``.
    """

    name = models.CharField(_("name of your organization"), max_length=200)
    convenor = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who convenes the calls"),
    )
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    mailbox = models.EmailField(_("mailbox that a person reads"))
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[check_phone])
    mail_arrived_at = models.DateTimeField(_("test mail arrived"), null=True, editable=False)

    privacy = Privacy(
        person_path=None,
        because="The organization that runs the site.",
        public="name convenor postal_address mailbox phone",
        internal="mail_arrived_at",
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_office")]

    def __str__(self):
        return self.name
