"""The answers of a call by question, and as a file."""

from itertools import chain

from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock, spreadsheet
from accounts.models import Export
from applications import desk, gathered
from applications.forms.gathered import TakeForm, WhichForm
from cops.models import Cohort

A_PAGE = 50
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes accents for something else


class GathersAnswers:
    """For the ``ModelAdmin`` of questions: two pages beside its list."""

    def get_urls(self):
        each = self.admin_site.admin_view
        return [
            path("answers/", each(self.answers_view), name="applications_question_answers"),
            path(
                "answers/<int:pk>/file/",
                each(self.export_view),
                name="applications_question_export",
            ),
            *super().get_urls(),
        ]

    @method_decorator([never_cache, require_safe])
    def answers_view(self, request):
        """What was answered to one question, by everybody whose application counts."""
        cohorts = list(Cohort.objects.visible_to(request.user).order_by("-opens_at"))
        asked = request.GET.get("cohort", "")
        cohort = next((each for each in cohorts if str(each.pk) == asked), None) or _newest(cohorts)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Answers by question"),
            "desk_page": "admin:applications_question_answers",
            "cohort": cohort,
        }
        if cohort:
            context |= self._answers(request, cohort, cohorts)
        return render(request, "applications/admin_answers.html", context)

    def _answers(self, request, cohort, cohorts) -> dict:
        questions = gathered.of(cohort)
        asked, chosen = request.GET.get("key", ""), request.GET.get("answer", "")
        question = next((each for each in questions if each.key == asked), questions[0])
        is_blind = gathered.reads_blind(cohort, request.user)
        found = {
            "form": WhichForm(
                cohorts=cohorts,
                questions=questions,
                initial={"cohort": cohort.pk, "key": question.key},
            ),
            "question": question,
            "is_kept": not question.is_open_to(is_blind=is_blind),
            "is_blind": is_blind,
        }
        if found["is_kept"]:
            return found
        applications = gathered.counting(cohort, request.user)
        given = question.given(applications) if question.choices else {}
        answered = question.answered(applications).select_related("person")
        here = {"cohort": cohort.pk, "key": question.key}
        rows = question.counted(given)
        for row in rows:
            row["url"] = f"?{urlencode(here | {'answer': row['key']})}"
        if chosen in question.choices:
            found["chosen"] = question.choices[chosen]
            found["all_url"] = f"?{urlencode(here)}"
            answered = answered.filter(pk__in=[pk for pk, keys in given.items() if chosen in keys])
        answered = answered.order_by("submitted_at", "pk")
        page = Paginator(answered, A_PAGE).get_page(request.GET.get("page"))
        concealed = desk.concealed_from(request.user)
        answers = [question.row(each, is_blind=each.pk in concealed) for each in page]
        return found | {
            "counts": rows,
            "sent": applications.count(),
            "page_obj": page,
            "answers": answers,
        }

    @method_decorator([never_cache, require_http_methods(["GET", "HEAD", "POST"])])
    def export_view(self, request, pk):
        """Hand out the answers of a call as a file, and write down who took it, and why."""
        cohort = get_object_or_404(Cohort.objects.visible_to(request.user), pk=pk)
        applications = gathered.counting(cohort, request.user)
        is_blind = gathered.reads_blind(cohort, request.user)
        form = TakeForm(request.POST or None, is_blind=is_blind)
        if request.method == "POST" and form.is_valid():
            return self._file(request, cohort, applications.count(), **form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take the answers as a file"),
            "subtitle": cohort.name,
            "desk_page": "admin:applications_question_answers",
            "cohort": cohort,
            "form": form,
            "is_blind": is_blind,
            "count": applications.count(),
            "back_url": answers_url(cohort),
        }
        return render(request, "applications/admin_answers_file.html", context)

    def _file(self, request, cohort, count, *, reason, with_names=False):
        Export.objects.create(
            person=request.user,
            what=Export.What.ANSWERS,
            about=cohort.name,
            reason=reason,
            records=count,
        )
        rows = gathered.table(cohort, request.user, with_names=with_names)
        today = timezone.localdate(timezone=clock.ONTARIO)
        name = f"{cohort.slug}-{_('answers')}-{today}.csv"
        return StreamingHttpResponse(
            chain([BYTE_ORDER_MARK], spreadsheet.lines(rows)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": content_disposition_header(True, name)},
        )


def answers_url(cohort, key: str = "") -> str:
    query = {"cohort": cohort.pk} | ({"key": key} if key else {})
    return f"{reverse('admin:applications_question_answers')}?{urlencode(query)}"


def _newest(cohorts):
    """Return the call that is read now: the newest with applications sent, else the newest."""
    read = (each for each in cohorts if each.applications.sent().exists())
    return next(read, cohorts[0] if cohorts else None)
