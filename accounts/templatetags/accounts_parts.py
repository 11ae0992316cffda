"""What this app adds to pages that several apps share."""

from django import template
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import history
from accounts.history import Happened
from accounts.people import SHOWN_MOST

register = template.Library()


@register.inclusion_tag("admin/_verbs.html", takes_context=True)
def verbs_of(context, record, about):
    """The buttons for what staff can do to ``record`` now; each leads back to this page."""
    request = context["request"]
    offered = admin.site.get_model_admin(type(record)).offered(request, record, back=request.path)
    return {"request": request, "csrf_token": context["csrf_token"], "verbs": offered,
            "about": about}  # fmt: skip


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
    )
    return notes + [
        Happened(entry.action_time, capfirst(entry.get_change_message()), by=str(entry.user))
        for entry in changes.select_related("user").order_by("-action_time")[:SHOWN_MOST]
    ]


@register.simple_tag
def newest_first(*parts):
    """One timeline out of what each app tells."""
    return history.newest_first(*parts)
