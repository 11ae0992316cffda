"""Every form of the site, found on its pages, and who is the first to have it."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

# Forms that are only shown.
GO_NOWHERE = {"dev-components"}
# What no person types: the site's own marks in a form.
OUR_MARKS = {"csrfmiddlewaretoken", "next"}
FITTING = {
    "email": "noor@agency.test", "url": "https://example.org/", "number": "2", "text": "Words",
    "date": "2026-11-20", "datetime-local": "2027-01-20T13:00", "time": "13:00",
    "textarea": "Words", "search": "words", "tel": "416 555 0100",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, names with fitting values, kinds of fields."""

    path: str
    pairs: tuple
    kinds: dict
    cut: tuple = ()  # areas of text that the browser would cut without a word

    @property
    def route(self):
        return route_of(self.path)

    @property
    def names(self):
        """What a person can fill in; rows that only scripts add are left out."""
        names = {name for name, _value in self.pairs} | {*self.kinds}
        return sorted(name for name in names - OUR_MARKS if "__prefix__" not in name)

    def changed(self, name, value):
        return [*((key, old) for key, old in self.pairs if key != name), (name, value)]


def who_sends_what(visitors, addresses):
    """Return the forms of the site by who is the first of ``visitors`` to have each of them.

    A form that a page shows comes with what stands in it; an address that takes a
    form without showing one comes with the names that it looks for.
    """
    found, seen = defaultdict(list), set()
    pages = [address for address in addresses if address.route not in GO_NOWHERE]
    for kind, visitor in visitors.items():
        for address in pages:
            if address.is_admin and kind != "staff":
                continue
            for form in visitor.known("GET", address.path).forms:
                mark = form.route, tuple(sorted({re.sub(r"\d+", "", n) for n in form.names}))
                if mark not in seen:
                    seen.add(mark)
                    found[kind].append(form)
    shown = {route for route, _names in seen}
    for kind, visitor in visitors.items():
        for address in pages:
            if address.route in shown or (address.is_admin and kind != "staff"):
                continue
            if visitor.known("POST", address.path).is_shut:
                continue
            answer = visitor.post(address.path, [("nothing", "x")])
            leads_in = answer.headers.get("Location", "").startswith("/accounts/login/")
            if answer.status_code in {200, 302, 409, 422} and not leads_in:
                shown.add(address.route)
                names = [name for name in answer.read if name not in OUR_MARKS]
                found[kind].append(Form(address.path, tuple((n, "1") for n in names), {}))
    return found


def route_of(path):
    try:
        return resolve(path).view_name or path
    except Resolver404:
        return path


class Page(HTMLParser):
    """The forms of a page and the fields in them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.form, self.area, self.select = [], None, None, None
        self.feed(text)
        self.close()

    def forms_from(self, path):
        """Yield the forms that are sent by POST; ``path`` is the page's own."""
        for form in self.forms:
            if form["method"] == "POST":
                kinds = {field["name"]: field["kind"] for field in form["fields"]}
                path_to = urlsplit(form["action"]).path or path
                yield Form(path_to, tuple(filled(form)), kinds, tuple(form["cut"]))

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form":
            self.form = {
                "action": facts.get("action") or "",
                "method": (facts.get("method") or "get").upper(),
                "fields": [],
                "cut": [],
            }
            self.forms.append(self.form)
        elif self.form is None or ("name" not in facts and tag != "option"):
            return
        elif tag == "input":
            kind = facts.get("type") or "text"
            is_on = kind not in {"radio", "checkbox"} or "checked" in facts
            self._add(facts["name"], kind, facts.get("value") or "", is_on)
        elif tag == "button":
            self._add(facts["name"], "button", facts.get("value") or "", False)
        elif tag == "textarea":
            self._add(facts["name"], "textarea", "", True)
            if "maxlength" in facts:
                self.form["cut"].append(facts["name"])
            self.area = self.form["fields"][-1]
        elif tag == "select":
            self._add(facts["name"], "select", "", True)
            self.select = self.form["fields"][-1]
        elif tag == "option" and self.select:
            self.select["options"].append(facts.get("value") or "")
            if "selected" in facts:
                self.select["value"] = facts.get("value") or ""

    def _add(self, name, kind, value, is_on):
        self.form["fields"].append(
            {"name": name, "kind": kind, "value": value, "on": is_on, "options": []}
        )

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area:
            self.area["value"] = self.area["value"].removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area["value"] += data


def filled(form):
    """Return the form's names and values, with something fitting where nothing stands."""
    pairs, ticked = [], set()
    for field in form["fields"]:
        name, kind, value = field["name"], field["kind"], field["value"]
        if kind in {"button", "file"} or (kind == "radio" and not field["on"]):
            continue
        if kind in {"radio", "checkbox"}:
            ticked.add(name)
            pairs.append((name, value or "on"))
        elif kind == "select":
            pairs.append((name, value or next(filter(None, field["options"]), "")))
        else:
            pairs.append((name, value or FITTING.get(kind, "")))
    radios = {field["name"]: field["value"] for field in form["fields"] if field["kind"] == "radio"}
    return pairs + [(name, value) for name, value in radios.items() if name not in ticked]


def values_shown(text, name):
    """Return every value that the fields called ``name`` hold on a page."""
    return [field["value"] for field in _fields_of(text) if field["name"] == name]


def texts_to_copy(text):
    """Return what a page shows of a form that came too late."""
    found = re.findall(r"<dd>(.*?)</dd>", text, re.DOTALL)
    return [unescape(each) for each in found]


@lru_cache(maxsize=1)
def _fields_of(text):
    return [field for form in Page(text).forms for field in form["fields"]]
