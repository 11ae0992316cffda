"""Every mail there is: read as it goes out, let go, held back, sent again."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import ModelAdmin, NoAdd, ReadOnly, TabularInline, always, verb
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from notifications import mails, outbox
from notifications.admin.kind import KindFilter
from notifications.models import Attempt, Message

TEXTS_SHOWN = 100


def as_read(message: Message) -> tuple[str, str]:
    """Return subject and text of ``message`` as sent, or as they would be sent now."""
    if message.body:
        return mails.called(message), message.body
    if message.lane == Message.Lane.CODE:
        return mails.called(message), _("A code is shown to nobody but its reader.")
    from notifications.render import NoLongerTrue, render  # loads Markdown: few pages show a mail

    try:
        mail = render(message).masked()
    except NoLongerTrue:
        return mails.called(message), _("This is no longer true, so it will not be sent.")
    except Exception as error:
        return mails.called(message), _("It cannot be rendered: %(error)s") % {"error": repr(error)}
    return mail.subject, mail.text


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    fields = ["number", "result", "answer", "at"]
    readonly_fields = fields


@admin.register(Message)
class MessageAdmin(NoAdd, ModelAdmin):
    desk = ("mail", 1)
    list_display = ["about", "state", "recipient", "moment", "why"]
    list_filter = ["state", KindFilter]
    list_select_related = ["recipient"]
    search_fields = ["recipient__name", "recipient__email", "subject"]
    search_help_text = gettext_lazy("Name or address of the reader, or a word of the subject")
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
    actions = ["review_selected", "cancel_selected"]
    verbs = ["release", "cancel", "send_again"]
    fieldsets = [
        (None, {"fields": ["state", "why", "recipient", "sort", "letter"]}),
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
        return message.sent_at or message.not_before

    @admin.display(description=gettext_lazy("why"))
    def why(self, message):
        return _(message.reason) if message.reason else ""

    @admin.display(description=gettext_lazy("the email"))
    def letter(self, message):
        subject, text = as_read(message)
        return format_html(
            '<div lang="{}"><p><strong>{}</strong></p><pre class="letter-text">{}</pre></div>',
            message.recipient.language,
            subject,
            text,
        )

    @verb(gettext_lazy("Release"), when=lambda m: m.state == Message.State.DRAFT, is_next=always)
    def release(self, request, message):
        outbox.release(Message.objects.filter(pk=message.pk), by=request.user)

    @verb(
        gettext_lazy("Cancel this email"),
        danger=True,
        when=lambda m: m.state in {Message.State.DRAFT, Message.State.QUEUED},
    )
    def cancel(self, request, message):
        if not outbox.cancel(Message.objects.filter(pk=message.pk), by=request.user):
            raise InvalidTransition(_("It is too late: this email has gone."))

    @verb(
        gettext_lazy("Send again"),
        danger=True,
        folds=False,
        when=outbox.can_go_again,
        is_next=lambda message: message.state != Message.State.SENT,
    )
    def send_again(self, request, message):
        copy = outbox.send_again(message, by=request.user)
        return redirect(self.record_url(copy))

    @admin.action(
        description=gettext_lazy("Look at the selected email before it goes"),
        permissions=["change"],
    )
    def review_selected(self, request, queryset):
        return redirect(outbox.review_url(queryset))

    @admin.action(description=gettext_lazy("Cancel the selected email"), permissions=["change"])
    def cancel_selected(self, request, queryset):
        number = outbox.cancel(queryset, by=request.user)
        self.message_user(request, self.words_for_cancelled(number))

    def words_for_cancelled(self, number):
        return ngettext("%(number)s email cancelled.", "%(number)s emails cancelled.", number) % {
            "number": number
        }

    def review(self, request):
        """Show how many drafts there are, to whom, each text; let them go by a second act."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        ids = request.GET.get("ids", "")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in ids.split(",")):
            raise Http404
        chosen = self.get_queryset(request).filter(pk__in=ids.split(","))
        if request.method == "POST":
            try:
                number = outbox.release(chosen, by=request.user)
            except InvalidTransition as error:
                return refuse(request, str(error), request.get_full_path())
            words = ngettext(
                "%(number)s email is on its way.", "%(number)s emails are on their way.", number
            )
            messages.success(request, words % {"number": number})
            return redirect(self.list_url())
        drafts = chosen.filter(state=Message.State.DRAFT).select_related("recipient", "event")
        drafts = list(drafts.order_by("kind", "recipient__name", "pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Email to release"),
            "opts": self.opts,
            "list_url": self.list_url(),
            "drafts": drafts,
            "letters": [(draft, *as_read(draft)) for draft in drafts[:TEXTS_SHOWN]],
            "not_shown": max(len(drafts) - TEXTS_SHOWN, 0),
        }
        return render(request, "notifications/admin_review.html", context)

    def list_url(self):
        return reverse("admin:notifications_message_changelist")
