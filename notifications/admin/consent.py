"""What people agreed to, as they said it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_base import IsSet, ModelAdmin, ReadOnly
from accounts.bilingual import said_in
from notifications.models import Consent


@admin.register(Consent)
class ConsentAdmin(ReadOnly, ModelAdmin):
    desk = ("mail", 4)
    view_on_site = False  # the page is the person's
    list_display = [
        "person", "purpose", "version", "language", "where", "given_at", "withdrawn_at",
        "ended_where",
    ]  # fmt: skip
    fields = [
        "person", "purpose", "words", "version", "language", "where", "given_at", "withdrawn_at",
        "ended_where",
    ]  # fmt: skip
    list_filter = ["purpose", "version", "language", "given_at", ("withdrawn_at", IsSet)]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email"]
    search_help_text = gettext_lazy("Name or address of the person")

    @admin.display(description=gettext_lazy("wording"))
    def words(self, consent):
        return said_in(consent.wording, consent.language)

    @admin.display(description=gettext_lazy("source"), ordering="source")
    def where(self, consent):
        return consent.source_in_words

    @admin.display(description=gettext_lazy("withdrawn where"), ordering="withdrawn_source")
    def ended_where(self, consent):
        return consent.withdrawn_in_words
