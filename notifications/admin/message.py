"""Every mail there is: read as it goes out, let go, taken back, held back, sent again."""

from itertools import groupby

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from accounts.admin_base import ModelAdmin, NoAdd, ReadOnly, TabularInline, always, verb
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from notifications import again, mails, outbox, runs
from notifications.admin.kind import EventFilter, KindFilter
from notifications.admin.letters import as_read, letters
from notifications.models import Attempt, Message

TEXTS_SHOWN = 100
FELL_BACK = gettext_lazy("It cannot be rendered: the built-in text goes instead.")
TOO_LATE = gettext_lazy("It is too late: this email has gone.")


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    fields = ["number", "result", "answer", "at"]
    readonly_fields = fields


@admin.register(Message)
class MessageAdmin(NoAdd, ModelAdmin):
    desk = ("mail", 1)
    list_display = ["about", "state", "recipient", "moment", "why"]
    list_filter = ["state", KindFilter, EventFilter]
    list_select_related = ["recipient", "stopped_by"]
    search_fields = [
        "recipient__name",
        "recipient__email",
        "subject",
        "event__title_en",
        "event__title_fr",
    ]
    search_help_text = gettext_lazy(
        "Name or address of the reader, or a word of the subject or of the event"
    )
    narrowed_by = ["recipient"]
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
    actions = ["review_selected", "recall_selected", "cancel_selected"]
    verbs = ["release", "recall", "send_now", "cancel", "send_again"]
    fieldsets = [
        (None, {"fields": ["state", "why", "goes_again", "reader", "sort", "letter", "words"]}),
        (
            gettext_lazy("When"),
            {"fields": ["created_at", "released_at", "earliest", "expires_at", "sent_at"]},
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
                    "released_by",
                    "attempts_made",
                    "message_id",
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
        return Truncator(mails.called(message)).chars(90)

    @admin.display(description=gettext_lazy("kind of email"))
    def sort(self, message):
        return mails.title(message.kind)

    @admin.display(description=gettext_lazy("when"), ordering="not_before")
    def moment(self, message):
        return message.sent_at or self.earliest(message)

    @admin.display(description=gettext_lazy("not before"))
    def earliest(self, message):
        """A draft has no such hour, though one stands there since it was let go."""
        return None if message.is_draft else message.not_before

    @admin.display(description=gettext_lazy("to"))
    def reader(self, message):
        person = message.recipient
        address = reverse("admin:person", args=[person.uuid])
        return format_html('<a href="{}">{}</a><br>{}', address, person, person.email)

    @admin.display(description=gettext_lazy("why"))
    def why(self, message):
        return message.why_not_gone

    @admin.display(description=gettext_lazy("can be sent again"))
    def goes_again(self, message):
        if not again.has_ended(message):
            return ""
        why = again.refusal(message)
        return _("no: %(why)s") % {"why": why} if why else _("yes")

    @admin.display(description=gettext_lazy("the email"))
    def letter(self, message):
        subject, text = as_read(message)
        return format_html(
            '<div lang="{}"><p><strong>{}</strong></p><pre class="letter-text">{}</pre></div>',
            message.language,
            subject,
            text,
        )

    @admin.display(description=gettext_lazy("words"))
    def words(self, message):
        """Which text it goes, or went, out with; ``letter``, drawn before, has looked."""
        template = message.template
        if template is None:
            return _("the built-in text")
        address = reverse("admin:notifications_mailtemplate_change", args=[template.pk])
        written = format_html('<a href="{}">{}</a>', address, template)
        if message.fell_back:
            return format_html("{}. {}", written, FELL_BACK)
        return written

    @verb(
        gettext_lazy("Release"),
        when=lambda message: message.is_draft,
        is_next=always,
        done=gettext_lazy("Released. It goes in ten minutes; until then you can take it back."),
    )
    def release(self, request, message):
        if not outbox.release(Message.objects.filter(pk=message.pk), by=request.user):
            raise InvalidTransition(_("It was not released: see why below."))

    @verb(
        gettext_lazy("Take back"),
        when=lambda message: message.can_be_recalled,
        done=gettext_lazy("Taken back. It is a draft again."),
    )
    def recall(self, request, message):
        if not outbox.recall(Message.objects.filter(pk=message.pk), by=request.user):
            raise InvalidTransition(TOO_LATE)

    @verb(
        gettext_lazy("Send now"),
        when=lambda message: message.can_be_recalled,
        done=gettext_lazy("It is on its way."),
    )
    def send_now(self, request, message):
        if not outbox.send_now(Message.objects.filter(pk=message.pk)):
            raise InvalidTransition(TOO_LATE)

    @verb(
        gettext_lazy("Cancel this email"),
        danger=True,
        when=lambda message: message.can_be_cancelled,
    )
    def cancel(self, request, message):
        if not outbox.cancel(Message.objects.filter(pk=message.pk), by=request.user):
            raise InvalidTransition(TOO_LATE)

    @verb(
        gettext_lazy("Send again"),
        danger=True,
        folds=False,
        when=again.can_go,
        is_next=lambda message: message.state != Message.State.SENT,
    )
    def send_again(self, request, message):
        copy = again.send(message, by=request.user)
        self.log_verb(request, message, self.send_again)
        messages.success(request, _("It is on its way once more."))
        return redirect(self.record_url(copy))

    def consequence(self, message, method):
        facts = {"name": message.recipient, "address": message.recipient.email}
        if method == self.cancel:
            words = _("%(name)s does not get it, and it cannot be sent later.")
        elif message.sent_at:
            facts["when"] = clock.spoken(message.sent_at)
            words = _("It went on %(when)s. %(name)s gets it once more, at %(address)s.")
        else:
            words = _("It goes to %(name)s, at %(address)s, at once and as things stand now.")
        return words % facts

    @admin.action(
        description=gettext_lazy("Look at the selected email before it goes"),
        permissions=["change"],
    )
    def review_selected(self, request, queryset):
        return redirect(outbox.review_url(queryset))

    @admin.action(description=gettext_lazy("Take back the selected email"), permissions=["change"])
    def recall_selected(self, request, queryset):
        self.message_user(request, recalled(outbox.recall(queryset, by=request.user)))

    @admin.action(description=gettext_lazy("Cancel the selected email"), permissions=["change"])
    def cancel_selected(self, request, queryset):
        return redirect(f"{outbox.review_url(queryset)}&ask=cancel")

    def review(self, request):
        """Show how many drafts there are, to whom, each text; let them go, and take them back."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            keys = runs.read(request.GET.get("ids", ""))
        except ValueError as error:
            raise Http404 from error
        chosen = self.get_queryset(request).filter(pk__in=keys)
        if request.method == "POST":
            return self.act_on_all(request, chosen)
        found = chosen.select_related("recipient", "event", "stopped_by").order_by(
            "kind", "recipient__name", "pk"
        )
        found = list(found)
        if request.GET.get("ask") == "cancel":
            return self.ask_to_cancel(request, found)
        drafts = [message for message in found if message.is_draft]
        shown = letters(drafts[:TEXTS_SHOWN], self.get_queryset(request))
        staying = {letter.message for letter in shown if not letter.goes}
        going = [draft for draft in drafts if draft not in staying]
        waiting = [message for message in found if message.can_be_recalled]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Email to release"),
            "opts": self.opts,
            "list_url": self.list_url(),
            "drafts": drafts,
            "to_whom": [
                (mails.title(kind), list(group))
                for kind, group in groupby(going, key=lambda draft: draft.kind)
            ],
            "going": going,
            "staying": [draft for draft in drafts if draft in staying],
            "letters": shown,
            "not_shown": max(len(drafts) - TEXTS_SHOWN, 0),
            "waiting": waiting,
            "goes_at": min((message.not_before for message in waiting), default=None),
            "others": [one for one in found if not (one.is_draft or one.can_be_recalled)],
        }
        return render(request, "notifications/admin_review.html", context)

    def ask_to_cancel(self, request, found):
        """Say who would not get what, before it is called back for good."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel the selected email"),
            "opts": self.opts,
            "list_url": self.list_url(),
            "stopping": [one for one in found if one.can_be_cancelled],
            "staying": [one for one in found if not one.can_be_cancelled],
        }
        return render(request, "notifications/admin_cancel.html", context)

    def act_on_all(self, request, chosen):
        """Do what the button of the review says to all of ``chosen`` that it can be done to."""
        here = request.get_full_path()
        try:
            match request.POST.get("act"):
                case "release":
                    words = released(outbox.release(chosen, by=request.user))
                case "recall":
                    words = recalled(outbox.recall(chosen, by=request.user))
                case "cancel":
                    here = self.list_url()
                    words = cancelled(outbox.cancel(chosen, by=request.user))
                case "send-now":
                    words = on_their_way(outbox.send_now(chosen))
                case _:
                    raise Http404
        except InvalidTransition as error:
            return refuse(request, str(error), here)
        messages.success(request, words)
        return redirect(here)

    def list_url(self):
        return reverse("admin:notifications_message_changelist")


def released(number) -> str:
    words = ngettext(
        "%(number)s email goes in ten minutes. Until then you can take it back.",
        "%(number)s emails go in ten minutes. Until then you can take them back.",
        number,
    )
    return words % {"number": number}


def recalled(number) -> str:
    words = ngettext(
        "%(number)s email is a draft again.", "%(number)s emails are drafts again.", number
    )
    return words % {"number": number}


def cancelled(number) -> str:
    words = ngettext("%(number)s email cancelled.", "%(number)s emails cancelled.", number)
    return words % {"number": number}


def on_their_way(number) -> str:
    words = ngettext(
        "%(number)s email is on its way.", "%(number)s emails are on their way.", number
    )
    return words % {"number": number}
