"""What this app adds to pages that several apps share."""

from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock, concealed
from accounts.bilingual import said_in
from accounts.counts import Stage, counted, waiting
from accounts.models import User
from cops import for_employers, timeline
from cops.forms import TRAP, NewsForm
from cops.models import AccessRequest, Community, Registration

AT_WEBINAR = "webinar"  # the stage of the board that others take figures from

register = template.Library()


@register.filter
def say(record, name):
    """{{ cohort|say:"headline" }}: the text, marked where it is in the other language."""
    text, language = getattr(record, name), record.language_of(name)
    if language == (get_language() or "en")[:2]:
        return conditional_escape(text)
    return said_in(text, language)


@register.filter
def lang(record, name):
    """<div lang="{{ cohort|lang:"invitation" }}">: the language a text can be read in."""
    return record.language_of(name)


@register.inclusion_tag("cops/_cohort_timeline.html")
def cohort_timeline(cohort):
    """Where a cohort stands today and what is next; the same picture everywhere."""
    return {"cohort": cohort, "timeline": timeline.of(cohort)}


@register.simple_tag(name="for_employers")
def sections_for_employers(cohort):
    """What an employer wants to know of the call, for ``cops/_for_employers.html``."""
    return for_employers.sections(cohort)


@register.inclusion_tag("cops/_tell_me.html", takes_context=True)
def tell_me_of_the_next(context):
    """The form to hear of the next call."""
    user = context["request"].user
    form = NewsForm(person=user if user.is_authenticated else None)
    return {"form": form, "trap": TRAP, "csrf_token": context["csrf_token"]}


@register.simple_tag
def passing_on(cohort):
    """The address of the call, and a mail about it that its reader's own program sends."""
    address = settings.SITE_URL + cohort.get_absolute_url()
    said = _("Hello,\n\nThis may interest you: %(call)s.\n\n%(headline)s\n\n%(address)s\n") % {
        "call": cohort.name,
        "headline": cohort.headline or timeline.sentence(cohort),
        "address": address,
    }
    query = urlencode({"subject": cohort.name, "body": said.replace("\n", "\r\n")}, quote_via=quote)
    return {"address": address, "mailto": f"mailto:?{query}"}


@register.simple_tag(takes_context=True)
def cops_me(context):
    """The communities she is a member of, her webinars, and what she waits for an answer to.

    For ``cops/_me.html``; ``waits`` holds the next webinar, see ``soonest``.
    """
    person = context["request"].user
    now = timezone.now()
    communities = (
        Community.objects.of_person(person)
        .exclude(pk__in=Community.objects.facilitated_by(person))
        .select_related("cohort", "focus_area")
        .annotate(
            next_at=Min(
                "series__events__starts_at",
                filter=Q(
                    series__events__cancelled_at=None,
                    series__events__kind="meeting",
                    series__events__ends_at__gt=now,
                ),
            )
        )
    )
    registrations = list(
        Registration.objects.live()
        .filter(person=person, webinar__event__cancelled_at=None)
        .filter(webinar__event__ends_at__gt=now)
        .select_related("webinar__event")
        .order_by("webinar__event__starts_at")
    )
    return {
        "waits": _webinar_waits(registrations, person),
        "communities": communities,
        "registrations": registrations,
        "requests": AccessRequest.objects.of_person(person).open().select_related("deadline"),
    }


def _webinar_waits(registrations, person):
    if not registrations:
        return None
    registration = registrations[0]
    event = registration.webinar.event
    return {
        "by": event.starts_at,
        "record": registration,
        "label": _("Webinar"),
        "title": registration.webinar.title,
        "lang": registration.webinar.language_of("title"),
        "sentence": clock.spoken_to(event.starts_at, event.zone, person.time_zone),
        "url": registration.get_absolute_url(),
        "verb": _("See my registration"),
    }


@register.simple_tag
def cops_board(cohort):
    """How many registered for the webinars of a cohort that recruit, and how many came."""
    webinars = cohort.webinars.recruiting()
    registered = Registration.objects.live().filter(webinar__in=webinars)
    came = User.objects.filter(pk__in=webinars.who_came())
    of_cohort = f"webinar__cohort__id__exact={cohort.pk}&webinar__kind__exact=information"
    list_url = f"{reverse('admin:cops_registration_changelist')}?{of_cohort}"
    rows = [
        (_("registered for the webinar"), registered, f"{list_url}&live=yes"),
        (_("came to the webinar"), came, f"{list_url}&came=yes"),
    ]
    return Stage(_("Webinar"), rows, key=AT_WEBINAR)


@register.simple_tag
def access_board(viewer):
    """What people asked for, whichever round: an access need is nobody's cohort's alone.

    As ``viewer`` finds it in the list: what is kept from her is not counted.
    """
    asked = concealed.without(AccessRequest.objects.all(), viewer)
    url = reverse("admin:cops_accessrequest_changelist")
    rows = [
        (_("Requests to answer"), asked.open(), f"{url}?stands=open", "attention"),
        (_("Requests past their date"), asked.late(), f"{url}?stands=late", "danger"),
    ]
    return Stage(_("Access needs and wishes"), rows)


register.simple_tag(counted)
register.simple_tag(waiting, name="needing_somebody")
