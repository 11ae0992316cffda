"""What frames every page of the desk: where one is, and what one did last."""

from django import template
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from accounts import logged
from accounts.admin_site import GROUPS, PAGES

register = template.Library()


@register.inclusion_tag("admin/_trail.html", takes_context=True)
def trail(context, here=""):
    """Desk › group › list › record › ``here``; without it the page's title ends the trail.

    A page of ``PAGES``, or one below it, names it as ``desk_page``, and that is its list.
    """
    steps = [(_("Staff"), reverse("admin:index"))]
    opts = context.get("opts")
    if desk_page := context.get("desk_page"):
        key, name = _group_and_name(desk_page)
        steps += [(GROUPS[key], admin.site.group_url(key)), (name, reverse(desk_page))]
        if context["request"].path == steps[-1][1]:
            steps.pop()
        return {"steps": steps, "here": here or context.get("title", "")}
    if not opts or not admin.site.is_registered(opts.model):
        return {"steps": steps, "here": here or context.get("title", "")}
    key, _place = admin.site.place_of(opts.model)
    list_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    list_name = capfirst(opts.verbose_name_plural)
    if GROUPS[key] != list_name:
        steps.append((GROUPS[key], admin.site.group_url(key)))
    steps.append((list_name, list_url))
    record = context.get("record") or context.get("original") or context.get("object")
    record_url = context.get("record_url")
    if record and not record_url and record._meta.concrete_model is opts.concrete_model:
        info = opts.app_label, opts.model_name
        record_url = reverse("admin:{}_{}_change".format(*info), args=[record.pk])
    if record and record_url:
        steps.append((Truncator(str(record)).words(12), record_url))
    is_last = context.get("request") and context["request"].path == steps[-1][1]
    if is_last:
        here, _url = steps.pop()
    return {"steps": steps, "here": here or context.get("title", "")}


@register.inclusion_tag("admin/_nav.html", takes_context=True)
def desk_nav(context):
    """The groups; the one we are in shows its lists."""
    request, opts, desk_page = context["request"], context.get("opts"), context.get("desk_page")
    here = admin.site.place_of(opts.model)[0] if opts else ""
    if desk_page:
        here, _name = _group_and_name(desk_page)
    return {
        "groups": context.get("available_apps") or admin.site.get_app_list(request),
        "here": here,
        "list_here": desk_page or (opts and opts.object_name),
        "path": request.path,
        "board_url": reverse("board"),
    }


def _group_and_name(desk_page: str) -> tuple:
    return next((key, name) for key, _place, name, address in PAGES if address == desk_page)


register.filter("told", logged.told)


@register.simple_tag(takes_context=True)
def done_last(context, number=8):
    """Return what the person did last on the desk: newest first, at most ``number``."""
    entries = LogEntry.objects.filter(user=context["request"].user)
    return entries.select_related("content_type").order_by("-action_time")[:number]
