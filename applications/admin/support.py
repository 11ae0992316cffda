"""What supervisors answered, once the applicants have been told."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_base import ModelAdmin, NoAdd, always, verb
from accounts.columns import NOTHING
from applications.models import Support


class ToCallFilter(admin.SimpleListFilter):
    title = gettext_lazy("to be called")
    parameter_name = "to_call"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes"))]

    def queryset(self, request, queryset):
        return queryset.to_be_called() if self.value() == "yes" else queryset


@admin.register(Support)
class SupportAdmin(NoAdd, ModelAdmin):
    desk = ("applications", 3)
    view_on_site = False
    list_display = ["name", "of", "cohort", "answer", "words", "phone", "answered_at", "called_at"]
    list_filter = ["application__cohort", "answer", ToCallFilter]
    list_select_related = ["application__cohort", "application__person", "person"]
    search_fields = ["name", "person__email", "application__name", "application__reference"]
    search_help_text = gettext_lazy("Name of the supervisor or the applicant, or a reference")
    empty_words = gettext_lazy(
        "Applicants may ask a supervisor about the hours. You read the answer once they have."
    )
    fields = [
        "application", "name", "address", "asked_at", "answer", "words", "phone", "answered_at",
        "called_at", "before",
    ]  # fmt: skip
    readonly_fields = fields
    verbs = ["note_call"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=Support.objects.told())

    @verb(
        gettext_lazy("I have called"),
        when=lambda support: support.answer == Support.Answer.CALL and not support.called_at,
        is_next=always,
        done=gettext_lazy("Noted that somebody called."),
    )
    def note_call(self, request, support):
        support.note_call()

    @admin.display(description=gettext_lazy("applicant"), ordering="application__name")
    def of(self, support):
        return support.application.name or support.application.person

    @admin.display(description=gettext_lazy("cohort"), ordering="application__cohort")
    def cohort(self, support):
        return support.application.cohort

    @admin.display(description=gettext_lazy("answered before"))
    def before(self, support):
        said = [
            f"{clock.brief(former.answered_at)}: {former.get_answer_display()} {former.words}"
            for former in support.former_answers.all()
        ]
        return format_html_join(mark_safe("<br>"), "{}", ([line] for line in said)) or NOTHING

    @admin.display(description=gettext_lazy("email address"), ordering="person__email")
    def address(self, support):
        return support.person.email
