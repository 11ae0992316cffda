"""What a reviewer may read of an application: a projection, so that nothing else can leak."""

from django.utils.translation import gettext as _

from accounts.models import Language
from applications.models import Application


def projection(application: Application) -> dict:
    """Return ``facts`` and ``texts``, rows of label and value, without who, where or for whom.

    The part of the province is told, the town and the catchment are not: what a
    voice from the North adds cannot be judged without it, and it names nobody.
    """
    region = application.region
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
        ],
        "texts": [
            {"label": _("What to change, and why now"), "value": application.motivation},
            {"label": _("Something to try"), "value": application.trial_idea},
            {"label": _("How the hours are found"), "value": application.hours_plan},
        ],
    }
