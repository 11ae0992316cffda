"""What every page may say. Asks the database nothing."""

from django.conf import settings

from accounts import clock


def site(request):
    return {
        "demo": settings.DEMO,
        "organization_name": settings.ORGANIZATION_NAME,
        "postal_address": settings.POSTAL_ADDRESS,
        "mailbox": settings.MAILBOX,
        "previewing": clock.previewed(),
    }
