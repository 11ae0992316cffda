"""What a page would send."""

from copy import deepcopy
from html.parser import HTMLParser

from django.urls import reverse

from tests.permissions.targets.aim import Aim


class FormFields(HTMLParser):
    """What a browser would send of the form on a page that was opened and not touched."""

    def __init__(self, page):
        super().__init__()
        self.data, self.select, self.area = {}, "", ""
        self.feed(page)

    def add(self, name, value):
        self.data.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        name, kind = facts.get("name", ""), facts.get("type", "text")
        if tag == "input" and name and not name.startswith("_"):
            if kind in {"checkbox", "radio"}:
                if "checked" in facts:
                    self.add(name, facts.get("value", "on"))
            elif kind not in {"submit", "file", "button"}:
                self.add(name, facts.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.add(self.select, facts.get("value", ""))
        elif tag == "textarea" and name:
            self.area, self.data[name] = name, [""]

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data):
        if self.area:
            self.data[self.area][0] += data


def from_desk(world, name, record, *, column="Stf", **changed):
    """What the desk's page of ``record`` would send, with some fields changed."""
    page = "change" if record else "add"
    address = reverse(f"admin:{name}_{page}", args=[record.pk] if record else [])
    data = untouched(world, address, column)
    return Aim([record.pk] if record else [], data | changed)


def untouched(world, address, column="Stf"):
    """What the page of a record of the world would send; it is opened once."""
    if (address, column) not in world.pages:
        answer = world.client(column).get(address)
        assert answer.status_code == 200, address
        data = FormFields(answer.text).data
        data.pop("csrfmiddlewaretoken", None)
        world.pages[address, column] = data
    return deepcopy(world.pages[address, column])
