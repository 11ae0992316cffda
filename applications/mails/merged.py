"""Mail to both addresses of somebody who stood twice in our records."""

from django.utils.translation import gettext, gettext_lazy

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
        "why": gettext("You get this email because this address was in our records."),
    }
