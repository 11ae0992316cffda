"""The staff's desk: Django's admin, its lists grouped by what staff do.

A ``ModelAdmin`` says where it lies with one attribute, ``desk = ("interviews", 2)``: the
key of a group below and its place in it. What says nothing is plumbing and lies under
"Everything else", which only superusers see.
"""

from functools import update_wrapper

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.columns import NOTHING

PLUMBING = "rest"
GROUPS = {
    "call": _("The call"),
    "webinars": _("Webinars"),
    "applications": _("Applications and reviews"),
    "interviews": _("Interviews"),
    "groups": _("Groups and offers"),
    "meetings": _("Meetings"),
    "outcomes": _("Outcomes"),
    "mail": _("Email"),
    "people": _("People"),
    "setup": _("Setting up"),
    PLUMBING: _("Everything else"),
}

# Pages that are no list: the group they lie in, their place there, their name and their address.
PAGES = [
    ("applications", 4, _("Answers by question"), "admin:applications_question_answers"),
    ("setup", 0, _("First steps"), "start"),
    ("people", 8, _("Two records of one person"), "duplicates"),
    ("mail", 0, _("Is email flowing?"), "mail-health"),
    ("mail", 2, _("The next 30 days"), "mail-forecast"),
    ("mail", 4, _("Texts of email"), "admin:notifications_mailtemplate_words"),
]


class AdminSite(admin.AdminSite):
    """Signing in is the same as everywhere; nothing is deleted in bulk."""

    site_title = _("Communities of Practice")
    site_header = _("Communities of Practice")
    index_title = _("Staff")
    empty_value_display = NOTHING

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    def get_urls(self):
        from accounts import people

        return [
            path("people/", self.admin_view(people.people), name="people"),
            path("people/<uuid:uuid>/", self.admin_view(people.person), name="person"),
            *super().get_urls(),
        ]

    def admin_view(self, view, cacheable=False):
        """Tell who is signed in, but is not staff, that this is not open to her."""

        guarded = super().admin_view(view, cacheable)

        def staff_only(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return update_wrapper(staff_only, guarded)

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        return secure_admin_login(super().login)(request, extra_context)

    def place_of(self, model) -> tuple[str, int]:
        """Return the key of the group that ``model`` lies in, and its place there."""
        return getattr(self._registry.get(model), "desk", (PLUMBING, 0))

    def group_url(self, key: str) -> str:
        return f"{reverse('admin:index')}#{key}"

    def get_app_list(self, request, app_label=None):
        """Return the lists this person may open, by group; the shape is Django's own.

        The frame of a page and the page of the desk itself both ask: it is made once a request.
        """
        if app_label is not None:
            return self._app_list(request, app_label)
        if not hasattr(request, "desk_groups"):
            request.desk_groups = self._app_list(request)
        return request.desk_groups

    def _app_list(self, request, app_label=None):
        found = {key: [] for key in GROUPS}
        for app in super().get_app_list(request, app_label):
            for model in app["models"]:
                key, place = self.place_of(model["model"])
                found[key].append((place, str(model["name"]), model))
        if app_label is None:
            for key, place, name, address in PAGES:
                found[key].append((place, str(name), _as_list(address)))
        if not request.user.is_superuser:
            del found[PLUMBING]
        return [
            {
                "name": GROUPS[key],
                "app_label": key,
                "app_url": self.group_url(key),
                "has_module_perms": True,
                "models": [{**model, "name": capfirst(name)} for _place, name, model in sorted(
                    models, key=lambda each: each[:2]
                )],
            }
            for key, models in found.items()
            if models
        ]  # fmt: skip

    def app_index(self, request, app_label, extra_context=None):
        """Groups are not apps: the page of an app leads to the desk."""
        if not request.user.has_module_perms(app_label):
            raise Http404
        return redirect("admin:index")


def _as_list(address: str) -> dict:
    """Return a page of the desk in the shape of a list, so that it stands among them."""
    return {
        "model": None, "object_name": address, "admin_url": reverse(address),
        "add_url": None, "view_only": True, "perms": {"view": True},
    }  # fmt: skip
