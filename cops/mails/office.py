"""Mail of the office: a test, and the invitation of a colleague."""

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import links, office
from accounts.models import User
from notifications import mails


@mails.register("mail-test", gettext_lazy("Test of the email"))
def mail_test(ids):
    person = ids["recipient"]
    if not person.is_staff:
        return None
    return {
        "name": person.name,
        "url": links.url(person, "cops:mail-arrived", person.uuid, days=2),
        "why": _("You get this email because you asked for a test."),
    }


@mails.register("staff-invited", gettext_lazy("Invitation of a colleague"))
def staff_invited(ids):
    person = ids["recipient"]
    inviter = User.objects.filter(pk=ids["by"]).first()
    if not person.is_staff or not inviter:
        return None
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('admin:index')})}"
    return {
        "name": person.name,
        "by": str(inviter),
        "address": person.email,
        "url": settings.SITE_URL + sign_in,
        "mailbox": office.current().mailbox,
        "why": _("You get this email because a colleague made you staff of this site."),
    }
