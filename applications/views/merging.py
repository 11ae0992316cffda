"""Staff pages to find two records of one person, and to make one of them."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import clock
from accounts.admin_base import KEPT
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.once import only
from applications import desk, duplicates
from applications.models import Application
from applications.services import merging


class PairForm(forms.Form):
    """Two addresses that staff know to be of one person."""

    kept = forms.EmailField(label=gettext_lazy("Address that stays"), max_length=254)
    lost = forms.EmailField(label=gettext_lazy("Address that ends"), max_length=254)

    def __init__(self, *args, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = User.objects.visible_to(viewer)

    def clean(self):
        facts = super().clean()
        for name in ("kept", "lost"):
            if address := facts.get(name):
                facts[name] = self.people.filter(email__iexact=address).first()
                if facts[name] is None:
                    self.add_error(name, _("Nobody has this address."))
        return facts


class MergeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("How you know that both are one person"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write how you know.")},
    )

    def __init__(self, *args, clashes, **kwargs):
        super().__init__(*args, **kwargs)
        for mine, theirs in clashes:
            both = {"kept": mine, "lost": theirs}
            read = {name: each for name, each in both.items() if each.status not in merging.EARLY}
            self.fields[f"stays_{mine.cohort_id}"] = forms.ChoiceField(
                label=_("Which application stays in “%(call)s”?") % {"call": mine.cohort},
                choices=[(name, _told(each)) for name, each in (read or both).items()],
                initial=_sent_first(read or both),
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which application stays.")},
            )

    @property
    def of_lost(self) -> frozenset:
        """The keys of the calls in which the application of the record that ends stays."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value == "lost"}
        return frozenset(int(name[6:]) for name in chosen if name.startswith("stays_"))


def _told(application) -> str:
    facts = {"reference": application.reference, "status": application.get_status_display()}
    if application.submitted_at is None:
        return _("%(reference)s, %(status)s, never sent. The other is withdrawn.") % facts
    facts["when"] = clock.spoken(application.submitted_at)
    return _("%(reference)s, %(status)s, sent on %(when)s. The other is withdrawn.") % facts


def _sent_first(applications: dict) -> str:
    """The name of the application that was sent first; of the first one where none was sent."""
    sent = {name: each.submitted_at for name, each in applications.items() if each.submitted_at}
    return min(sent, key=sent.get, default=next(iter(applications)))


@never_cache
def likely(request):
    """List likely pairs; two known addresses lead to the same page."""
    form = PairForm(request.POST or None, viewer=request.user)
    if form.is_valid():
        return redirect("merge", form.cleaned_data["kept"].uuid, form.cleaned_data["lost"].uuid)
    pairs = duplicates.likely(request.user)
    context = _frame(request, _("Two records of one person")) | {
        "pairs": pairs,
        "are_more": len(pairs) == duplicates.SHOWN_MOST,
        "form": form,
    }
    status = 400 if form.is_bound else 200
    return render(request, "applications/admin_duplicates.html", context, status=status)


@never_cache
@only
def merge(request, uuid, other):
    """Show side by side what would move, and merge."""
    people = User.objects.visible_to(request.user).with_place()
    kept, lost = (get_object_or_404(people, uuid=each) for each in (uuid, other))
    read = Application.objects.filter(person__in=[kept, lost])
    if read.filter(pk__in=list(desk.concealed_from(request.user))).exists():
        messages.warning(request, KEPT)
        return redirect("duplicates")
    why = merging.why_not(kept, lost)
    clashes = [] if why else merging.clashes(kept, lost)
    form, status = MergeForm(request.POST or None, clashes=clashes), 200
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            merging.merge(kept, lost, by=request.user, reason=reason, of_lost=form.of_lost)
            messages.success(request, _("Merged. Both addresses are told by email."))
            return redirect("admin:person", kept.uuid)
        except InvalidTransition as error:
            why, status = str(error), 409
    mine, theirs = merging.rows_of(kept), merging.rows_of(lost)
    context = _frame(request, _("Merge two records")) | {
        "kept": kept,
        "lost": lost,
        "rows": [
            (label, mine[label], theirs[label])
            for label in sorted(mine)
            if mine[label] or theirs[label]
        ],
        "why": why,
        "form": form,
    }
    return render(request, "applications/admin_merge.html", context, status=status)


def _frame(request, title) -> dict:
    return {**admin.site.each_context(request), "title": title, "opts": User._meta}
