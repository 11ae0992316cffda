"""Work that takes several requests: what a visitor does, here and on the floor."""

import csv
import io
import json
from itertools import count

from tests.bench.visitor import Visitor, Wrong, fill_in

numbers = count(1)
PAUSES = 16  # in which what was typed is kept


def on_the_floor(port: int) -> int:
    """Fill in the floor's form: the page, the sending, the page after it."""
    visitor = Visitor(port)
    visitor.read("/form/")
    visitor.read(visitor.send("/form/", email="sample@sample.example", from_on="2021-03-30"))
    return visitor.requests


def start_a_draft(port: int, address: str) -> int:
    """Give name and address, and see the list of what is to be filled in."""
    visitor = Visitor(port)
    _start(visitor, address)
    return visitor.requests


def apply(port: int, address: str) -> int:
    """Fill in every section, see all answers once more and send them."""
    visitor = Visitor(port)
    page = f"{_start(visitor, address)}about/"
    while "/edit/" in page:
        visitor.read(page)
        page = visitor.send(page)
    visitor.read(page)
    page = visitor.send(f"{page}submit/")
    visitor.read(page, "Your application is sent.")
    return visitor.requests


def write(port: int, address: str) -> int:
    """Type into one page of a draft, which is kept after every few words."""
    visitor = Visitor(port)
    page = f"{_start(visitor, address)}ideas/"
    visitor.read(page)
    typed = dict(fill_in(visitor.page, {})) | {"autosave": "1"}
    for number in range(PAUSES):
        typed["motivation"] = "We would try it in one office. " * (number + 1)
        answer = visitor.post(page, list(typed.items()))
        if answer.status != 200:
            raise Wrong(f"POST {page} answered {answer.status}:\n{visitor.page[-1500:]}")
        typed["seen"] = json.loads(visitor.page)["seen"]
    return visitor.requests


def take_answers(port: int, place: dict) -> int:
    """Take the answers of a call as a file, as staff; return how many people they are of."""
    visitor = Visitor(port, place["staff"])
    visitor.read(place["address"])
    typed = {"reason": "To measure it.", "with_names": "on"}
    answer = visitor.post(place["address"], fill_in(visitor.page, typed))
    rows = sum(1 for _row in csv.reader(io.StringIO(visitor.page))) - 1
    if answer.headers.get_content_type() != "text/csv" or rows < 1:
        raise Wrong(f"POST {place['address']} answered {answer.status}:\n{visitor.page[-1500:]}")
    return rows


def _start(visitor, address) -> str:
    visitor.read(address)
    edit = visitor.send(address, email=f"bench{next(numbers)}@sample.example")
    if not edit.endswith("/edit/"):
        raise Wrong(f"Starting a draft leads to {edit}")
    visitor.read(edit)
    return edit
