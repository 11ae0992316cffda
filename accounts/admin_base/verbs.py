"""A record's verbs as buttons of the admin.

    @admin.register(Application)
    class ApplicationAdmin(ModelAdmin):
        desk = ("applications", 1)
        verbs = ["invite", "reopen"]

        @verb(_("Invite to an interview"), when=Application.can_be_invited)
        def invite(self, request, application):
            application.invite(by=request.user)

        @verb(_("Reopen"), form=ReasonForm)
        def reopen(self, request, application, facts):
            application.reopen(by=request.user, reason=facts["reason"])

A verb without a form is a button that acts. One with a form, or marked ``danger``,
is a link to a page of its own that asks first. What comes next for the record is the
primary button and stands first; what cannot be taken back, and is not what comes next, is
folded away under "More", unless it says ``folds=False``. What ``when`` refuses is neither
offered nor done, however old the page that asks. ``InvalidTransition`` becomes a
message, above what was typed if the verb has a form; a verb may return a response,
else the page that ``next`` names is shown again, and without it the record's.
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import once
from accounts.lifecycle import InvalidTransition
from accounts.links import page_of_ours
from accounts.typed import refuse

TOO_LATE = gettext_lazy("This can no longer be changed that way.")


class ReasonForm(forms.Form):
    """Why: kept with the record's history."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Staff see it in the history of the record."),
    )


def always(record) -> bool:
    return True


def verb(
    label, *, form=None, danger=False, folds=None, when=None, is_next=None, done="", called=None
):
    """Mark a method of a ``ModelAdmin`` as something staff can do to one record.

    ``when(record)`` tells whether it can be done now; ``is_next(record)`` whether, of all that
    can, it is what comes next; ``done`` is the message after it; ``called(record)`` is what its
    button says where ``label`` would leave open what it is about.
    """
    needs_page = bool(form or danger)

    def mark(method):
        method.label = label
        method.form = form
        method.danger = danger
        method.folds = danger if folds is None else folds
        method.needs_page = needs_page
        method.do_not_call_in_templates = True
        method.when = when or always
        method.is_next = is_next or (lambda record: False)
        method.called = called or (lambda record: label)
        method.done = done or format_lazy(gettext_lazy("{}: done."), label)
        return method

    return mark


class Verbs:
    """For a ``ModelAdmin``: what it offers to do to a record, and the page that asks first."""

    verbs: list[str] = []

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        view = self.admin_site.admin_view(self.verb_view)
        return [
            path("<path:object_id>/do/<slug:name>/", view, name="{}_{}_verb".format(*info)),
            *super().get_urls(),
        ]

    def verb_url(self, record, name):
        info = self.admin_site.name, self.opts.app_label, self.opts.model_name
        return reverse("{}:{}_{}_verb".format(*info), args=[record.pk, name])

    def record_url(self, record):
        info = self.admin_site.name, self.opts.app_label, self.opts.model_name
        return reverse("{}:{}_{}_change".format(*info), args=[record.pk])

    def offered(self, request, record, *, back=""):
        """Return what can be done to ``record`` now: label, url, needs_page, is_next, is_folded.

        What comes next stands first. Each leads back to the address ``back`` when it is done,
        else to the record.
        """
        if not self.has_change_permission(request, record):
            return []
        query = f"?{urlencode({'next': back})}" if back else ""
        methods = {name: getattr(self, name) for name in self.verbs}
        now = {name: method for name, method in methods.items() if method.when(record)}
        first = next((name for name, method in now.items() if method.is_next(record)), "")
        return [
            {
                "label": method.called(record),
                "url": self.verb_url(record, name) + query,
                "needs_page": method.needs_page,
                "is_next": name == first,
                "is_folded": method.folds and name != first,
            }
            for name, method in sorted(now.items(), key=lambda each: each[0] != first)
        ]

    def way_back(self, request, record):
        """Return where a verb ends: the page it was pressed on, else the record's own."""
        return page_of_ours(request, request.GET.get("next", "")) or self.record_url(record)

    def verb_view(self, request, object_id, name):
        return once.only(self.verb_page)(request, object_id, name)

    def verb_page(self, request, object_id, name):
        record = self.get_object(request, unquote(object_id))
        if record is None or name not in self.verbs:
            raise Http404
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        method = getattr(self, name)
        is_asked = request.method != "POST"
        if is_asked and not method.when(record):
            return self.turn_back(request, record, TOO_LATE)
        if is_asked and not method.needs_page:
            return redirect(self.way_back(request, record))
        form, status = self.verb_form(request, record, method) if method.form else None, 200
        if not is_asked and (form is None or form.is_valid()):
            try:
                return self.do(request, record, method, form)
            except (InvalidTransition, ValidationError) as error:
                why = " ".join(getattr(error, "messages", [str(error)]))
            if form is None:
                return self.turn_back(request, record, why)
            form.add_error(None, why)
            status = 409
        context = self.verb_context(request, record, method, form)
        return render(request, "admin/verb.html", context, status=status)

    def verb_context(self, request, record, method, form) -> dict:
        """Return what ``admin/verb.html`` needs to ask whether ``method`` is meant."""
        label = method.called(record)
        return {
            **self.admin_site.each_context(request),
            "title": label,
            "subtitle": self.full_name(record),
            "consequence": self.consequence(record, method),
            "opts": self.opts,
            "record": record,
            "record_url": self.way_back(request, record),
            "form": form,
            "label": label,
            "danger": method.danger,
        }

    def full_name(self, record) -> str:
        """Return what the page of a verb calls ``record``: enough to tell it from another."""
        return str(record)

    def consequence(self, record, method) -> str:
        """Return, for the page of a verb, what else ``method`` would change; "" if nothing."""
        return ""

    def verb_form(self, request, record, method):
        """Return the form that ``method`` asks with; override it where it depends on ``record``."""
        return method.form(request.POST or None)

    def do(self, request, record, method, form):
        if not method.when(record):
            raise InvalidTransition(TOO_LATE)
        answer = method(request, record, *([form.cleaned_data] if form else []))
        if answer is not None:
            return answer
        self.log_verb(request, record, method)
        messages.success(request, method.done)
        return redirect(self.way_back(request, record))

    def log_verb(self, request, record, method):
        """Write down what was done: by the name of its button, see ``accounts.logged``."""
        self.log_change(request, record, [{"changed": {"fields": [str(method.label)]}}])

    def turn_back(self, request, record, why):
        once.may_be_sent_again(request)
        return refuse(request, why, self.way_back(request, record))
