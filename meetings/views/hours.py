from itertools import groupby

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.generic import ListView, UpdateView

from accounts import clock, once
from accounts.typed import refuse
from accounts.views import way_back
from meetings.forms.hours import HoursForm
from meetings.models import HoursEntry
from notifications.models import Role


@method_decorator(once.only, name="post")
class Hours(ListView):
    """My hours by month, with the form to add some."""

    template_name = "meetings/hours.html"

    def get_queryset(self):
        return HoursEntry.objects.of_person(self.request.user).select_related(
            "membership__community__cohort", "meeting"
        )

    def post(self, request):
        if not request.user.memberships.current().exists():
            why = _("You are in no community any more, so hours can no longer be added.")
            return refuse(request, why, "meetings:hours")
        form = HoursForm(request.POST, person=request.user)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        messages.success(request, _("Your hours are noted."))
        return redirect(way_back(request) or "meetings:hours")

    def get_context_data(self, **kwargs):
        person = self.request.user
        by_month = groupby(self.object_list, key=lambda entry: entry.worked_on.replace(day=1))
        months = [
            (first_day, sum(entry.hours for entry in entries), entries)
            for first_day, entries in ((day, list(group)) for day, group in by_month)
        ]
        current = person.memberships.current().select_related("community__cohort")
        memberships = list(current.order_by("-joined_at"))
        context = {
            "months": months,
            "month_rows": [(clock.spoken_month(day), total) for day, total, _entries in months],
            "cohort": memberships[0].community.cohort if memberships else None,
            "form": HoursForm(person=person) if memberships else None,
            "facilitates": any(part.role == Role.FACILITATOR for part in memberships),
            "is_member": any(part.role == Role.MEMBER for part in memberships),
        }
        return super().get_context_data(**context | kwargs)


class HoursEdit(UpdateView):
    slug_field = slug_url_kwarg = "uuid"
    template_name = "meetings/hours_edit.html"
    form_class = HoursForm

    def get_queryset(self):
        return HoursEntry.objects.own_words_of(self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.request.user}

    def form_valid(self, form):
        form.save()
        messages.success(self.request, _("Your hours are changed."))
        return redirect("meetings:hours")


@require_http_methods(["GET", "HEAD", "POST"])
def hours_remove(request, uuid):
    entry = get_object_or_404(HoursEntry.objects.own_words_of(request.user), uuid=uuid)
    if request.method == "POST":
        entry.delete()
        messages.success(request, _("The entry is removed."))
        return redirect("meetings:hours")
    return render(request, "meetings/hours_remove.html", {"entry": entry})
