from notifications.models.consent import Consent
from notifications.models.message import ASKED, COPY, Attempt, Message
from notifications.models.past import PastSchedule
from notifications.models.preference import Preference
from notifications.models.reminder import Reminder, Rule
from notifications.models.sending import Bounce, Heartbeat, Stop
from notifications.models.template import MailTemplate
from notifications.models.time import Event, Invitee, Kind, Role, Series, Standing

__all__ = [
    "ASKED",
    "COPY",
    "Attempt",
    "Bounce",
    "Consent",
    "Event",
    "Heartbeat",
    "Invitee",
    "Kind",
    "MailTemplate",
    "Message",
    "PastSchedule",
    "Preference",
    "Reminder",
    "Role",
    "Rule",
    "Series",
    "Standing",
    "Stop",
]
