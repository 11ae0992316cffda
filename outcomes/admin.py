from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    ModelAdmin,
    NoDelete,
    ReadOnly,
    ReasonForm,
    StackedInline,
    always,
    verb,
)  # fmt: skip
from accounts.moments import MomentField
from accounts.unasked import AsksOnly
from applications.models import Insight
from cops.models import FocusAreaVersion
from meetings.models import Decision, Meeting, Trial
from notifications import outbox
from outcomes import services
from outcomes.models import Evidence, Feedback, Outcome


class MomentForm(forms.Form):
    at = MomentField(label=_("When"), help_text=_("Eastern Time."))


class EvidenceForm(AsksOnly, forms.ModelForm):
    """Exactly one source; the constraint says so too, this says it kindly."""

    def clean(self):
        facts = super().clean()
        chosen = [name for name in Evidence.SOURCES if facts.get(name)]
        if len(chosen) != 1:
            raise forms.ValidationError(
                _("Choose exactly one record that this step rests on; %(count)d are chosen."),
                params={"count": len(chosen)},
            )
        return facts


class EvidenceInline(StackedInline):
    model = Evidence
    form = EvidenceForm
    extra = 1
    verbose_name_plural = _("How we came to this: one record and one public sentence for each step")
    fields = [
        "position",
        ("insight", "question"),
        ("decision", "trial", "meeting"),
        ("sentence_en", "sentence_fr"),
    ]

    def get_formset(self, request, obj=None, **kwargs):
        self.community = obj and obj.community
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if self.community and db_field.name in Evidence.SOURCES:
            kwargs["queryset"] = self._records_of(self.community)[db_field.name]
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in Evidence.SOURCES:
            field.choices = list(field.choices)  # looked up once, not once for each step
        return field

    @staticmethod
    def _records_of(community):
        """Only what this community's own work gave rise to."""
        return {
            "insight": Insight.objects.filter(
                focus_area=community.focus_area, interview__application__cohort=community.cohort
            ),
            "question": FocusAreaVersion.objects.filter(
                focus_area=community.focus_area, cohort=community.cohort
            ).select_related("focus_area"),
            "decision": Decision.objects.filter(meeting__community=community),
            "trial": Trial.objects.filter(community=community),
            "meeting": Meeting.objects.filter(community=community).select_related("community"),
        }


class Stage(admin.SimpleListFilter):
    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        return [("preparing", _("being prepared")), ("review-due", _("due for review"))]

    def queryset(self, request, queryset):
        match self.value():
            case "preparing":
                return queryset.in_preparation()
            case "review-due":
                return queryset.due_for_review()
        return queryset


@admin.register(Outcome)
class OutcomeAdmin(NoDelete, ModelAdmin):
    desk = ("outcomes", 1)
    list_display = ["title", "community", "status", "published_at", "rules"]
    list_filter = ["community__cohort", "status", Stage, "rules"]
    tones = {
        "status": {
            Outcome.Status.MEMBER_REVIEW: "info",
            Outcome.Status.EDITOR_CHECK: "info",
            Outcome.Status.APPROVED: "attention",
            Outcome.Status.SCHEDULED: "attention",
            Outcome.Status.PUBLISHED: "success",
        }
    }
    search_help_text = _("A word of the text, or a program")
    empty_words = _("An outcome tells others what a community found out.")
    list_select_related = ["community"]
    search_fields = ["title_en", "title_fr", "search_text"]
    prepopulated_fields = {"slug": ["title_en"]}
    autocomplete_fields = ["supersedes"]
    readonly_fields = ["status", "checklist", "publish_at", "published_at"]
    inlines = [EvidenceInline]
    fieldsets = [
        (None, {"fields": [("community", "slug"), ("status", "checklist"),
                           ("publish_at", "published_at"), ("number", "supersedes")]}),
        (_("What readers see"), {"fields": [
            (f"{name}_en", f"{name}_fr") for name in Outcome.BILINGUAL
        ]}),
        (_("Can they rely on it"), {"fields": ["rules", "rules_on", "programs"]}),
    ]  # fmt: skip
    verbs = [
        "to_members", "to_editor", "send_back", "approve", "schedule", "unschedule",
        "publish", "withdraw",
    ]  # fmt: skip

    @admin.display(description=_("title"), ordering="title_en")
    def title(self, outcome):
        return outcome.title

    @admin.display(description=_("Still missing"))
    def checklist(self, outcome):
        if not outcome.pk:
            return _("Save first.")
        if not outcome.missing:
            return _("Nothing: it may be approved.")
        wants = format_html_join("", "<li>{}</li>", ((want,) for want in outcome.missing))
        return format_html("<ul>{}</ul>", wants)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.refresh_search()

    def get_readonly_fields(self, request, obj=None):
        """Published text is never edited in place: a new version replaces it."""
        fixed = super().get_readonly_fields(request, obj)
        if obj and not obj.may_be_edited:
            return [*fixed, "community", "slug", "number", "supersedes", "rules", "rules_on",
                    "programs", *(f"{name}_{code}" for name in Outcome.BILINGUAL
                                  for code in ("en", "fr"))]  # fmt: skip
        return fixed

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and not obj.may_be_edited else self.prepopulated_fields

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        if obj and not obj.may_be_edited:
            for inline in inlines:
                inline.has_add_permission = inline.has_change_permission = lambda *args: False
                inline.has_delete_permission = lambda *args: False
        return inlines

    @verb(
        _("Send to the members"),
        when=lambda o: o.can_move_to(Outcome.Status.MEMBER_REVIEW),
        is_next=always,
    )
    def to_members(self, request, outcome):
        letters = services.send_to_members(outcome, by=request.user)
        return self.letters_to_release(request, outcome, self.to_members, letters)

    def letters_to_release(self, request, outcome, method, letters):
        """Lead to the mail that ``method`` gave rise to, where there is any."""
        if not letters:
            return None
        self.log_verb(request, outcome, method)
        messages.success(
            request, _t("The email to the group is a draft: look at it, then let it go.")
        )
        return redirect(outbox.review_url(letters))

    @verb(
        _("Pass to the editor"),
        when=lambda o: o.can_move_to(Outcome.Status.EDITOR_CHECK),
        is_next=always,
    )
    def to_editor(self, request, outcome):
        outcome.send_to_editor(by=request.user)

    @verb(
        _("Send back"),
        form=ReasonForm,
        when=lambda o: o.can_move_to(Outcome.Status.DRAFT),
    )
    def send_back(self, request, outcome, facts):
        outcome.send_back(by=request.user, reason=facts["reason"])

    @verb(
        _("Approve"),
        when=lambda o: o.status == Outcome.Status.EDITOR_CHECK,
        is_next=always,
    )
    def approve(self, request, outcome):
        outcome.approve(by=request.user)

    @verb(
        _("Schedule"),
        form=MomentForm,
        when=lambda o: o.can_move_to(Outcome.Status.SCHEDULED),
    )
    def schedule(self, request, outcome, facts):
        outcome.schedule(facts["at"], by=request.user)

    @verb(_("Do not publish by itself"), when=lambda o: o.status == Outcome.Status.SCHEDULED)
    def unschedule(self, request, outcome):
        outcome.unschedule(by=request.user)

    @verb(
        _("Publish now"),
        danger=True,
        when=lambda o: o.can_move_to(Outcome.Status.PUBLISHED),
        is_next=lambda o: o.status == Outcome.Status.APPROVED,
    )
    def publish(self, request, outcome):
        letters = services.publish(outcome, by=request.user)
        return self.letters_to_release(request, outcome, self.publish, letters)

    @verb(
        _("Withdraw the outcome"),
        form=ReasonForm,
        danger=True,
        when=lambda o: o.can_move_to(Outcome.Status.WITHDRAWN),
    )
    def withdraw(self, request, outcome, facts):
        outcome.withdraw(by=request.user, reason=facts["reason"])


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, ModelAdmin):
    desk = ("outcomes", 2)
    list_display = ["outcome", "organization", "given_at", "text"]
    labels = {
        "name": _("name"),
        "organization": _("organization"),
        "email": _("email address"),
        "text": _("what was tried, and what happened"),
    }
    list_filter = ["outcome__community__cohort"]
    list_select_related = ["outcome"]
    search_fields = ["text", "organization"]
    search_help_text = _("A word of the text, or an organization")
