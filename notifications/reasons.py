"""Why a mail did not go, or not yet: kept with it in English, read in the reader's language."""

from django.utils.translation import gettext_noop

TOO_LATE = gettext_noop("too late to be of use")
CHANGED = gettext_noop("the event has changed since")
NOT_INVITED = gettext_noop("no longer invited, or cannot come")
NOT_AGREED = gettext_noop("does not agree to news")
BOUNCES = gettext_noop("this address does not take our email")
NOT_TRUE = gettext_noop("no longer true")
NO_ADDRESS = gettext_noop("news waits until the postal address is written down")
QUARANTINED = gettext_noop("quarantined: begun five times, never ended")
OTHER_FACTS = gettext_noop("the facts have changed since it was released")
