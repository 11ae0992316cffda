"""What a reviewer may read of an application: a projection, so that nothing else can leak."""

from django.utils.translation import gettext as _

from accounts.models import Language
from applications.models import Application, Question


def projection(application: Application, *, is_blind: bool = True) -> dict:
    """Return ``facts`` and ``texts``, rows of label and value, without who, where or for whom.

    The part of the province is told, the town and the catchment are not: what a
    voice from the North adds cannot be judged without it, and it names nobody.
    What an answer to a question of the call may tell of its writer is left out too, unless the
    reader knows her anyway and ``is_blind`` is false.
    """
    region = application.region
    facts, texts = _further(application, is_blind=is_blind)
    return {
        "reference": application.reference,
        "language": application.mail_language or Language.ENGLISH,
        "facts": [
            {"label": _("Focus areas, by wish"), "value": " · ".join(application.wishes)},
            {
                "label": _("Experience, in own judgement"),
                "value": application.get_level_display(),
            },
            {"label": _("Programs"), "value": " · ".join(application.programs)},
            {
                "label": _("When the team tries something new"),
                "value": application.get_authority_display(),
            },
            {
                "label": _("Part of the province"),
                "value": region.get_macro_display() if region else "",
            },
            {
                "label": _("Can meet"),
                "value": ", ".join(application.half_days),
            },
            *facts,
        ],
        "texts": [
            {"label": _("What to change, and why now"), "value": application.motivation},
            {"label": _("Something to try"), "value": application.trial_idea},
            {"label": _("How the hours are found"), "value": application.hours_plan},
            *texts,
        ],
    }


def _further(application, *, is_blind) -> tuple[list[dict], list[dict]]:
    """Return what was answered to the questions of the call: what was chosen, what was written."""
    facts, texts = [], []
    for answer in application.answers.for_reviewers(is_blind=is_blind):
        rows = texts if answer.question.kind == Question.Kind.TEXT else facts
        url = answer.file_url
        rows.append({"label": answer.question.text, "value": answer.told, "url": url})
    return facts, texts
