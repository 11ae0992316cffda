"""Every address the site has, taken from the URL configuration."""

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import product

from django.contrib import admin
from django.urls import URLPattern, get_resolver

from tests.fuzz.world import named

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
# Addresses whose pattern is a regular expression, by the name of the route.
BY_HAND = {
    "admin:app_list": ["admin/accounts/"],
    "admin:(?P<url>.*)$": ["admin/nothing/at/all"],
    "account_reset_password_from_key": ["accounts/password/reset/key/0-x-y/"],
}


@dataclass(frozen=True)
class Address:
    """One route with what stands in it; ``path`` holds no query."""

    route: str
    pattern: str
    arguments: tuple = ()

    @property
    def path(self):
        values = iter(self.arguments)
        return "/" + ARGUMENT.sub(lambda _name: str(next(values)), self.pattern)

    @property
    def is_admin(self):
        return self.pattern.startswith("admin/") and self.route != "accounts:as-of"

    @property
    def names(self):
        return ARGUMENT.findall(self.pattern)

    def with_argument(self, name, value):
        """Return the path with ``value`` in the place of the argument called ``name``."""
        values = dict(zip(self.names, self.arguments, strict=True)) | {name: value}
        return "/" + ARGUMENT.sub(lambda match: str(values[match[1]]), self.pattern)


def routes(resolver=None, namespace="", before=""):
    """Yield the full name and the whole pattern of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or str(entry.pattern)), pattern
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner, pattern)


def addresses(world):
    """Return an address for every route and every record that it may name."""
    by_name, found = named(world), []
    for route, pattern in routes():
        if route in BY_HAND:
            found += [Address(route, path) for path in BY_HAND[route]]
        elif not ARGUMENT.search(pattern):
            found.append(Address(route, pattern))
        else:
            every = _of_admin(route, pattern) or _listed(by_name, route)
            assert every is not None, f"{route}: add to tests.fuzz.world.named what it names"
            found += [Address(route, pattern, arguments) for arguments in every]
    return found


def _listed(by_name, route):
    exact = by_name.get(route)
    return exact or next((v for name, v in by_name.items() if fnmatch(route, name)), None)


def _of_admin(route, pattern):
    """Return the arguments of an address in the admin: the key of a row, the name of a verb."""
    match = re.match(r"admin/(\w+)/(\w+)/", pattern)
    if not match:
        return [(1, 1)] if route == "admin:view_on_site" else None
    for model, desk in admin.site._registry.items():
        if (model._meta.app_label, model._meta.model_name) == match.groups():
            keys = list(model._default_manager.values_list("pk", flat=True)[:2]) or [1]
            names = ARGUMENT.findall(pattern)
            choices = {"name": list(desk.verbs) or ["none"]}
            return list(product(*(choices.get(name, keys[:1]) for name in names)))
    return None
