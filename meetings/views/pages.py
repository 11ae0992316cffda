"""What pages of this app do alike: ask first, and go back to where one came from."""

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme


def confirm(request, context):
    context["back_url"] = context["meeting"].get_absolute_url()
    return render(request, "meetings/confirm.html", context)


def way_back(request):
    """Return the page of ours that the form named to return to, or nothing."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if safe else ""
