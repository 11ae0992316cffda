from django import forms
from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_base import HistoryInline, ModelAdmin, NoDelete, always, verb
from cops import access
from cops.models import AccessChange, AccessRequest


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("What you arranged"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "It is emailed to the person as you write it: write in her language. "
            "The words around it are in her language already."
        ),
    )


class CloseForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Why nothing is arranged"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "It is emailed to the person as you write it: write in her language. "
            "The words around it are in her language already."
        ),
    )


class StandsFilter(admin.SimpleListFilter):
    title = gettext_lazy("where it stands")
    parameter_name = "stands"

    def lookups(self, request, model_admin):
        return [
            ("open", _("Open")),
            ("late", _("Late")),
            ("mine", _("Mine")),
            ("unowned", _("Without an owner")),
        ]

    def queryset(self, request, queryset):
        narrowed = {
            "open": queryset.open,
            "late": queryset.late,
            "mine": lambda: queryset.owned_by(request.user),
            "unowned": queryset.without_owner,
        }.get(self.value())
        return narrowed() if narrowed else queryset


class AccessHistory(HistoryInline):
    model = AccessChange


@admin.register(AccessRequest)
class AccessRequestAdmin(NoDelete, ModelAdmin):
    """For staff alone. Reviewers never see what an applicant needs, here or elsewhere."""

    desk = ("people", 3)
    list_display = ["person", "kind", "shortened", "due", "owner", "status", "source"]
    list_filter = [StandsFilter, "kind", "source", "cohort"]
    list_select_related = ["person", "owner", "deadline"]
    search_fields = ["person__name", "person__email", "name", "words"]
    search_help_text = gettext_lazy("Name, address or a word of the request")
    autocomplete_fields = ["person"]
    view_on_site = False
    inlines = [AccessHistory]
    verbs = ["take", "answer_it", "close"]
    asked = ["person", "kind", "words", "about", "cohort"]
    facts = [
        "person", "kind", "words", "about_what", "cohort", "name", "language",
        "source", "asked_at", "due", "owner", "status", "answer",
        "answered_by", "answered_at",
    ]  # fmt: skip

    def get_fields(self, request, obj=None):
        return self.facts if obj else self.asked

    def get_readonly_fields(self, request, obj=None):
        return self.facts if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    @admin.display(description=gettext_lazy("in her words"))
    def shortened(self, asked):
        return Truncator(asked.words).chars(80)

    @admin.display(description=gettext_lazy("page, date or record it is about"))
    def about_what(self, asked):
        return asked.about_in_words

    @admin.display(description=gettext_lazy("to answer by"), ordering="deadline__starts_at")
    def due(self, asked):
        return clock.spoken_day(asked.deadline.local_on)

    def save_model(self, request, asked, form, change):
        if not change:
            source = AccessRequest.Source.STAFF
            written = access.ask(source=source, by=request.user, **form.cleaned_data)
            asked.pk = written.pk
            asked.refresh_from_db()

    @verb(
        gettext_lazy("Take it"),
        when=lambda asked: asked.is_open,
        is_next=lambda asked: asked.owner_id is None,
        done=gettext_lazy("Yours."),
    )
    def take(self, request, asked):
        access.take(asked, by=request.user)

    @verb(
        gettext_lazy("Answer"),
        form=AnswerForm,
        when=lambda asked: asked.is_open,
        is_next=always,
        done=gettext_lazy("Answered. The email is on its way."),
    )
    def answer_it(self, request, asked, facts):
        access.answer(asked, facts["answer"], by=request.user)

    @verb(
        gettext_lazy("Close, nothing to arrange"),
        form=CloseForm,
        danger=True,
        when=lambda asked: asked.is_open and not asked.is_about_data,
        done=gettext_lazy("Closed. The email is on its way."),
    )
    def close(self, request, asked, facts):
        access.close(asked, facts["words"], by=request.user)
