"""The mails about a call to come: whether it was she who asked for news, and that it is here."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from cops import news
from cops.models import Cohort
from notifications import mails, preferences
from notifications.consent import agrees_to_news
from notifications.models import Message
from notifications.placeholders import block, link, text


@mails.register(news.ASKED, gettext_lazy("Whether it was she who asked for news"))
def news_asked(ids):
    """Names nobody: what was typed beside the address may be anybody's."""
    person = ids["recipient"]
    if not person.is_active:
        return None
    has_news = agrees_to_news(person)
    return {
        "has_news": has_news,
        "url": preferences.page_url(person) if has_news else news.confirm_url(person),
        "why": _("You get this email because someone typed your address on our site."),
    }


@mails.register(
    news.ANNOUNCED,
    gettext_lazy("A new call, to who wants to hear of it"),
    lane=Message.Lane.NEWS,
    placeholders={
        "call": text(gettext_lazy("The name of the call"), gettext_lazy("Winter 2027")),
        "headline": text(
            gettext_lazy("Its headline, or its name again"),
            gettext_lazy("Join a Community of Practice"),
        ),
        "when_to_apply": block(
            gettext_lazy("From when and until when one may apply"),
            "cops/mails/_when_to_apply.md",
            gettext_lazy("You can apply until Friday 12 February 2027, 11:59 p.m. Eastern Time."),
        ),
        "url": link(gettext_lazy("The page of the call")),
    },
)
def call_announced(ids):
    cohort = Cohort.objects.published().filter(pk=ids["cohort"]).first()
    if cohort is None or cohort.closes_at <= timezone.now():
        return None
    is_ahead = timezone.now() < cohort.opens_at
    return {
        "call": cohort.name,
        "headline": cohort.headline or cohort.name,
        "opens": clock.spoken(cohort.opens_at) if is_ahead else "",
        "closes": clock.spoken(cohort.closes_at),
        "url": settings.SITE_URL + cohort.get_absolute_url(),
        "why": _("You get this email because you agreed to news of new calls."),
        **cohort.signature,
    }
