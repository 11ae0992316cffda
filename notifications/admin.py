from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import (
    DateTimeLocal,
    IsSet,
    ModelAdmin,
    NoDelete,
    ReadOnly,
    TabularInline,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import calendar, mails, outbox
from notifications.models import (
    Attempt,
    Consent,
    Event,
    Invitee,
    Kind,
    Message,
    Reminder,
    Rule,
    Series,
)
from notifications.models.reminder import Unit
from notifications.person_admin import PersonAdmin

# A meeting or an interview is moved on its own page: more hangs on it than the event.
MOVED_HERE = {Kind.WEBINAR}
TEXTS_SHOWN = 100


admin.site.register(User, PersonAdmin)


def as_read(message: Message) -> tuple[str, str]:
    """Return subject and text of ``message`` as sent, or as they would be sent now."""
    if message.body:
        return message.subject, message.body
    if message.lane == Message.Lane.CODE:
        return message.subject, _("A code is shown to nobody but its reader.")
    from notifications.render import NoLongerTrue, render  # loads Markdown: few pages show a mail

    try:
        mail = render(message).masked()
    except NoLongerTrue:
        return message.subject, _("This is no longer true, so it will not be sent.")
    except Exception as error:
        return message.subject, _("It cannot be rendered: %(error)s") % {"error": repr(error)}
    return mail.subject, mail.text


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    fields = ["number", "result", "answer", "at"]
    readonly_fields = fields


class ByVerbs(NoDelete):
    """For records that staff change by verbs alone: there is nothing to add and nothing to save."""

    def has_add_permission(self, request):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


class KindFilter(admin.SimpleListFilter):
    """By the kind of mail, in the words of ``mails.title``."""

    title = gettext_lazy("kind of mail")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return sorted(
            ((name, mails.title(name)) for name in mails.names()), key=lambda pair: pair[1]
        )

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        field = "mail" if queryset.model is Reminder else "kind"
        return queryset.filter(**{field: self.value()})


@admin.register(Message)
class MessageAdmin(ByVerbs, ModelAdmin):
    desk = ("mail", 1)
    list_display = ["about", "state", "recipient", "moment", "why"]
    list_filter = ["state", KindFilter]
    list_select_related = ["recipient"]
    search_fields = ["recipient__name", "recipient__email", "subject"]
    search_help_text = gettext_lazy("Name or address of the reader, or a word of the subject")
    tones = {
        "state": {
            Message.State.DRAFT: "attention",
            Message.State.QUEUED: "info",
            Message.State.SENDING: "info",
            Message.State.SENT: "success",
            Message.State.FAILED: "danger",
        }
    }
    inlines = [AttemptInline]
    actions = ["review_selected", "cancel_selected"]
    verbs = ["release", "cancel", "send_again"]
    fieldsets = [
        (None, {"fields": ["state", "why", "recipient", "kind", "letter"]}),
        (
            gettext_lazy("When"),
            {"fields": ["created_at", "released_at", "not_before", "expires_at", "sent_at"]},
        ),
        (
            gettext_lazy("More"),
            {
                "classes": ["collapse"],
                "fields": [
                    "event",
                    "schedule_version",
                    "lane",
                    "created_by",
                    "attempts_made",
                    "message_id",
                    "dedupe_key",
                ],
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [name for _label, options in self.fieldsets for name in options["fields"]]

    def get_urls(self):
        review = self.admin_site.admin_view(self.review)
        return [path("review/", review, name="notifications_message_review"), *super().get_urls()]

    @admin.display(description=gettext_lazy("subject"), ordering="subject")
    def about(self, message):
        return Truncator(message.subject or mails.title(message.kind)).chars(90)

    @admin.display(description=gettext_lazy("when"), ordering="not_before")
    def moment(self, message):
        return message.sent_at or message.not_before

    @admin.display(description=gettext_lazy("why"))
    def why(self, message):
        return _(message.reason) if message.reason else ""

    @admin.display(description=gettext_lazy("the mail"))
    def letter(self, message):
        subject, text = as_read(message)
        return format_html(
            '<div lang="{}"><p><strong>{}</strong></p><pre class="letter-text">{}</pre></div>',
            message.recipient.language,
            subject,
            text,
        )

    @verb(gettext_lazy("Release"), when=lambda m: m.state == Message.State.DRAFT)
    def release(self, request, message):
        outbox.release(Message.objects.filter(pk=message.pk), by=request.user)

    @verb(
        gettext_lazy("Cancel this mail"),
        danger=True,
        when=lambda m: m.state in {Message.State.DRAFT, Message.State.QUEUED},
    )
    def cancel(self, request, message):
        if not outbox.cancel(Message.objects.filter(pk=message.pk), by=request.user):
            raise InvalidTransition(_("It is too late: this mail has gone."))

    @verb(gettext_lazy("Send again"), danger=True, when=outbox.can_go_again)
    def send_again(self, request, message):
        copy = outbox.send_again(message, by=request.user)
        return redirect(self.record_url(copy))

    @admin.action(
        description=gettext_lazy("Look at the selected mail before it goes"),
        permissions=["change"],
    )
    def review_selected(self, request, queryset):
        return redirect(outbox.review_url(queryset))

    @admin.action(description=gettext_lazy("Cancel the selected mail"), permissions=["change"])
    def cancel_selected(self, request, queryset):
        number = outbox.cancel(queryset, by=request.user)
        self.message_user(request, self.words_for_cancelled(number))

    def words_for_cancelled(self, number):
        return ngettext("%(number)s mail cancelled.", "%(number)s mails cancelled.", number) % {
            "number": number
        }

    def review(self, request):
        """Show how many drafts there are, to whom, each text; let them go by a second act."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        ids = request.GET.get("ids", "")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in ids.split(",")):
            raise Http404
        chosen = Message.objects.filter(pk__in=ids.split(","))
        if request.method == "POST":
            try:
                number = outbox.release(chosen, by=request.user)
            except InvalidTransition as error:
                messages.error(request, str(error))
                return redirect(request.get_full_path())
            words = ngettext(
                "%(number)s mail is on its way.", "%(number)s mails are on their way.", number
            )
            messages.success(request, words % {"number": number})
            return redirect(self.list_url())
        drafts = chosen.filter(state=Message.State.DRAFT).select_related("recipient", "event")
        drafts = list(drafts.order_by("kind", "recipient__name", "pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mail to release"),
            "opts": self.opts,
            "list_url": self.list_url(),
            "drafts": drafts,
            "letters": [(draft, *as_read(draft)) for draft in drafts[:TEXTS_SHOWN]],
            "not_shown": max(len(drafts) - TEXTS_SHOWN, 0),
        }
        return render(request, "notifications/admin_review.html", context)

    def list_url(self):
        return reverse("admin:notifications_message_changelist")


class RuleForm(forms.ModelForm):
    LONGEST = {Unit.DAYS: 60, Unit.HOURS: 168}

    mail = forms.ChoiceField(
        label=gettext_lazy("Mail"), help_text=gettext_lazy("The kind of mail to send.")
    )

    class Meta:
        model = Rule
        fields = ["kind", "amount", "unit", "role", "mail", "is_on", "series", "event"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mail"].choices = [(name, mails.title(name)) for name in mails.names()]

    def clean(self):
        facts = super().clean()
        amount, longest = facts.get("amount"), self.LONGEST.get(facts.get("unit"))
        if amount is not None and longest and not 1 <= amount <= longest:
            self.add_error(
                "amount",
                _("Enter a number between 1 and %(longest)s.") % {"longest": longest},
            )
        if facts.get("series") and facts.get("event"):
            self.add_error("event", _("A rule belongs to a series or to an event, not to both."))
        return facts


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    desk = ("mail", 3)
    form = RuleForm
    list_display = ["kind", "amount", "unit", "role", "about", "is_on", "place"]
    list_filter = ["kind", "is_on"]
    list_select_related = ["series", "event"]
    autocomplete_fields = ["series", "event"]
    fieldsets = [
        (None, {"fields": ["kind", ("amount", "unit"), "role", "mail", "is_on"]}),
        (
            gettext_lazy("Only for"),
            {
                "fields": ["series", "event"],
                "description": gettext_lazy(
                    "Leave both empty for a rule that holds everywhere. The nearest rule wins: "
                    "event, community, cohort, everywhere. One that is off switches a farther "
                    "one off."
                ),
            },
        ),
    ]

    @admin.display(description=gettext_lazy("Mail"), ordering="mail")
    def about(self, rule):
        return mails.title(rule.mail)

    @admin.display(description=gettext_lazy("holds for"))
    def place(self, rule):
        return rule.event or rule.series or _("everywhere")


class InviteeInline(ReadOnly, TabularInline):
    model = Invitee
    fields = ["person", "role", "since", "until", "answer", "attendance"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class MoveForm(forms.Form):
    """When and where an event is; everyone invited hears of any change."""

    when = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        widget=DateTimeLocal,
        help_text=gettext_lazy("On the event’s own clock."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=600
    )
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    join_link = forms.URLField(
        label=gettext_lazy("Join link"), required=False, max_length=200, assume_scheme="https"
    )
    dial_in = forms.CharField(label=gettext_lazy("Dial-in"), required=False, max_length=200)


@admin.register(Event)
class EventAdmin(ByVerbs, ModelAdmin):
    desk = ("rest", 1)
    list_display = ["__str__", "kind", "starts_at", "zone", "series", "cancelled_at"]
    list_filter = ["kind", ("cancelled_at", IsSet)]
    list_select_related = ["series"]
    search_fields = ["title_en", "title_fr", "series__name"]
    search_help_text = gettext_lazy("A word of the title or the series")
    inlines = [InviteeInline]
    verbs = ["move", "cancel"]
    fields = [
        "kind",
        "title_en",
        "title_fr",
        "series",
        "local_on",
        "local_at",
        "zone",
        "starts_at",
        "ends_at",
        "place",
        "join_link",
        "dial_in",
        "schedule_version",
        "cancelled_at",
    ]
    readonly_fields = fields

    def verb_form(self, request, record, method):
        now = {name: getattr(record, name) for name in ("place", "join_link", "dial_in")}
        now["minutes"] = record.length_minutes
        now["when"] = record.local_start.replace(tzinfo=None)
        return method.form(request.POST or None, initial=now)

    @staticmethod
    def can_change(event):
        return event.kind in MOVED_HERE and event.is_live and not event.is_over

    @verb(
        gettext_lazy("Move or change"),
        form=MoveForm,
        when=can_change,
        done=gettext_lazy("Changed. Everyone invited is being told."),
    )
    def move(self, request, event, facts):
        wall = facts.pop("when").replace(tzinfo=None)
        try:
            calendar.move(event, wall, **facts)
        except calendar.Moved as error:
            raise InvalidTransition(
                _("Somebody else has just changed this event. Look again.")
            ) from error

    @verb(
        gettext_lazy("Cancel this event"),
        danger=True,
        when=can_change,
        done=gettext_lazy("Cancelled. Everyone invited is being told."),
    )
    def cancel(self, request, event):
        calendar.cancel(event)


@admin.register(Series)
class SeriesAdmin(ByVerbs, ModelAdmin):
    desk = ("rest", 2)
    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name")
    readonly_fields = ["name", "parent"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, ModelAdmin):
    desk = ("mail", 2)
    list_display = ["about", "offset_key", "person", "event", "due_at", "state"]
    list_filter = ["state", KindFilter]
    list_select_related = ["person", "event"]
    search_fields = ["person__name", "person__email", "event__title_en"]
    search_help_text = gettext_lazy("Name or address of the person, or the event")
    tones = {
        "state": {
            Reminder.State.PLANNED: "info",
            Reminder.State.ENQUEUED: "success",
        }
    }

    @admin.display(description=gettext_lazy("Mail"), ordering="mail")
    def about(self, reminder):
        return mails.title(reminder.mail)


@admin.register(Consent)
class ConsentAdmin(ReadOnly, ModelAdmin):
    desk = ("mail", 4)
    view_on_site = False  # the page is the person's
    list_display = ["person", "purpose", "language", "source", "given_at", "withdrawn_at"]
    list_filter = ["purpose", ("withdrawn_at", IsSet)]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email"]
    search_help_text = gettext_lazy("Name or address of the person")
