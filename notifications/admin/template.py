"""The words of email: what staff let each kind say, where, and how that was before."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import concealed, once
from accounts.admin_base import TOO_LATE, ModelAdmin, NoAdd, always, verb
from accounts.bilingual import LANGUAGES, said_in
from accounts.columns import chip
from accounts.lifecycle import InvalidTransition
from accounts.unasked import AsksOnly
from notifications import mails
from notifications.admin.kind import KindFilter
from notifications.mails import Overtaken
from notifications.models import MailTemplate, Message, Series
from notifications.wording import Wordings

SAMPLES = 30
WORDS_PAGE = "admin:notifications_mailtemplate_words"


class WordsForm(AsksOnly, forms.Form):
    """Subject and text in both languages, and which email to try them on."""

    model = MailTemplate

    subject_en = forms.CharField(label=gettext_lazy("Subject (English)"), widget=forms.TextInput)
    body_en = forms.CharField(
        label=gettext_lazy("Text (English)"),
        widget=forms.Textarea(attrs={"rows": 16, "lang": "en"}),
    )
    subject_fr = forms.CharField(label=gettext_lazy("Subject (French)"), widget=forms.TextInput)
    body_fr = forms.CharField(
        label=gettext_lazy("Text (French)"),
        widget=forms.Textarea(attrs={"rows": 16, "lang": "fr"}),
    )
    sample = forms.ModelChoiceField(
        Message.objects.none(),
        label=gettext_lazy("Try it on the email to"),
        required=False,
        empty_label=gettext_lazy("nobody: on the examples"),
    )
    read = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, kind, samples, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["sample"].queryset = samples
        self.fields["sample"].label_from_instance = lambda message: str(message.recipient)

    def clean(self):
        from notifications import rewording

        typed = super().clean()
        for language in LANGUAGES:
            if body := typed.get(f"body_{language}"):  # browsers end lines as Windows does
                typed[f"body_{language}"] = "\n".join(body.splitlines())
            for name, faults in (
                (f"subject_{language}", rewording.faults_of_subject),
                (f"body_{language}", rewording.faults_of_body),
            ):
                if name in typed:
                    for fault in faults(self.kind, typed[name]):
                        self.add_error(name, fault)
        return typed

    @property
    def words(self):
        from notifications.rewording import Words

        return Words(**{name: self.cleaned_data[name] for name in Words.__dataclass_fields__})


class StandingFilter(admin.SimpleListFilter):
    """Those that go out now, or those that did before."""

    title = gettext_lazy("goes out")
    parameter_name = "on"

    def lookups(self, request, model_admin):
        return [("yes", gettext_lazy("On")), ("no", gettext_lazy("Earlier"))]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(goes_out=self.value() == "yes")


@admin.register(MailTemplate)
class MailTemplateAdmin(NoAdd, ModelAdmin):
    desk = ("mail", 6)
    list_display = ["sort", "where", "version", "standing", "saved_at", "saved_by"]
    list_filter = [KindFilter, StandingFilter]
    list_select_related = ["series", "saved_by"]
    search_fields = ["subject_en", "subject_fr", "body_en", "body_fr"]
    search_help_text = gettext_lazy("A word of the subject or of the text")
    verbs = ["reword", "bring_back", "give_up"]
    fields = ["sort", "where", "version", "standing", "trouble", "saved_at", "saved_by",
              "said_en", "said_fr"]  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).with_standing()

    def get_urls(self):
        each = self.admin_site.admin_view
        return [
            path("words/", each(self.words_view), name="notifications_mailtemplate_words"),
            path(
                "words/<slug:kind>/",
                each(once.only(self.write_view)),
                name="notifications_mailtemplate_write",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("kind of email"), ordering="kind")
    def sort(self, template):
        return mails.title(template.kind)

    @admin.display(description=gettext_lazy("holds for"))
    def where(self, template):
        return template.place

    @admin.display(description=gettext_lazy("goes out"))
    def standing(self, template):
        return chip(_("On"), "success") if template.goes_out else _("Earlier")

    @admin.display(description=gettext_lazy("the built-in text went instead"))
    def trouble(self, template):
        return template.messages.filter(fell_back=True).count()

    @admin.display(description=gettext_lazy("English"))
    def said_en(self, template):
        return said_in(f"{template.subject_en}\n\n{template.body_en}", "en")

    @admin.display(description=gettext_lazy("French"))
    def said_fr(self, template):
        return said_in(f"{template.subject_fr}\n\n{template.body_fr}", "fr")

    @verb(gettext_lazy("Reword"), is_next=always)
    def reword(self, request, template):
        return redirect(write_url(template.kind, template.series_id))

    @verb(
        gettext_lazy("Bring this version back"),
        when=lambda template: not template.holds,
        done=gettext_lazy("It goes out again, as a new version."),
    )
    def bring_back(self, request, template):
        from notifications import rewording

        rewording.bring_back(template, by=request.user)

    @verb(
        gettext_lazy("Use the built-in text again"),
        danger=True,
        when=lambda template: template.holds,
        done=gettext_lazy("From now on the next text above holds, or the built-in one."),
    )
    def give_up(self, request, template):
        from notifications import rewording

        if not rewording.give_up(template):
            raise InvalidTransition(TOO_LATE)

    def words_view(self, request):
        """Every kind that can be reworded, and what goes out for it where."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        holding = Wordings().everywhere()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Texts of email"),
            "desk_page": WORDS_PAGE,
            "rows": [
                (kind, write_url(kind.name), holding.get(kind.name, []))
                for kind in mails.reworded_by_staff()
            ],
        }
        return render(request, "notifications/admin_words.html", context)

    def write_view(self, request, kind):
        """Write the next version of a text: try it on, mail it to oneself, save it."""
        from notifications import rewording

        if not self.has_change_permission(request):
            raise PermissionDenied
        if kind not in mails.names() or not mails.kind(kind).placeholders:
            raise Http404
        about, series = mails.kind(kind), series_named(request)
        found = Wordings().nearest(kind, series.pk if series else None)
        now = found or rewording.built_in(about)
        samples = concealed.without(Message.objects.filter(kind=kind), request.user)
        newest = samples.order_by("-pk").values_list("pk", flat=True)[:SAMPLES]
        form = WordsForm(
            request.POST or None,
            kind=about,
            samples=samples.filter(pk__in=list(newest)).select_related("recipient", "event"),
            initial={
                "read": rewording.newest_version(about, series),
                "sample": next(iter(newest), None),
                **{name: getattr(now, name) for name in rewording.Words.__dataclass_fields__},
            },
        )
        shown, status = [], 200
        if request.method == "POST" and form.is_valid():
            try:
                shown = self.act(request, form, series)
            except InvalidTransition as error:
                form.add_error(None, str(error))
                status = 409
            if shown is None:
                return redirect(write_url(kind, series.pk if series else None))
        versions = MailTemplate.objects.of_place(kind, series).with_standing()
        context = {
            **self.admin_site.each_context(request),
            "title": mails.title(kind),
            "desk_page": WORDS_PAGE,
            "form": form,
            "series": series,
            "places": [(one, write_url(kind, one.pk)) for one in Series.objects.all()],
            "everywhere_url": write_url(kind),
            "found": found,
            "placeholders": about.placeholders,
            "shown": shown,
            "versions": versions.select_related("saved_by"),
            "list_url": reverse(WORDS_PAGE),
        }
        return render(request, "notifications/admin_write.html", context, status=status)

    def act(self, request, form, series):
        """Do what the button says; return the mails to look at, or None when it is done."""
        from notifications import rewording
        from notifications.render import NoLongerTrue

        sample, words = form.cleaned_data["sample"], form.words
        try:
            match request.POST.get("act"):
                case "preview":
                    return [
                        (language, rewording.tried_on(form.kind, words, language, sample))
                        for language in LANGUAGES
                    ]
                case "test":
                    rewording.send_to_oneself(form.kind, words, sample, to=request.user)
                    messages.success(request, _("Two emails are on their way to you."))
                    return []
                case "save":
                    read = form.cleaned_data["read"]
                    saved = rewording.save(form.kind, series, words, read=read, by=request.user)
                    self.log_addition(request, saved, [{"added": {}}])
                    messages.success(request, _("Saved. From now on this text goes out."))
                    return None
        except (NoLongerTrue, Overtaken) as error:
            words = _("What that email says is no longer true. Choose another one.")
            raise InvalidTransition(words) from error
        raise Http404


def write_url(kind: str, series: int | None = None) -> str:
    address = reverse("admin:notifications_mailtemplate_write", args=[kind])
    return f"{address}?series={series}" if series else address


def series_named(request) -> Series | None:
    """Return the series that the address names, or None for everywhere."""
    named = request.GET.get("series", "")
    if not named:
        return None
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        raise Http404
    found = Series.objects.filter(pk=named).first()
    if found is None:
        raise Http404
    return found
