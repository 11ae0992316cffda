from collections.abc import Sequence
from operator import le, lt

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from accounts.admin_base import (
    ModelAdmin,
    NoDelete,
    ReadOnly,
    StackedInline,
    TabularInline,
    always,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.unasked import AsksOnly
from cops import news, parts, readiness
from cops.admin.copying import CopiesCall
from cops.admin.deadline import ExtendsDeadline, ExtensionInline
from cops.admin.words import Words
from cops.models import Anchor, Cohort, CohortRole, Criterion, FocusAreaVersion, Program
from notifications import outbox


class CriterionInline(Words, StackedInline):
    model = Criterion
    fields = ["number", ("text_en", "text_fr"), ("question_en", "question_fr"), "weight"]
    show_change_link = True


class CohortRoleInline(TabularInline):
    model = CohortRole
    autocomplete_fields = ["person", "organization"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "organization")


class QuestionInline(ReadOnly, TabularInline):
    """The questions as they stand; they change through the focus area's own page."""

    model = FocusAreaVersion
    fields = ["focus_area", "number", "question_en", "question_fr", "written_at"]
    readonly_fields = fields
    verbose_name_plural = gettext_lazy("guiding questions (change them at the focus area)")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("focus_area")


AFTER = gettext_lazy("This must come after “%(earlier)s”.")
NOT_BEFORE = gettext_lazy("This cannot come before “%(earlier)s”.")
NOT_LESS = gettext_lazy("This cannot be less than “%(earlier)s”.")

# What the constraints of the table ask, told beside the field that it asks it of.
ORDER = [
    ("opens_at", lt, "closes_at", AFTER),
    ("reviews_due_on", le, "interviews_until", NOT_BEFORE),
    ("interviews_from", le, "interviews_until", NOT_BEFORE),
    ("interviews_until", le, "groups_on", NOT_BEFORE),
    ("groups_on", le, "meetings_from", NOT_BEFORE),
    ("meetings_from", lt, "meetings_until", AFTER),
    ("meetings_until", le, "publishing_until", NOT_BEFORE),
    ("group_min", le, "group_max", NOT_LESS),
    ("hours_min", le, "hours_max", NOT_LESS),
]


class CohortForm(AsksOnly, forms.ModelForm):
    """A call; whoever was told a date that changes is told of it, once that was looked at."""

    tells = forms.BooleanField(label=gettext_lazy("Yes, write to them"), required=False)

    told: Sequence[str] = ()

    @property
    def changed_data(self):
        """What changed of the call: that somebody is written to is said, and changes nothing."""
        return [name for name in super().changed_data if name != "tells"]

    @property
    def were(self) -> dict:
        """The later dates of a public call that are being changed, as they were; none that is over
        either way.
        """
        if not self.instance.is_published:
            return {}
        today = timezone.localdate(timezone=clock.ONTARIO)
        days = {
            name: (self.initial[name], self.cleaned_data[name])
            for name in self.changed_data
            if name in Cohort.LATER and name in self.cleaned_data
        }
        return {name: was for name, (was, then) in days.items() if max(was, then) >= today}

    def clean(self):
        facts = super().clean() or self.cleaned_data
        wrong = [
            (later, words % {"earlier": self[earlier].label})
            for earlier, holds, later, words in ORDER
            if earlier in facts and later in facts and not holds(facts[earlier], facts[later])
        ]
        closes_at = None if "closes_at" in self.fields else self.instance.closes_at
        if closes_at and "opens_at" in facts and facts["opens_at"] >= closes_at:
            wrong.append(("opens_at", _("This must come before applications close.")))
        for later, words in wrong:
            self.add_error(later, words)
        if self.were and not self.errors and not facts.get("tells"):
            self.told = [
                said
                for part in parts.every()
                for said in part.told_of_dates(self.instance, self.were)
            ]
        if self.told:
            self.add_error(None, _("Read who is told of the new dates, and say yes."))
        return facts

    class Meta:
        help_texts = {
            "slug": gettext_lazy(
                "The end of the page’s address. It stays once the call is public."
            ),
            "closes_at": gettext_lazy(
                "Once the call is public, it moves by “Extend the deadline”."
            ),
            "headline_en": gettext_lazy("One line, in large type: what this cohort is about."),
            "invitation_en": gettext_lazy("A few paragraphs; an empty line begins a new one."),
            "commitment_en": gettext_lazy(
                "What people promise: how many hours, how often, how long."
            ),
            "usual_times_en": gettext_lazy(
                "Of the meetings, as far as they are known: employers ask. "
                "For example: Tuesdays or Thursdays, 1 to 3 p.m."
            ),
            "reviews_due_on": gettext_lazy("The last day for the readers of applications."),
            "groups_on": gettext_lazy("The day the public is told. You release the letters."),
            "publishing_until": gettext_lazy("The last step of the public timeline."),
            "group_min": gettext_lazy(
                "Proposals for groups keep to this; you may decide otherwise."
            ),
            "hours_min": gettext_lazy("Part of the call. The board counts members outside of it."),
            "reviews_each": gettext_lazy("How many people read each application."),
            "mailbox": gettext_lazy("Shown in the call and in letters, as the place to write to."),
            "is_sample": gettext_lazy("Public pages then say that this cohort is invented."),
        }


@admin.register(Cohort)
class CohortAdmin(ExtendsDeadline, CopiesCall, NoDelete, Words, ModelAdmin):
    desk = ("call", 1)
    form = CohortForm
    change_form_template = "cops/admin_form_cohort.html"
    list_display = ["called", "stands", "opens_at", "closes_at", "published_at"]
    list_filter = ["is_sample"]
    search_fields = ["name_en", "name_fr", "slug"]
    search_help_text = gettext_lazy("Name")
    empty_words = gettext_lazy("A cohort is one call with its dates, groups and outcomes.")
    prepopulated_fields = {"slug": ["name_en"]}
    autocomplete_fields = ["convenor", "partners"]
    readonly_fields = ["before_opening", "while_open", "stands", "published_at"]
    inlines = [QuestionInline, CriterionInline, CohortRoleInline]
    verbs = ["open_call", "extend", "announce", "copy"]
    fieldsets = [
        (None, {"fields": ["stands", "published_at"]}),
        (
            gettext_lazy("The call, in English and French"),
            {
                "fields": [
                    "slug",
                    ("name_en", "name_fr"),
                    ("headline_en", "headline_fr"),
                    ("invitation_en", "invitation_fr"),
                    ("commitment_en", "commitment_fr"),
                    ("usual_times_en", "usual_times_fr"),
                ]
            },
        ),
        (
            gettext_lazy("Dates"),
            {
                "fields": [
                    ("opens_at", "closes_at"),
                    "reviews_due_on",
                    ("interviews_from", "interviews_until"),
                    "groups_on",
                    ("meetings_from", "meetings_until"),
                    "publishing_until",
                ]
            },
        ),
        (
            gettext_lazy("Bounds"),
            {
                "fields": [
                    ("group_min", "group_max"),
                    ("hours_min", "hours_max"),
                    ("reviews_each", "blind_review"),
                    "reply_days",
                ]
            },
        ),
        (
            gettext_lazy("Who convenes and who answers"),
            {
                "fields": [
                    "convenor",
                    "partners",
                    "mailbox",
                    ("contact_name", "contact_phone"),
                    "is_sample",
                ]
            },
        ),
    ]

    def view_on_site(self, cohort):
        return cohort.get_absolute_url()

    def save_model(self, request, cohort, form, change):
        super().save_model(request, cohort, form, change)
        if form.were:
            for part in parts.every():
                part.dates_moved(cohort, form.were, by=request.user)

    @admin.display(description=gettext_lazy("name"), ordering="name_en")
    def called(self, cohort):
        return cohort.name

    @admin.display(description=gettext_lazy("where it stands"))
    def stands(self, cohort):
        if cohort.pk is None:
            return "–"
        return cohort.phase.label if cohort.is_published else _("not published")

    @admin.display(description=gettext_lazy("before it opens"))
    def before_opening(self, cohort):
        if cohort.pk is None:
            return _("Save the call first; this list then says what is missing.")
        return self.lacks(cohort)

    @admin.display(description=gettext_lazy("still to mend"))
    def while_open(self, cohort):
        return self.lacks(cohort)

    def lacks(self, cohort):
        lacks = readiness.missing(cohort)
        if not lacks:
            return _("Nothing is missing.")
        needed = format_html("<strong>{}</strong> ", _("Needed:"))
        opens = not cohort.is_published
        lines = [
            (needed if lack.blocks and opens else "", lack.url, lack.sentence) for lack in lacks
        ]
        items = format_html_join("", '<li>{}<a href="{}">{}</a></li>', lines)
        return format_html("<ul>{}</ul>", items)

    @verb(
        gettext_lazy("Open the call"),
        when=lambda cohort: not cohort.is_published,
        is_next=always,
        done=gettext_lazy("The call is public. Its pages follow its dates."),
    )
    def open_call(self, request, cohort):
        if readiness.blocking(cohort):
            raise InvalidTransition(
                _("Add a guiding question and the criteria first: there is nothing to apply to.")
            )
        cohort.publish(by=request.user)
        drafts = news.announce(cohort, by=request.user)
        if drafts:
            self.log_verb(request, cohort, self.open_call)
            said = ngettext(
                "The call is public. Here is the email to %(count)s person who asked for news.",
                "The call is public. Here are the emails to %(count)s people who asked for news.",
                len(drafts),
            )
            messages.success(request, said % {"count": len(drafts)})
            return redirect(outbox.review_url(drafts))

    @verb(
        gettext_lazy("Write to who asked for news"),
        when=lambda cohort: (
            cohort.is_published and not cohort.is_past_closing and news.unheard(cohort).exists()
        ),
    )
    def announce(self, request, cohort):
        drafts = news.announce(cohort, by=request.user)
        self.log_verb(request, cohort, self.announce)
        return redirect(outbox.review_url(drafts))

    def get_fieldsets(self, request, cohort=None):
        """Begin with what is lacking: before it opens and while it is open, not once it is over."""
        (title, options), *others = super().get_fieldsets(request, cohort)
        is_public = cohort is not None and cohort.is_published
        lacking = "while_open" if is_public else "before_opening"
        fields = [] if is_public and cohort.is_past_closing else [lacking]
        return [(title, {**options, "fields": [*fields, *options["fields"]]}), *others]

    def get_inlines(self, request, cohort):
        extended = [ExtensionInline] if cohort and cohort.first_closes_at else []
        return [*extended, *self.inlines] if cohort else []

    def get_readonly_fields(self, request, cohort=None):
        # A public address is printed, forwarded and bookmarked: it stays.
        kept = ["slug", "closes_at"] if cohort and cohort.is_published else []
        return [*self.readonly_fields, *kept]

    def get_prepopulated_fields(self, request, cohort=None):
        return {} if cohort and cohort.is_published else self.prepopulated_fields


class AnchorInline(TabularInline):
    model = Anchor
    fields = ["value", "sentence_en", "sentence_fr"]


@admin.register(Criterion)
class CriterionAdmin(Words, ModelAdmin):
    desk = ("call", 4)
    list_display = ["number", "asked", "cohort", "weight"]
    list_display_links = ["asked"]
    list_filter = ["cohort"]
    list_select_related = ["cohort"]
    search_fields = ["text_en", "text_fr", "question_en", "question_fr"]
    search_help_text = gettext_lazy("A word of the criterion")
    fields = ["cohort", "number", ("text_en", "text_fr"), ("question_en", "question_fr"), "weight"]
    inlines = [AnchorInline]

    @admin.display(description=gettext_lazy("What is rated"), ordering="question_en")
    def asked(self, criterion):
        return criterion.question


@admin.register(Program)
class ProgramAdmin(NoDelete, ModelAdmin):
    desk = ("setup", 1)
    list_display = ["name_en", "name_fr", "active_from", "active_until", "renamed_to"]
    list_select_related = ["renamed_to"]
    search_fields = ["name_en", "name_fr", "key"]
    search_help_text = gettext_lazy("Name")
    prepopulated_fields = {"key": ["name_en"]}
    fields = [
        "key",
        ("name_en", "name_fr"),
        ("active_from", "active_until"),
        "renamed_to",
        "position",
    ]
