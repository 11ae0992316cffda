"""What this app tells staff about one person: the mail to her, and what she agreed to."""

from django import template
from django.utils.translation import gettext as _

from accounts import concealed
from accounts.history import Happened
from notifications import forecast
from notifications import mails as kinds
from notifications.models import Consent, Message, Preference

register = template.Library()

MAILS_TOLD = 30
MAILS_SHOWN = 10
REMINDERS_TOLD = 8
TONES = {
    Message.State.DRAFT: "attention",
    Message.State.QUEUED: "info",
    Message.State.SENDING: "info",
    Message.State.SENT: "success",
    Message.State.FAILED: "danger",
}


@register.simple_tag(takes_context=True)
def mails_about(context, person):
    """Return the newest mails to ``person`` that whoever looks may know of."""
    mails = concealed.without(person.messages.all(), context["request"].user)
    mails = mails.select_related("created_by", "stopped_by")
    return list(mails.order_by("-created_at", "-pk")[:MAILS_TOLD])


@register.simple_tag(takes_context=True)
def consents_of(context, person):
    """Return what ``person`` agreed to, in the words she read."""
    return list(concealed.without(person.consents.all(), context["request"].user))


@register.inclusion_tag("notifications/_mails.html", takes_context=True)
def notifications_mails(context, person, mails):
    """The newest mails with their state, why one did not go, and the way to take one back."""
    return {
        "request": context["request"],
        "csrf_token": context["csrf_token"],
        "person": person,
        "mails": [(mail, TONES.get(mail.state, "neutral")) for mail in mails[:MAILS_SHOWN]],
        "bounces": person.bounces.open(),
    }


@register.inclusion_tag("notifications/_ahead.html")
def notifications_ahead(person):
    """The reminders that lie ahead of her, those too that do not go and why."""
    rows = forecast.foresee(of=[person.pk])
    return {
        "person": person,
        "days": forecast.DAYS,
        "rows": rows[:REMINDERS_TOLD],
        "later": rows[REMINDERS_TOLD:],
    }


@register.inclusion_tag("notifications/_preferences.html")
def notifications_preferences(person, consents):
    """Which mail she wants, as she left it."""
    chosen = Preference.objects.filter(person=person).first()
    news = [each for each in consents if each.purpose == Consent.Purpose.NEWS]
    return {
        "has_chosen": chosen is not None,
        "chosen": chosen or Preference(),
        "news": next((each for each in news if each.is_live), None),
    }


@register.inclusion_tag("notifications/_consents.html")
def notifications_consents(consents):
    """What a person agreed to."""
    return {"consents": consents}


@register.simple_tag
def notifications_history(mails, consents):
    """Mail that went, and consents given and taken back."""
    lines = [
        Happened(mail.sent_at, _("Email: %(subject)s") % {"subject": kinds.called(mail)},
                 by=str(mail.created_by or ""))
        for mail in mails
        if mail.sent_at
    ]  # fmt: skip
    for consent in consents:
        about = {"purpose": consent.get_purpose_display()}
        lines.append(Happened(consent.given_at, _("Agreed to: %(purpose)s") % about))
        if consent.withdrawn_at:
            lines.append(Happened(consent.withdrawn_at, _("Took back: %(purpose)s") % about))
    return lines
