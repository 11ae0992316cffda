"""What every page may say. Asks the database at most once a minute, see ``accounts.office``."""

from django.conf import settings

from accounts import clock, office


def site(request):
    we = office.current()
    return {
        "demo": settings.DEMO,
        "organization_name": we.name,
        "postal_address": we.postal_address,
        "mailbox": we.mailbox,
        "previewing": clock.previewed(),
    }
