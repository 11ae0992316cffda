"""What this app tells staff about one person: her groups, webinars, roles and needs."""

from django import template
from django.utils.translation import gettext as _

from accounts import concealed
from accounts.history import Happened

register = template.Library()


@register.simple_tag(takes_context=True)
def cops_about(context, person):
    """Return the memberships, registrations, roles and requests of ``person``, newest first."""
    asked = concealed.without(person.access_requests.with_people(), context["request"].user)
    return {
        "requests": list(asked.order_by("-asked_at")),
        "memberships": list(
            person.memberships.select_related("community__cohort").order_by("-joined_at")
        ),
        "registrations": list(
            person.registrations.select_related("webinar__event").order_by("-registered_at")
        ),
        "roles": list(person.cohort_roles.select_related("cohort", "organization")),
    }


@register.inclusion_tag("cops/_person.html", takes_context=True)
def cops_person(context, about):
    """The groups, webinars and roles of a person, and what staff can do about them."""
    return {"request": context["request"], "csrf_token": context["csrf_token"], **about}


@register.inclusion_tag("cops/_person_requests.html", takes_context=True)
def cops_requests(context, person, about):
    """What the person asked for so that she can take part, or about her data; and its answer."""
    return {"request": context["request"], "csrf_token": context["csrf_token"],
            "person": person, "requests": about["requests"]}  # fmt: skip


@register.simple_tag
def cops_history(about):
    lines = []
    for membership in about["memberships"]:
        group = {"group": membership.community.name}
        lines.append(Happened(membership.joined_at, _("Joined %(group)s") % group))
        if membership.left_at:
            left = _("Left %(group)s") % group
            lines.append(Happened(membership.left_at, left, words=membership.left_because))
    for registration in about["registrations"]:
        webinar = {"webinar": registration.webinar.title}
        registered = _("Registered for %(webinar)s") % webinar
        lines.append(Happened(registration.registered_at, registered))
        if registration.cancelled_at:
            cancelled = _("Cancelled the registration for %(webinar)s") % webinar
            lines.append(Happened(registration.cancelled_at, cancelled))
    for asked in about["requests"]:
        lines.append(Happened(asked.asked_at, _("Asked for: %(kind)s")
                              % {"kind": asked.get_kind_display()}))  # fmt: skip
    return lines
