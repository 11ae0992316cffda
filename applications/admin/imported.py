"""Files of answers from another form: read, looked through, imported in one press."""

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import TOO_LATE, ModelAdmin, NoAdd, always, verb
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from applications.forms.imports import ColumnsForm, FileForm, MeaningsForm
from applications.importing import checking, reading, showing, values
from applications.importing.mapping import EMAIL
from applications.models import Import
from applications.services import imports
from notifications import outbox

ROWS_SHOWN = 200
REVIEWED_AT_ONCE = 100  # an address holds no more drafts than these


def is_ready(file) -> bool:
    return file.is_waiting and EMAIL in file.columns


def may_write(file) -> bool:
    """Whether it is of use to tell people that their applications have arrived."""
    return bool(file.made) and file.cohort.is_choosing


@admin.register(Import)
class ImportAdmin(NoAdd, ModelAdmin):
    desk = ("applications", 7)
    change_list_template = "applications/admin_imports.html"
    change_form_template = "applications/admin_import.html"
    list_display = ["file_name", "cohort", "read_at", "by", "imported_at", "made", "left_out"]
    list_filter = ["cohort"]
    list_select_related = ["cohort", "by"]
    empty_words = gettext_lazy("Answers that were given in another form come here by a file.")
    fields = readonly_fields = [
        "file_name", "cohort", "by", "read_at", "imported_at", "made", "left_out",
    ]  # fmt: skip
    verbs = ["make", "choose_columns", "write_letters", "drop"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("cohort", "by")

    def get_fields(self, request, file=None):
        return self.fields[:4] if file and file.is_waiting else self.fields

    def get_urls(self):
        views = [
            ("read/", self.read_view, "read"),
            ("<int:pk>/columns/", self.columns_view, "columns"),
            ("<int:pk>/words/", self.words_view, "words"),
            ("<int:pk>/left-out/", self.left_out_view, "leftout"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"applications_import_{name}")
                for route, view, name in views
            ),
            *super().get_urls(),
        ]

    @verb(
        gettext_lazy("Import the rows that are right"),
        when=is_ready,
        is_next=always,
    )
    def make(self, request, file):
        made = imports.make(file, by=request.user)
        self.log_verb(request, file, self.make)
        words = ngettext(
            "%(count)s application is imported. No email goes out.",
            "%(count)s applications are imported. No email goes out.",
            made,
        )
        messages.success(request, words % {"count": made})
        return redirect(self.record_url(file))

    @verb(
        gettext_lazy("Change the columns"),
        when=lambda file: file.is_waiting,
        is_next=lambda file: EMAIL not in file.columns,
    )
    def choose_columns(self, request, file):
        return redirect("admin:applications_import_columns", file.pk)

    @verb(gettext_lazy("Draft an email that they have arrived"), when=may_write)
    def write_letters(self, request, file):
        letters = imports.draft_letters(file, by=request.user)
        if not letters:
            raise InvalidTransition(_("Everybody has been written to, or is decided about."))
        self.log_verb(request, file, self.write_letters)
        if len(letters) > REVIEWED_AT_ONCE:
            address = reverse("admin:notifications_message_changelist")
            return redirect(f"{address}?state__exact=draft&kind=application-received")
        return redirect(outbox.review_url(letters))

    @verb(
        gettext_lazy("Drop this file"),
        danger=True,
        when=lambda file: file.is_waiting,
    )
    def drop(self, request, file):
        Import.objects.filter(pk=file.pk, imported_at=None).delete()
        messages.success(request, _("The file is dropped. Nothing was imported."))
        return redirect("admin:applications_import_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        file = self.get_object(request, object_id)
        if file and file.rows and EMAIL in file.columns and request.method == "GET":
            checked = checking.check(file)
            extra_context = {
                "checked": checked,
                "first_ones": showing.first_ones(file, checked) if file.is_waiting else [],
                "unread": showing.unread(file),
                "shown": f":{ROWS_SHOWN}",
                "shown_most": ROWS_SHOWN,
                "has_consents": "agrees_to_use" in file.columns,
                **(extra_context or {}),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def read_view(self, request):
        """Choose a call and a file; its rows are kept for a day."""
        form = FileForm(request.POST or None, request.FILES or None, cohorts=_cohorts(request))
        if request.method == "POST" and form.is_valid():
            chosen = form.cleaned_data
            try:
                file = imports.read(
                    chosen["cohort"], chosen["file"].name, form.content, by=request.user
                )
            except reading.Unreadable as error:
                form.add_error("file", error)
            except InvalidTransition as error:
                form.add_error("cohort", str(error))
            else:
                return redirect("admin:applications_import_columns", file.pk)
        return self._page(request, "applications/admin_import_read.html", form,
                          title=_("Import a file of applications"))  # fmt: skip

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def columns_view(self, request, pk):
        """Say which column is which answer."""
        file = get_object_or_404(self.get_queryset(request), pk=pk)
        if not file.is_waiting:
            return refuse(request, str(TOO_LATE), self.record_url(file))
        form = ColumnsForm(request.POST or None, file=file)
        if request.method == "POST" and form.is_valid():
            try:
                imports.choose_columns(file, form.columns, form.is_day_first)
            except InvalidTransition as error:
                return refuse(request, str(error), self.record_url(file))
            return redirect(self.record_url(file))
        return self._page(request, "applications/admin_import_columns.html", form,
                          title=_("Which column is which answer?"), file=file)  # fmt: skip

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def words_view(self, request, pk):
        """Say what words mean that are none of our lists."""
        file = get_object_or_404(self.get_queryset(request), pk=pk)
        if not is_ready(file):
            return refuse(request, str(TOO_LATE), self.record_url(file))
        form = MeaningsForm(
            request.POST or None,
            file=file,
            checked=checking.check(file),
            choices=values.choices_of(file.cohort),
        )
        if request.method == "POST" and form.is_valid():
            try:
                imports.say_meanings(file, form.meanings)
            except InvalidTransition as error:
                return refuse(request, str(error), self.record_url(file))
            return redirect(self.record_url(file))
        return self._page(request, "applications/admin_import_words.html", form,
                          title=_("What do these words mean?"), file=file)  # fmt: skip

    @method_decorator(require_safe)
    def left_out_view(self, request, pk):
        """The rows that are not imported, to be repaired and imported as a file of their own."""
        file = get_object_or_404(self.get_queryset(request), pk=pk)
        name = f"{slugify(file.file_name.rpartition('.')[0]) or 'file'}-{_('left-out')}.csv"
        return HttpResponse(
            reading.as_csv(imports.left_out(file)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _page(self, request, template, form, *, title, file=None):
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": file and file.file_name,
            "opts": self.opts,
            "record": file,
            "record_url": file and self.record_url(file),
            "form": form,
            "errors": form.errors,
        }
        return render(request, template, context)


def _cohorts(request):
    """The calls that a file may be added to, but for those that the viewer helps to choose in."""
    return imports.taking_files().exclude(roles__person=request.user)
