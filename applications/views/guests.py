"""Who asks, on the pages that a link in a mail opens without signing in."""

from accounts import links
from applications.models import Application

OWN = "applications:application"


def guest(request, verb, uuid, **record):
    """Return who may do ``verb`` to ``record``, whose address has ``uuid``, or None.

    Whoever holds the link to her application may also do what it leads to.
    """
    person = links.acting_person(request, verb, uuid)
    if person:
        return person
    application = Application.objects.filter(**record).values_list("uuid", flat=True).first()
    return links.acting_person(request, OWN, application) if application else None
