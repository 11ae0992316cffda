"""Texts of Django and allauth that people meet here, to be said in the words of our glossary.

Nothing imports this: marking a text puts it into the catalogue at the top, which speaks
before those of the libraries. A text that they reword simply falls back to theirs. Where their
English is not ours either, ``locale/en`` has the words, kept by hand.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

# What a field refuses, and the way out.
REFUSED = [
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Enter a number."),
    _("Enter a valid URL."),
    _("Enter a valid date."),
    _("Enter a valid date/time."),
    _("Enter a valid email address."),
    _("Enter a valid time."),
    _("Enter a whole number."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("This field is required."),
]

ADMIN = [
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("You may edit it again below."),
    _("Add another %(model)s"),
    _("Designates that this user has all permissions without explicitly assigning them."),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("superuser status"),
]

SIGN_IN = [
    _("Be patient, you are sending too many requests."),
    _("Email"),
    _("Email address"),
    _("Incorrect code."),
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
