from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import (
    ModelAdmin,
    NoAdd,
    NoDelete,
    ReadOnly,
    ReasonForm,
    TabularInline,
    verb,
)
from accounts.models import User
from cops import services
from cops.admin.words import Words
from cops.models import Community, Membership
from notifications.models import Role


class PersonForm(forms.Form):
    """Somebody who is known already, by her mail address."""

    person = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.As)

    def clean_person(self):
        person = User.objects.filter(email__iexact=self.cleaned_data["person"]).first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody is known by this address. Add the person under People first.")
            )
        return person


class MembershipInline(ReadOnly, TabularInline):
    model = Membership
    fields = ["person", "role", "organization", "joined_at", "left_at"]
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = gettext_lazy("people (open one to end the membership)")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "organization")


@admin.register(Community)
class CommunityAdmin(NoDelete, Words, ModelAdmin):
    desk = ("groups", 3)
    list_display = ["called", "cohort", "focus_area", "meets_in", "members_now"]
    list_filter = ["cohort", "focus_area", "meets_in"]
    list_select_related = ["cohort", "focus_area"]
    search_fields = ["name_en", "name_fr"]
    search_help_text = gettext_lazy("Name")
    empty_words = gettext_lazy("Add one for each group that will meet.")
    prepopulated_fields = {"slug": ["name_en"]}
    verbs = ["add_person"]
    inlines = [MembershipInline]
    fields = [
        "cohort",
        "focus_area",
        "slug",
        ("name_en", "name_fr"),
        ("summary_en", "summary_fr"),
        "meets_in",
        "mailbox",
    ]

    def get_queryset(self, request):
        now = Count(
            "memberships",
            filter=Q(memberships__left_at=None, memberships__role=Role.MEMBER),
        )
        return super().get_queryset(request).annotate(members_now=now)

    def view_on_site(self, community):
        return community.get_absolute_url()

    def get_inlines(self, request, community):
        return self.inlines if community else []

    def get_readonly_fields(self, request, community=None):
        return ["cohort"] if community else []

    @admin.display(description=gettext_lazy("name"), ordering="name_en")
    def called(self, community):
        return community.name

    @admin.display(description=gettext_lazy("members"), ordering="members_now")
    def members_now(self, community):
        return community.members_now

    @verb(
        gettext_lazy("Add a person"),
        form=PersonForm,
        done=gettext_lazy("Added. The welcome and the meetings are on their way."),
    )
    def add_person(self, request, community, facts):
        services.join(community, facts["person"], Role(facts["role"]))


class CurrentFilter(admin.SimpleListFilter):
    title = gettext_lazy("belongs now")
    parameter_name = "current"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        return {"yes": queryset.current(), "no": queryset.exclude(left_at=None)}.get(
            self.value(), queryset
        )


class MembershipAdmin(NoAdd, ModelAdmin):
    """Read here; written by offers, "Add a person" and "End this membership" alone.

    ``meetings.admin`` registers it, with the filter by hours.
    """

    desk = ("groups", 4)
    list_display = ["person", "community", "role", "organization", "joined_at", "left_at"]
    list_filter = ["community__cohort", CurrentFilter, "role", "community"]
    list_select_related = ["person", "community", "organization"]
    search_fields = ["person__name", "person__email", "community__name_en", "community__name_fr"]
    search_help_text = gettext_lazy("Name or address of the person, or the community")
    fields = [
        "person",
        "community",
        "role",
        "organization",
        "joined_at",
        "left_at",
        "left_because",
    ]
    readonly_fields = fields
    verbs = ["end"]

    @verb(
        gettext_lazy("End this membership"),
        form=ReasonForm,
        danger=True,
        when=lambda membership: membership.left_at is None,
        done=gettext_lazy("The membership is over, and with it the invitations ahead."),
    )
    def end(self, request, membership, facts):
        services.leave(membership, because=facts["reason"][:200])
