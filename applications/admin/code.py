"""Codes that let somebody into a call that takes no applications."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_base import IsSet, ModelAdmin, NoDelete, RecordForm, always, verb
from accounts.models import Language
from accounts.moments import MomentField, refuse_past
from accounts.phrases import labelled
from applications.models import AccessCode
from applications.services import late
from notifications.models import Message


class CodeForm(RecordForm):
    until = MomentField(
        label=gettext_lazy("Valid until"),
        help_text=gettext_lazy(
            "Until then an application can be begun and sent with it. Eastern Time; later than the "
            "call is open."
        ),
    )
    address = forms.EmailField(
        label=gettext_lazy("For this address alone"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "You can send it by email once the call is closed. Empty: whoever has the code."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of our email"),
        choices=Language,
        initial=Language.ENGLISH,
        help_text=gettext_lazy("Where we do not know the address yet."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["cohort"]
        field.queryset = field.queryset.choosing()
        field.error_messages["invalid_choice"] = _(
            "The groups of this call are known: it takes nobody in."
        )

    def clean(self):
        facts = super().clean()
        cohort, until = self.cleaned_data.get("cohort"), self.cleaned_data.get("until")
        if until:
            refuse_past(self, "until", until, was=None)
        if until and cohort and until <= cohort.closes_at:
            self.add_error("until", _("The call itself is open as long. Choose a later time."))
        return facts


@admin.register(AccessCode)
class AccessCodeAdmin(NoDelete, ModelAdmin):
    """Made, shown, revoked; never changed: who has it was told what it does."""

    desk = ("applications", 6)
    form = CodeForm
    view_on_site = False
    list_display = ["__str__", "cohort", "ends", "taken", "person", "note", "made_by"]
    list_filter = ["cohort", ("revoked_at", IsSet)]
    list_select_related = ["cohort", "deadline", "person", "made_by"]
    search_fields = ["code", "person__email", "note"]
    search_help_text = gettext_lazy("Code, address or a word of the reason")
    empty_words = gettext_lazy("A code lets somebody apply after the call has closed.")
    verbs = ["send", "revoke"]
    asked = ["cohort", "until", "uses", "address", "language", "note"]
    facts = [
        "spelled", "page", "cohort", "ends", "taken", "person", "mailed", "note", "made_by",
        "made_at", "revoked_at",
    ]  # fmt: skip

    def get_fields(self, request, obj=None):
        return self.facts if obj else self.asked

    def get_readonly_fields(self, request, obj=None):
        return self.facts if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj:
            kwargs["form"] = RecordForm
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=gettext_lazy("code"))
    def spelled(self, code):
        return str(code)

    @admin.display(description=gettext_lazy("page where it is typed"))
    def page(self, code):
        return settings.SITE_URL + reverse("applications:apply-code", args=[code.cohort.slug])

    @admin.display(description=gettext_lazy("until"), ordering="deadline__starts_at")
    def ends(self, code):
        return code.until

    @admin.display(description=gettext_lazy("used"), ordering="used")
    def taken(self, code):
        return _("%(used)s of %(uses)s") % {"used": code.used, "uses": code.uses}

    def save_model(self, request, code, form, change):
        if not change:
            facts = form.cleaned_data
            wall = form.fields["until"].wall(facts.pop("until"))
            made = late.make_code(**facts, wall=wall, fold=wall.fold, by=request.user)
            code.pk = made.pk
            code.refresh_from_db()

    def response_add(self, request, code, post_url_continue=None):
        return redirect(self.record_url(code))  # where it can be read to her

    @admin.display(description=gettext_lazy("last sent by email"))
    def mailed(self, code):
        letters = Message.objects.filter(kind="access-code", context__code=code.pk)
        last = letters.order_by("-pk").first()
        if last is None and code.person_id and code.cohort.is_open:
            return _(
                "Not yet. The call is open: this person can apply without it. Once the call is "
                "closed, you can send it from here."
            )
        if last is None:
            return _("not yet") if code.person_id else _("For nobody alone: tell it yourself.")
        when = clock.spoken(last.created_at)
        return labelled(when, last.get_state_display())

    @verb(
        gettext_lazy("Send the code by email"),
        when=late.may_send_code,
        is_next=always,
        done=gettext_lazy("The email with the code and the way in is on its way."),
    )
    def send(self, request, code):
        late.send_code(code, by=request.user)

    @verb(
        gettext_lazy("Revoke"),
        danger=True,
        folds=False,
        when=lambda code: code.revoked_at is None,
        done=gettext_lazy("Revoked. Nothing can be begun or sent by it any more."),
    )
    def revoke(self, request, code):
        late.revoke(code)
