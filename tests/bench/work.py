"""Work that takes several requests: what a visitor does, here and on the floor."""

from itertools import count

from tests.bench.visitor import Visitor, Wrong

numbers = count(1)


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


def _start(visitor, address) -> str:
    visitor.read(address)
    edit = visitor.send(address, email=f"bench{next(numbers)}@sample.example")
    if not edit.endswith("/edit/"):
        raise Wrong(f"Starting a draft leads to {edit}")
    visitor.read(edit)
    return edit
