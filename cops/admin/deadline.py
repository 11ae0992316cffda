"""Extending the deadline of a call: typed on one page, looked at on the next, then done."""

from hashlib import sha256

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from accounts.admin_base import ReadOnly, TabularInline, verb
from accounts.moments import MomentField
from accounts.phrases import labelled
from accounts.unasked import AsksOnly
from cops import deadline, readiness
from cops.models import Cohort, Extension


class ExtendForm(AsksOnly, forms.Form):
    """The new deadline; once that is typed, also whether later dates move along.

    ``seen`` is what was looked at, see ``deadlines``: only that is done.
    """

    model = Cohort

    closes_at = MomentField(label=gettext_lazy("Applications close"))
    shift = forms.BooleanField(
        label=gettext_lazy("Move the later dates too, by whole weeks: none changes its weekday"),
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, cohort, until=None):
        seen = deadlines(cohort, until) if until else ""
        super().__init__(data, initial={"closes_at": until or cohort.closes_at, "seen": seen})
        self.cohort = cohort
        self.fields["closes_at"].help_text = clock.CLOCK_NAMES[clock.ONTARIO.key]
        until = until or _until(data.get("seen", "") if data else "")
        if until is None:
            del self.fields["shift"]
        else:
            self.fields["shift"].help_text = _moves(cohort, until)

    def clean_closes_at(self):
        until = self.cleaned_data["closes_at"]
        if until <= self.cohort.closes_at:
            raise forms.ValidationError(
                _("Enter a moment after %(moment)s: a public deadline only moves to a later one.")
                % {"moment": clock.spoken(self.cohort.closes_at)}
            )
        if until <= timezone.now():
            raise forms.ValidationError(_("This time is past."))
        return until


def deadlines(cohort, until) -> str:
    """Return what is looked at before extending to ``until``: both moments, and what follows."""
    follows = [*deadline.shifted(cohort, until)]
    follows += [(each.pk, was) for each, was, _wall in deadline.shifted_webinars(cohort, until)]
    digest = sha256(repr(follows).encode()).hexdigest()[:12]
    return f"{cohort.closes_at.isoformat()} {until.isoformat()} {digest}"


def _until(seen: str):
    """Return the new deadline that was looked at, None if none was."""
    try:
        until = parse_datetime(seen.split(" ")[1])
    except (IndexError, ValueError):
        return None
    return until if until and until.tzinfo else None


def _moves(cohort, until):
    """Return the list of what would move along, for the page that asks whether it does."""
    dates = [
        (deadline.called(name), clock.spoken_day(was), clock.spoken_day(day))
        for name, was, day in deadline.shifted(cohort, until)
    ]
    webinars = [
        (webinar.title, clock.spoken_day(was.date()), clock.spoken_day(wall.date()))
        for webinar, was, wall in deadline.shifted_webinars(cohort, until)
    ]
    rows = [(labelled(name, f"{was} → {then}"),) for name, was, then in [*dates, *webinars]]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows))


def _off(cohort, until) -> list[str]:
    """Say which dates would fall on a day that nobody works on, if all of them moved."""
    closing = "closes_at", until.astimezone(clock.ONTARIO).date()
    moved = [(name, day) for name, _was, day in deadline.shifted(cohort, until)]
    return list(readiness.would_be_off([closing, *moved]))


class ExtensionInline(ReadOnly, TabularInline):
    model = Extension
    fields = readonly_fields = ["was_until", "until", "by", "at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


class ExtendsDeadline:
    """For the ``ModelAdmin`` of a cohort."""

    def verb_form(self, request, cohort, method):
        if method.form is ExtendForm:
            return ExtendForm(request.POST or None, cohort=cohort)
        return super().verb_form(request, cohort, method)

    def consequence(self, cohort, method):
        if method.form is ExtendForm:
            return "\n\n".join(deadline.concerned(cohort))
        return super().consequence(cohort, method)

    @verb(
        gettext_lazy("Extend the deadline"),
        form=ExtendForm,
        when=lambda cohort: not deadline.why_not(cohort),
        done=gettext_lazy("The deadline is extended. Its pages, emails and reminders say so."),
    )
    def extend(self, request, cohort, facts):
        until = facts["closes_at"]
        if facts["seen"] != deadlines(cohort, until):
            return self._look(request, cohort, until)
        deadline.extend(cohort, until, by=request.user, shift=facts["shift"])

    def _look(self, request, cohort, until):
        """Show what extending to ``until`` would change; nothing is done yet."""
        form = ExtendForm(cohort=cohort, until=until)
        dates = _("Applications close on %(was)s. They would close on %(until)s instead.") % {
            "was": clock.spoken(cohort.closes_at),
            "until": clock.spoken(until),
        }
        context = self.verb_context(request, cohort, self.extend, form)
        for_good = _("It cannot be taken back: a public deadline only moves to a later moment.")
        webinars = ngettext(
            "If the later dates move, who registered for %(count)s webinar among them is told.",
            "If the later dates move, who registered for %(count)s webinars among them is told.",
            number := len(deadline.shifted_webinars(cohort, until)),
        ) % {"count": number}
        told = [context["consequence"], *([webinars] if number else []), *_off(cohort, until)]
        context["consequence"] = "\n\n".join([dates, for_good, *told])
        return render(request, "admin/verb.html", context)
