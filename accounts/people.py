"""Staff pages about a person: finding her, and everything about her on one page.

What was typed into the search travels in the session, so that no name, address
or number comes to stand in an address or a log.
"""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import search
from accounts.models import User

SESSION_KEY = "people_search"
SHOWN_MOST = 50


# What else a person is found by: functions of what was typed and of who searches.
FOUND_BY: list[Callable[[str, User], Q]] = []


def found_by(condition):
    """Let apps above say by which of their records a person is found, as conditions on her."""
    FOUND_BY.append(condition)
    return condition


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name, address or phone number"),
        max_length=100,
        error_messages={"required": gettext_lazy("Type a part of a name, address or number.")},
    )


def people(request):
    """Show whom the last search may mean; one hit is opened at once, nothing is changed."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            request.session[SESSION_KEY] = form.cleaned_data["q"]
            found = list(_found(request)[:2])
            if len(found) == 1:
                return redirect("admin:person", found[0].uuid)
            return redirect("admin:people")
        status = 400
    else:
        sought = request.session.get(SESSION_KEY)
        form, status = SearchForm({"q": sought} if sought else None), 200
    found = list(_found(request)[: SHOWN_MOST + 1]) if form.is_valid() else []
    context = {
        **admin.site.each_context(request),
        "title": _("Find a person"),
        "opts": User._meta,
        "form": form,
        "sought": form["q"].value() or "",
        "people": found[:SHOWN_MOST],
        "has_more": len(found) > SHOWN_MOST,
    }
    return render(request, "admin/people.html", context, status=status)


def _found(request):
    text, viewer = request.session[SESSION_KEY], request.user
    wanted = search.matching(text)
    for condition in FOUND_BY:
        wanted |= condition(text, viewer)
    people = User.objects.visible_to(viewer).filter(wanted)
    return people.with_place().order_by("name", "email")


def person(request, uuid):
    """Show everything about one person, each app telling its part."""
    visible = User.objects.visible_to(request.user).with_place()
    found = get_object_or_404(visible, uuid=uuid)
    context = {
        **admin.site.each_context(request),
        "title": str(found),
        "opts": User._meta,
        "person": found,
        "is_self": found == request.user,
    }
    return render(request, "admin/person.html", context)
