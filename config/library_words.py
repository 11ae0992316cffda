"""Texts of Django and allauth that people meet here, to be said in the words of our glossary.

Nothing imports this: marking a text puts it into the catalogue at the top, which speaks
before those of the libraries. A text that they reword simply falls back to theirs.
"""

from django.utils.translation import gettext_noop as _

ADMIN = [
    _("Add another %(model)s"),
    _("Designates that this user has all permissions without explicitly assigning them."),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("superuser status"),
]

SIGN_IN = [
    _("Be patient, you are sending too many requests."),
    _("Email"),
    _("Email address"),
    _("This account is currently inactive."),
    _("Too many failed login attempts. Try again later."),
    _("email address"),
]

SECOND_STEP = [
    _("A new set of recovery codes has been generated."),
    _("Activate Authenticator App"),
    _("Add Security Key"),
    _("Are you sure you want to remove this security key?"),
    _("Are you sure?"),
    _("Authenticator code"),
    _("Authenticator secret"),
    _("Deactivate Authenticator App"),
    _("Edit Security Key"),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, "
        "but imposes additional requirements such as biometrics or PIN protection."
    ),
    _("I have saved my recovery codes"),
    _("Passkey"),
    _("Passwordless"),
    _("Remove Security Key"),
    _("Security Keys"),
    _("Security key"),
    _("Security key removed."),
    _("Two-Factor Authentication"),
]
