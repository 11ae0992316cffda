"""How a webinar is called off by whoever knows its event alone."""

from cops import services
from cops.models import Webinar
from notifications import calendar, endings
from notifications.models import Event, Kind


@endings.register(Kind.WEBINAR)
def call_off(event: Event, *, reason: str) -> bool:
    webinar = Webinar.objects.filter(event=event).first()
    if webinar is None:
        return calendar.cancel(event, reason=reason)
    return services.cancel_webinar(webinar, reason=reason)
