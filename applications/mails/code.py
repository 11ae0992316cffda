"""Mail with a code that lets its person into a call that is closed."""

from math import ceil

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts import links
from applications.models import AccessCode
from applications.services import late
from notifications import mails

CODE = "applications:apply-code"


@mails.register("access-code", gettext_lazy("Code to apply by, after the call has closed"))
def access_code(ids):
    codes = AccessCode.objects.select_related("cohort", "deadline", "person")
    code = codes.filter(pk=ids["code"]).first()
    if code is None or not late.may_send_code(code):
        return None
    cohort, person = code.cohort, code.person
    left = code.deadline.starts_at - timezone.now()
    return {
        "name": person.name,
        "cohort": cohort.name,
        "code": str(code),
        "until": code.until,
        "has_draft": code.late_draft_of(person) is not None,
        "url": links.url(person, CODE, cohort.slug, days=ceil(left.total_seconds() / 86400)),
        "page": settings.SITE_URL + reverse(CODE, args=[cohort.slug]),
        "why": gettext("You get this email because we made a code for your address."),
        **cohort.signature,
    }
