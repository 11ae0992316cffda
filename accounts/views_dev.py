"""The living page of the design system, in the demo only: every piece in every state."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import translation

from accounts import pictures, pieces


def components(request):
    """Show every piece; in English, because its sample text is."""
    form = pieces.PiecesForm()
    with_errors = pieces.PiecesForm(
        {"name": "Amara", "email": "amara@", "years": "-1", "plan": "word " * 24},
        auto_id="wrong_%s",
    )
    with translation.override("en"):
        return render(
            request,
            "dev/components.html",
            {
                "pieces": form,
                "pieces_with_errors": with_errors,
                "steps": pieces.STEPS,
                "today": "Today, 3 March",
                "today_percent": 49,
                "statuses": pieces.STATUSES,
                "first_things": pieces.FIRST_THINGS,
                "ways": pieces.WAYS,
                "scores": pieces.SCORES,
                "agenda": pieces.AGENDA,
                "said": pieces.SAID,
                "tasks": pieces.TASKS,
                "answers": pieces.ANSWERS,
                "people": pieces.PEOPLE,
                "evidence": pieces.EVIDENCE,
                "hours": pieces.HOURS,
                "funnel": pieces.FUNNEL,
                "region_columns": pieces.REGION_COLUMNS,
                "regions": pictures.grid(pieces.REGION_COLUMNS, pieces.REGIONS),
                "units": pictures.units(pieces.UNITS),
                "ends": pictures.units(pieces.ENDS),
                "trace": pieces.TRACE,
                "rows": pieces.ROWS,
                "page_obj": Paginator(range(60), 20).page(2),
                "tones": ["info", "success", "attention", "danger", "neutral"],
                "sizes": ["title", "heading", "large", "body", "small"],
            },
        )
