from datetime import timedelta
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import timezone

from accounts.models import SignIn, User
from notifications import outbox

CODE_MAILS = {
    "account/email/login_code",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in for people we know. Codes travel through the outbox like all other mail.

    A stranger's address looks the same on the page and gets no mail: so nobody
    learns who is known here, and nobody can let us mail an address of their choice.
    """

    def login(self, request, user):
        super().login(request, user)
        SignIn.objects.create(person=user)

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        try:
            return super().is_safe_url(url)
        except ValueError:  # an address that cannot be read, such as http://[::1
            return False

    def send_mail(self, template_prefix, email, context):
        person = User.objects.filter(email__iexact=email).first()
        if template_prefix in CODE_MAILS and person:
            outbox.write(
                "sign-in-code",
                person,
                key=f"sign-in-code:{uuid4()}",
                secret=context["code"],
                expires_at=timezone.now()
                + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
            )
