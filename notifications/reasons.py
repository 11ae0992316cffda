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
OPTED_OUT = gettext_noop("does not want reminders")
JOINED_LATE = gettext_noop("invited only after it was due")
MOVED = gettext_noop("the change came after it was due: the notice of the change says it all")
CALLED_OFF = gettext_noop("the event is cancelled")
NO_RULE = gettext_noop("no rule asks for it any more")
NEWER = gettext_noop("a newer reminder of the same event went instead")
IN_DIGEST = gettext_noop("one email tells of several")
ONE_A_DAY = gettext_noop("waits for the next day: at most one optional email a day")
NO_DAY_LEFT = gettext_noop("gave way to another optional email, and the next day is too late")
ONCE = gettext_noop("it was for one time, and what it said is not kept")
NOT_RENDERED = gettext_noop("it cannot be rendered any more")
LETTER_WAITS = gettext_noop("waits: the letter itself has not been let go yet")

# Of these the mail keeps who it was, see ``Message.stopped_by``.
TAKEN_BACK = gettext_noop("taken back by %(name)s")
CANCELLED = gettext_noop("cancelled by %(name)s")
BY_SOMEBODY = {TAKEN_BACK, CANCELLED}
