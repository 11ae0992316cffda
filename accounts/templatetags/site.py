"""What the frame of every page shows: the languages and the main places."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_from_path, gettext

from accounts import links
from accounts.first_thing import soonest

register = template.Library()

LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


@register.simple_tag(takes_context=True)
def language_links(context):
    """Return (code, name, address of this page in that language, is it this one) per language."""
    request = context.get("request")
    if not request:
        return []
    path = request.get_full_path()
    if get_language_from_path(request.path_info):
        path = "/" + path[1:].partition("/")[2]
    # Only the first part of an address tells the language: nothing has to be looked up.
    prefixes = {code: f"/{code}" for code, _ in settings.LANGUAGES}
    prefixes[settings.LANGUAGE_CODE] = ""
    return [
        (code, LANGUAGE_NAMES[code], prefix + path, code == get_language())
        for code, prefix in prefixes.items()
    ]


register.simple_tag(soonest)


@register.simple_tag(takes_context=True)
def opened_by_link(context):
    """Return (label, address) of what a link has opened for who is not signed in, or None."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or user.is_authenticated or not hasattr(request, "session"):
        return None
    return links.opened(request)


@register.filter
def without(rows, record):
    """{{ notes|without:first.record }}: the rows that are not shown elsewhere already."""
    return [row for row in rows if row != record]


@register.filter
def problems(field):
    """{{ field|problems }}: each error of a bound field, and whether it says itself which it is.

    The messages that a form of ours gives to one of its fields do; those of the libraries do not.
    """
    general = {}
    for each in reversed(type(field.field).__mro__):
        general |= getattr(each, "default_error_messages", {})
    messages = field.field.error_messages
    ours = {str(text) for code, text in messages.items() if text != general.get(code)}
    return [(error, error in ours) for error in field.errors]


@register.simple_tag(takes_context=True)
def main_nav(context):
    """Return (label, address, is it this page or above it) for the main places."""
    request = context.get("request")
    if not request:
        return []
    places = [
        (gettext("Home"), "cops:home"),
        (gettext("Outcomes"), "outcomes:library"),
    ]
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        places.append((gettext("My page"), "accounts:me"))
        if user.is_staff:
            places.append((gettext("Staff"), "board"))
    home = reverse("cops:home")
    entries = [(label, reverse(name)) for label, name in places]
    if opened := opened_by_link(context):
        entries.append(opened)
    nav = []
    for label, url in entries:
        is_current = request.path == url or (url != home and request.path.startswith(url))
        nav.append((label, url, is_current))
    return nav
