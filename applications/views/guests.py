"""Who asks, on the pages that a link in a mail opens without signing in."""

from accounts import links
from applications.models import Application

OWN = "applications:application"


def guest(request, verb, uuid, **record):
    """Return who may do ``verb`` to ``record``, whose address has ``uuid``, or None.

    Whoever holds the link to her application may also do what it leads to. The
    link counts even where somebody else is signed in: people have two addresses.
    """
    if links.SESSION_KEY not in request.session:
        return request.user if request.user.is_authenticated else None
    application = Application.objects.select_related("person").filter(**record).first()
    if application:
        for name, key in ((verb, uuid), (OWN, application.uuid)):
            if links.acting_person(request, name, key) == application.person:
                return application.person
    return request.user if request.user.is_authenticated else None
