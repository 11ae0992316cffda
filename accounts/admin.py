from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.admin_base import IsSet, ModelAdmin, NoDelete, TabularInline, verb
from accounts.admin_input import RecordList
from accounts.columns import NOTHING
from accounts.models import ContactNote, Organization, Region
from accounts.unasked import AsksOnly


class VerifiedFilter(admin.SimpleListFilter):
    title = _("email address confirmed")
    parameter_name = "verified"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        verified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        return queryset.filter(Exists(verified) if self.value() == "yes" else ~Exists(verified))


FACTORS = {
    Authenticator.Type.TOTP: _("Authenticator app"),
    Authenticator.Type.WEBAUTHN: _("Passkey or security key"),
    Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
}


class SecondFactorInline(TabularInline):
    """What staff remove when somebody has lost her phone; she then enrols anew."""

    model = Authenticator
    verbose_name = _("second factor")
    verbose_name_plural = _("second factors")
    fields = readonly_fields = ["sort", "added", "used"]

    def has_add_permission(self, request, obj=None):
        return False

    @admin.display(description=_("sort"))
    def sort(self, factor):
        return FACTORS.get(factor.type, NOTHING)  # a row that a broken form makes up has none

    @admin.display(description=_("added"))
    def added(self, factor):
        return clock.brief(factor.created_at)

    @admin.display(description=_("last used"))
    def used(self, factor):
        return clock.brief(factor.last_used_at) if factor.last_used_at else "–"


class ContactForm(forms.Form):
    what = forms.CharField(
        label=_("What was said"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what was said.")},
    )


class PeopleList(RecordList):
    def url_for_result(self, result):
        return reverse("admin:person", args=[result.uuid])


class UserAdmin(NoDelete, ModelAdmin):
    """The facts about a person. ``notifications`` registers it, with the verbs that write mail."""

    desk = ("people", 1)
    list_display = ["name", "email", "organization", "region", "language", "is_staff", "joined_at"]
    list_display_links = ["name", "email"]
    list_filter = ["is_staff", "language", VerifiedFilter, "region"]
    list_select_related = ["organization", "region"]
    search_fields = ["name", "email", "organization__name_en", "organization__name_fr"]
    search_help_text = _("Name, address or organization")
    autocomplete_fields = ["organization"]
    readonly_fields = ["email", "joined_at", "last_login", "is_verified"]
    inlines = [SecondFactorInline]
    verbs = ["log_contact"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["name", "email", "is_verified", "organization", "region", "phone"]}),
        (_("How to reach and address"), {"fields": ["language", "time_zone"]}),
        (
            _("Sign-in"),
            {
                "classes": ["collapse"],
                "fields": ["is_active", "is_staff", "is_superuser", "joined_at", "last_login"],
            },
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["name", "email", "language", "organization", "region"]}),
    ]

    @verb(_("Log a call"), form=ContactForm)
    def log_contact(self, request, person, facts):
        ContactNote.objects.create(person=person, by=request.user, text=facts["what"])
        messages.success(request, _t("Noted."))
        return redirect(self.way_back(request, person))

    def record_url(self, person):
        return reverse("admin:person", args=[person.uuid])

    def get_changelist(self, request, **kwargs):
        return PeopleList

    def response_change(self, request, person):
        if {"_continue", "_addanother", "_saveasnew"} & set(request.POST):
            return super().response_change(request, person)
        self.message_user(request, _t("Saved."), messages.SUCCESS)
        return redirect(self.record_url(person))

    @admin.display(boolean=True, description=_("email address confirmed"))
    def is_verified(self, person):
        return person.is_verified

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        if request.user.is_superuser:
            return self.readonly_fields
        return [*self.readonly_fields, "is_staff", "is_superuser", "is_active"]

    def get_inlines(self, request, obj):
        return self.inlines if obj and request.user.is_superuser else []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.email = obj.email.lower()
            obj.set_unusable_password()
        elif "time_zone" in form.changed_data:
            obj.chose_clock = True
        super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=False)


class SizeNoted(IsSet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("size noted")


@admin.register(Organization)
class OrganizationAdmin(ModelAdmin):
    desk = ("people", 2)
    list_display = ["name", "mail_domain", "size"]
    list_filter = ["size", ("size", SizeNoted)]
    search_fields = ["name_en", "name_fr", "mail_domain"]
    search_help_text = _("Name or email domain")
    fieldsets = [
        (_("Name"), {"fields": [("name_en", "name_fr")]}),
        (None, {"fields": ["mail_domain", "size", "website"]}),
    ]

    @admin.display(description=_("name"), ordering="name_en")
    def name(self, organization):
        return organization.name


class Lines(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return self._lines(super().clean(value))

    def has_changed(self, initial, data):
        return (initial or []) != self._lines(data or "")

    def _lines(self, text):
        return [line.strip() for line in text.splitlines() if line.strip()]


class RegionForm(AsksOnly, forms.ModelForm):
    places = Lines(label=_("Towns and villages"), help_text=_("One a line."), required=False)


@admin.register(Region)
class RegionAdmin(ModelAdmin):
    form = RegionForm
    desk = ("setup", 2)
    list_display = ["name", "macro", "is_catchment", "position"]
    list_filter = ["is_catchment", "macro"]
    search_fields = ["name_en", "name_fr", "key"]
    search_help_text = _("Name")
    fieldsets = [
        (_("Name"), {"fields": [("name_en", "name_fr"), "key"]}),
        (None, {"fields": ["macro", "places", "is_catchment", "position"]}),
    ]

    @admin.display(description=_("name"), ordering="name_en")
    def name(self, region):
        return region.name
