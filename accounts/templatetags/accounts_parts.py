"""What this app adds to pages that several apps share."""

from django import template
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts import history, logged
from accounts.history import Happened
from accounts.people import SHOWN_MOST

register = template.Library()


@register.inclusion_tag("admin/_verbs.html", takes_context=True)
def verbs_of(context, record, about):
    """The buttons for what staff can do to ``record`` now; each leads back to this page.

    Of all records on the page, the first that says what comes next has the primary button.
    """
    request = context["request"]
    offered = admin.site.get_model_admin(type(record)).offered(request, record, back=request.path)
    leads = not getattr(request, "has_next_step", False)
    if any(verb["is_next"] for verb in offered):
        request.has_next_step = True
    return {"request": request, "csrf_token": context["csrf_token"], "verbs": offered,
            "verbs_lead": leads, "about": about}  # fmt: skip


@register.filter
def folded(verbs):
    """Return what stands under "More": it cannot be taken back, and is not what comes next."""
    return [verb for verb in verbs or () if verb["is_folded"]]


@register.simple_tag
def admin_page(record):
    """The address of a record's own page in the admin."""
    return admin.site.get_model_admin(type(record)).record_url(record)


@register.simple_tag
def accounts_history(person):
    """What staff noted about a person, and what they changed on her record."""
    notes = [
        Happened(note.at, _("Contact"), by=str(note.by or ""), words=note.text)
        for note in person.contact_notes.select_related("by")[:SHOWN_MOST]
    ]
    changes = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(person), object_id=str(person.pk)
    ).select_related("user")
    return notes + [
        Happened(entry.action_time, logged.told(entry), by=str(entry.user))
        for entry in changes.order_by("-action_time")[:SHOWN_MOST]
    ]


@register.simple_tag
def newest_first(*parts):
    """One timeline out of what each app tells."""
    return history.newest_first(*parts)
