from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_base import ModelAdmin, NoDelete, ReadOnly, StackedInline, always, verb
from accounts.bilingual import said_in
from accounts.lifecycle import InvalidTransition
from accounts.models import Zone
from accounts.moments import MomentField, refuse_past
from accounts.unasked import AsksOnly
from cops import attendance, services
from cops.admin.attendance import AttendanceFileForm, AttendanceForm, QuestionsForm
from cops.admin.words import Words
from cops.models import Registration, Webinar, WebinarAnswer
from notifications import telling
from notifications.admin.cancelling import CANCELLED, CancelsSeveral
from notifications.forms import CancelForm
from notifications.models import Invitee

SCHEDULE = ["starts_at", "minutes", "zone", "place", "join_link", "dial_in"]


class WebinarForm(AsksOnly, forms.ModelForm):
    """A webinar and, in the same breath, when it is and how to join."""

    starts_at = MomentField(label=gettext_lazy("Starts"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=10, max_value=600, initial=60
    )
    zone = forms.ChoiceField(label=gettext_lazy("Clock"), choices=Zone)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200, required=False)
    join_link = forms.URLField(
        label=gettext_lazy("Join link"), max_length=200, required=False, assume_scheme="https"
    )
    dial_in = forms.CharField(label=gettext_lazy("Dial-in"), max_length=200, required=False)

    class Meta:
        model = Webinar
        fields = ["cohort", "slug"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            event = self.instance.event
            self.initial |= {
                "starts_at": event.starts_at,
                "minutes": event.length_minutes,
                "zone": event.zone,
                "place": event.place,
                "join_link": event.join_link,
                "dial_in": event.dial_in,
            }

        zone = self["zone"].value()
        if zone in Zone.values:
            self.fields["starts_at"].on_the_clock_of(zone)

    def clean(self):
        facts = super().clean()
        if self.instance.pk and "starts_at" in self.cleaned_data:
            starts_at = self.cleaned_data["starts_at"]
            refuse_past(self, "starts_at", starts_at, was=self.instance.event.starts_at)
        return facts

    def schedule(self) -> dict:
        facts = {name: self.cleaned_data[name] for name in SCHEDULE}
        wall = self.fields["starts_at"].wall(facts.pop("starts_at"))
        return facts | {"wall": wall, "fold": wall.fold}


class CancelWebinarForm(CancelForm):
    words = gettext_lazy(
        "Everyone who is told reads it in the email, in the language you write it in. It is not "
        "on the public page."
    )


class AnswerInline(StackedInline):
    model = WebinarAnswer
    formfield_overrides = Words.formfield_overrides
    fields = [("question_en", "question_fr"), ("answer_en", "answer_fr"), "position"]


@admin.register(Webinar)
class WebinarAdmin(CancelsSeveral, NoDelete, Words, ModelAdmin):
    desk = ("webinars", 1)
    form = WebinarForm
    list_display = ["called", "cohort", "starts", "registered", "seats"]
    list_filter = ["cohort"]
    list_select_related = ["cohort", "event"]
    search_fields = ["title_en", "title_fr", "slug"]
    search_help_text = gettext_lazy("A word of the title")
    prepopulated_fields = {"slug": ["title_en"]}
    verbs = ["attendance", "attendance_file", "questions", "cancel"]
    cancel_form = CancelWebinarForm
    inlines = [AnswerInline]
    fieldsets = [
        (None, {"fields": ["cohort", "kind", "slug", ("title_en", "title_fr")]}),
        (gettext_lazy("When and where"), {"fields": SCHEDULE}),
        (
            gettext_lazy("What people read"),
            {
                "fields": [
                    ("description_en", "description_fr"),
                    ("recording_url", "slides_url"),
                ],
                "description": gettext_lazy(
                    "The day after, who was registered gets the recording by email, in other "
                    "words where somebody did not come. Nothing goes before there is a recording "
                    "or slides, and nothing later than a week after that day. Answers to what was "
                    "asked stand below; everybody reads them once it is over."
                ),
            },
        ),
        (gettext_lazy("Seats"), {"fields": ["seats"]}),
    ]

    def get_queryset(self, request):
        live = Count("registrations", filter=Q(registrations__cancelled_at=None))
        return super().get_queryset(request).annotate(registered=live)

    def view_on_site(self, webinar):
        return webinar.get_absolute_url()

    def get_readonly_fields(self, request, webinar=None):
        return ["cohort"] if webinar else []

    @admin.display(description=gettext_lazy("title"), ordering="title_en")
    def called(self, webinar):
        return webinar.title

    @admin.display(description=gettext_lazy("starts"), ordering="event__starts_at")
    def starts(self, webinar):
        if not webinar.event.is_live:
            return _("cancelled")
        return clock.spoken(webinar.event.starts_at, webinar.event.zone)

    @admin.display(description=gettext_lazy("registered"), ordering="registered")
    def registered(self, webinar):
        return webinar.registered

    def save_model(self, request, webinar, form, change):
        save = services.move_webinar if change else services.hold_webinar
        save(webinar, **form.schedule())

    def consequence(self, webinar, method):
        is_end = method == self.cancel
        return telling.before_end(webinar.event) if is_end else super().consequence(webinar, method)

    def verb_form(self, request, webinar, method):
        if method == self.cancel:
            return method.form(request.POST or None)
        return method.form(request.POST or None, request.FILES or None, webinar=webinar)

    @verb(
        gettext_lazy("Note who came"),
        form=AttendanceForm,
        when=lambda webinar: webinar.has_started and webinar.event.is_live,
        is_next=always,
    )
    def attendance(self, request, webinar, facts):
        present = [invitee.pk for invitee in facts["present"]]
        services.note_attendance(webinar.event, present, seen=facts["seen"] or None)

    @verb(
        gettext_lazy("Read attendance from a file"),
        form=AttendanceFileForm,
        when=lambda webinar: webinar.has_started and webinar.event.is_live,
    )
    def attendance_file(self, request, webinar, facts):
        """Show what the file says; what staff then send is noted by ``attendance``."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Attendance from the file"),
            "subtitle": self.full_name(webinar),
            "opts": self.opts,
            "record": webinar,
            "matched": attendance.match(webinar, facts["file"], facts["least"]),
            "least": facts["least"],
            "seen": services.attendance_seen(webinar.event),
            "note_url": self.verb_url(webinar, "attendance"),
            "file_url": self.verb_url(webinar, "attendance_file"),
        }
        return render(request, "cops/admin_attendance.html", context)

    @verb(
        gettext_lazy("Take over questions asked in advance"),
        form=QuestionsForm,
        when=lambda webinar: webinar.registrations.to_answer().exists(),
        done=gettext_lazy("The questions stand below, to be answered."),
    )
    def questions(self, request, webinar, facts):
        services.take_questions(webinar, [registration.pk for registration in facts["asked"]])

    @verb(
        gettext_lazy("Cancel the webinar"),
        form=CancelWebinarForm,
        danger=True,
        when=lambda webinar: webinar.takes_registrations,
        done=gettext_lazy("The webinar is cancelled."),
    )
    def cancel(self, request, webinar, facts):
        if not self.call_off(webinar, facts["reason"]):
            raise InvalidTransition(CANCELLED)
        messages.info(request, telling.told(webinar.event))

    def can_be_cancelled(self, webinar):
        return webinar.takes_registrations

    def call_off(self, webinar, reason):
        return services.cancel_webinar(webinar, reason=reason)


class CameFilter(admin.SimpleListFilter):
    title = gettext_lazy("came")
    parameter_name = "came"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        came = Invitee.objects.filter(
            event=OuterRef("webinar__event"),
            person=OuterRef("person"),
            attendance__in=Invitee.CAME,
        )
        return queryset.filter(Exists(came) if self.value() == "yes" else ~Exists(came))


class LiveFilter(admin.SimpleListFilter):
    title = gettext_lazy("cancelled")
    parameter_name = "live"

    def lookups(self, request, model_admin):
        return [("yes", _("No, registered")), ("no", _("Yes, cancelled"))]

    def queryset(self, request, queryset):
        return {"yes": queryset.live(), "no": queryset.exclude(cancelled_at=None)}.get(
            self.value(), queryset
        )


@admin.register(Registration)
class RegistrationAdmin(ReadOnly, ModelAdmin):
    desk = ("webinars", 2)
    view_on_site = False  # the page is hers
    list_display = ["name", "person", "organization", "webinar", "access_needs", "registered_at"]
    fields = [
        "webinar", "person", "name", "organization", "region", "access_needs", "question", "agreed",
        "wants_news", "registered_at", "cancelled_at",
    ]  # fmt: skip
    list_filter = ["webinar__cohort", "webinar__kind", LiveFilter, CameFilter, "region", "webinar"]
    list_select_related = ["person", "webinar"]
    search_fields = ["name", "person__email", "organization"]
    search_help_text = gettext_lazy("Name, address or organization")
    empty_words = gettext_lazy("People register on the page of a webinar.")

    @admin.display(description=gettext_lazy("agreed to"))
    def agreed(self, registration):
        return said_in(registration.consent_wording, registration.person.language)
