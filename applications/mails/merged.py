"""Mail to both addresses of somebody who stood twice in our records."""

from django.utils.translation import gettext, gettext_lazy

from applications.models import Application
from notifications import mails


@mails.register("records-merged", gettext_lazy("Two records became one"), goes_again=False)
def merged(ids):
    """To the address that is kept as the secret until the mail is sent; it holds no link."""
    if "secret" not in ids:
        return None
    person = ids["recipient"]
    return {
        "name": person.name,
        "to": ids["secret"],
        "ends": ids["secret"] != person.email,
        "of_two": _of_two(ids.get("withdrawn", [])),
        "why": gettext("You get this email because this address was in our records."),
    }


def _of_two(pairs) -> list[dict]:
    """What became of two applications in one call; ``pairs`` are keys: what goes, what stays."""
    keys = {key for pair in pairs for key in pair}
    known = Application.objects.select_related("cohort").in_bulk(keys)
    return [
        {
            "call": known[goes].cohort.name,
            "goes": known[goes].reference,
            "stays": known[stays].reference,
        }
        for goes, stays in pairs
        if goes in known and stays in known
    ]
