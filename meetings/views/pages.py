"""What pages of this app do alike: ask first."""

from django.shortcuts import render


def confirm(request, context):
    context["back_url"] = context["meeting"].get_absolute_url()
    return render(request, "meetings/confirm.html", context)
