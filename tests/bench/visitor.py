"""A browser of a few lines: keeps cookies, follows nothing, fills in the form it is shown."""

import html
import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from threading import Barrier
from urllib.parse import urlencode


class Wrong(Exception):
    """A page did not answer as it should: nothing can be measured."""


class Visitor:
    def __init__(self, port: int, session: str = ""):
        self.port = port
        self.cookies = {"sessionid": session} if session else {}
        self.page = ""
        self.requests = 0

    def get(self, address: str) -> http.client.HTTPResponse:
        return self._ask("GET", address)

    def post(self, address: str, data: list[tuple[str, str]]) -> http.client.HTTPResponse:
        return self._ask("POST", address, urlencode(data))

    def read(self, address: str, text: str = "", status: int = 200):
        """Return the answer, whose body is in ``page``; raises Wrong unless it is a good one."""
        answer = self.get(address)
        if answer.status != status or text not in html.unescape(self.page):
            raise Wrong(
                f"{address} answered {answer.status} {answer.headers.get('Location', '')} "
                f"without {text!r}:\n{self.page[-1500:]}"
            )
        return answer

    def send(self, address: str, **typed) -> str:
        """Fill in and send the form of the page shown last; return where the answer leads."""
        answer = self.post(address, fill_in(self.page, typed))
        if answer.status != 302:
            raise Wrong(f"POST {address} answered {answer.status}:\n{self.page[-1500:]}")
        return answer.headers["Location"]

    def _ask(self, method, address, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        self.page = answer.read().decode(errors="replace")
        connection.close()
        self.requests += 1
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def at_once(visits, crowd: int, times: int) -> list[str]:
    """Let ``crowd`` people do ``visits`` side by side, ``times`` each; return what went wrong."""
    start = Barrier(crowd)

    def one_of_them(number):
        wrong = []
        start.wait()
        for turn in range(times):
            try:
                visits[(number + turn) % len(visits)]()
            except (Wrong, OSError, http.client.HTTPException) as error:
                wrong.append(str(error))
        return wrong

    with ThreadPoolExecutor(crowd) as people:
        return [error for errors in people.map(one_of_them, range(crowd)) for error in errors]


class Forms(HTMLParser):
    """Collects the forms of a page, each as a list of (tag, attributes, options)."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form":
            self.forms.append([])
        elif tag in {"input", "textarea", "select"} and self.forms:
            self.forms[-1].append((tag, facts, []))
        elif tag == "option" and self.forms and facts.get("value"):
            self.forms[-1][-1][2].append(facts["value"])


def fill_in(page: str, typed: dict[str, str]) -> list[tuple[str, str]]:
    """Return what a hasty person sends: the first of every choice, a few words everywhere."""
    fields = max(Forms(page).forms, key=len, default=[])
    data = {}
    for number, (tag, facts, options) in enumerate(fields):
        name, kind = facts.get("name", ""), facts.get("type", "text")
        if not name or name in data or kind in {"submit", "button"}:
            continue
        if name in typed:
            data[name] = typed[name]
        elif tag == "select":
            data[name] = options[number % len(options)] if options else ""
        elif tag == "textarea":
            data[name] = "We would try it in one office, for a month."
        elif kind == "text":
            data[name] = "Sample"
        else:
            data[name] = facts.get("value") or {"number": "1", "checkbox": "on"}.get(kind, "")
    return list(data.items())


def token_of(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
