"""Measure our pages against a floor of bare Django: ``make bench``; docs/performance.md tells how.

Ends with 0 when every "must" is reached, with 1 when one is missed, with 2 when
something is lacking or broken and nothing could be measured.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from datetime import date
from functools import partial
from statistics import median

from tests.bench import ground, report, work
from tests.bench.ground import HERE, PRODUCTION, PYTHON, Missing, say
from tests.bench.pages import FLOOR, LONGER, PAGES
from tests.bench.servers import Task, compare, serving
from tests.bench.visitor import Visitor, Wrong, at_once
from tests.faults.sink import Sink, free_port

FLOOR_APPLICATION = "tests.bench.floor:application"
PRODUCT = "config.wsgi:application"
CROWD, VISITS = 32, 20
FILES = 2  # for each worker


def arguments():
    parser = argparse.ArgumentParser(prog="make bench BENCH=...", description=__doc__)
    parser.add_argument("mode", nargs="?", choices=["full", "quick", "mail"], default="full")
    parser.add_argument("--scale", type=int, help="the larger data; 100, or 1 when quick")
    parser.add_argument("--rounds", type=int, help="3, or 1 when quick")
    parser.add_argument("--seconds", type=float, help="of processor time a page, server and round")
    parser.add_argument("--page", action="append", help="only this page; may be given again")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    parser.add_argument("--keep", action="store_true", help="leave the databases, to look at them")
    chosen = parser.parse_args()
    defaults = {"scale": 1, "rounds": 1, "seconds": 0.1}
    if chosen.mode != "quick":
        defaults = {"scale": 100, "rounds": 3, "seconds": 0.4}
    for name, value in defaults.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    return chosen


class Bench:
    """Three servers side by side: the floor, and ours with little and with much data."""

    def __init__(self, chosen, addresses):
        self.rounds, self.seconds = chosen.rounds, chosen.seconds
        self.pages = [page for page in PAGES if not chosen.page or page.name in chosen.page]
        say("Loading sample data, scale 1")
        self.small_places = ground.load(addresses["small"], 1)
        say(f"Loading sample data, scale {chosen.scale}")
        self.large_places = ground.load(addresses["large"], chosen.scale)
        rows = self.large_places["rows"]
        self.floor_places = ground.load_floor(addresses["floor"], max(1000, *rows.values()))
        self.settings = {name: PRODUCTION | {"DATABASE_URL": addresses[name]} for name in addresses}
        self.settings["floor"] = {"DATABASE_URL": addresses["floor"]}

    def serve(self, name, application=PRODUCT, **more):
        first = "/one/" if application == FLOOR_APPLICATION else "/"
        settings = self.settings[name] | more
        return serving(PYTHON, application, first, HERE / f"{name}.log", **settings)

    def start_ups(self) -> list[tuple[float, float]]:
        """Return (floor, ours): seconds to the first good page, once for each round."""
        found = []
        for _ in range(self.rounds + 1):  # the first one writes the compiled files
            with self.serve("floor", FLOOR_APPLICATION) as floor:
                pass
            with self.serve("large") as ours:
                pass
            found.append((floor.started_in, ours.started_in))
        return found[1:]

    def count_queries(self) -> dict[str, int]:
        counted = {"DJANGO_SETTINGS_MODULE": "tests.bench.counting"}
        with self.serve("large", **counted) as server:
            found = {}
            for page in self.pages:
                visit = reader(server, page, self.large_places)
                # Both workers know the page by then; one that is kept may be made anew at any
                # visit, which has a line of its own.
                asked = [int(visit().headers["X-Queries"]) for _ in range(8)]
                found[page.name] = min(asked[-2:])
            return found

    def measure_lengths(self) -> dict[str, float]:
        """Return how much longer each page is with much data."""
        return {
            page.name: length(self.large, page, self.large_places)
            / length(self.small, page, self.small_places)
            for page in self.pages
        }

    def measure(self) -> list[report.Line]:
        say("Counting queries")
        queries = self.count_queries()
        with ExitStack() as stack:
            self.floor = stack.enter_context(self.serve("floor", FLOOR_APPLICATION))
            self.small = stack.enter_context(self.serve("small"))
            self.large = stack.enter_context(self.serve("large"))
            lines = self.page_lines(queries, self.measure_lengths())
            work_lines = self.work_lines()
            work_lines.append(self.crowd_line())
            memory = [server.peak_memory() for server in (self.floor, self.small, self.large)]
        return lines, work_lines, memory

    def page_lines(self, queries, lengths) -> list[report.Line]:
        rows = self.large_places["rows"]
        tasks = {}
        for page in self.pages:
            address, text = FLOOR[page.floor]
            session = self.floor_places["staff"] if address.startswith("/admin/") else ""
            acts = [
                (self.floor, reads(self.floor, address.format(**rows), text, session)),
                (self.large, reader(self.large, page, self.large_places)),
            ]
            if page.growth:
                acts.append((self.small, reader(self.small, page, self.small_places)))
            tasks[page] = [Task(server, act, self.seconds) for server, act in acts]
        found = {page: [] for page in tasks}
        for number in range(self.rounds):
            say(f"Round {number + 1} of {self.rounds}")
            for page in tasks:
                found[page].append(compare(tasks[page]))
        return [
            page_line(page, rounds, queries[page.name], lengths[page.name])
            for page, rounds in found.items()
        ]

    def work_lines(self) -> list[report.Line]:
        """Whole pieces of work, per request, against a request of the floor's form."""
        say("Applications")
        address = self.large_places["start a draft"][0]
        return [
            self.work_line(
                "a draft started", partial(work.start_a_draft, self.large.port, address)
            ),
            self.work_line("an application sent", partial(work.apply, self.large.port, address)),
            self.work_line("typing, kept", partial(work.write, self.large.port, address), aim=2),
        ]

    def crowd_line(self) -> report.Line:
        """As many people at once as the two workers can keep waiting, here and on the floor."""
        say("A crowd")
        ours = [
            partial(one_visit, self.large, *place_of(page, self.large_places))
            for page in PAGES
            if page.crowded
        ]
        floor = [partial(one_visit, self.floor, *FLOOR[name]) for name in ("db", "list", "form")]
        wrong, wrong_floor = (at_once(visits, CROWD, VISITS) for visits in (ours, floor))
        for error in wrong:
            say(error)
        figures = f"{CROWD * VISITS} requests; {len(wrong_floor)} errors on the floor"
        return report.none_of(f"errors, {CROWD} at once", figures, len(wrong))

    def file_line(self, rows: int) -> report.Line:
        """Answers as a file: how much more memory many of them take than a twentieth."""
        say("Answers as a file")
        settings = self.settings["large"]
        peaks, began = [], 0
        with self.serve("large") as server:
            for more in (rows // 20, rows - rows // 20):
                place = ground.add_applicants(settings, more)
                began = server.cpu()
                for _ in range(2 * FILES):  # both workers write some of them
                    taken = work.take_answers(server.port, place)
                    if taken != place["rows"]:
                        raise Wrong(f"{taken} of {place['rows']} answers are in the file.")
                peaks.append(server.peak_memory())
            seconds = (server.cpu() - began) / (2 * FILES)
        figures = f"{peaks[1]:.0f} MiB, {peaks[0]:.0f} with a twentieth; {seconds:.1f} s of CPU"
        return report.bound(
            f"answers of {rows} as a file, memory", figures, peaks[1] / peaks[0], 1.1, 1.05
        )

    def work_line(self, name, ours, *, aim=2.5) -> report.Line:
        floor = partial(work.on_the_floor, self.floor.port)
        requests, floor_requests = ours(), floor()
        tasks = [Task(self.floor, floor, self.seconds), Task(self.large, ours, self.seconds)]
        rounds = [
            (floor_ms / floor_requests, our_ms / requests)
            for (floor_ms, _), (our_ms, _) in (compare(tasks) for _ in range(self.rounds))
        ]
        figures = f"{requests} requests, {median(ours for _, ours in rounds):.1f} ms each"
        return report.bound(name, figures, median(ours / floor for floor, ours in rounds), 4, aim)


def reader(server, page, places):
    return reads(server, *place_of(page, places))


def place_of(page, places) -> tuple[str, str, str]:
    """Return the page's address, a text of a good answer, and the session of who may open it."""
    address, text, session = places[page.place]
    return address + page.question, text, session


def one_visit(server, address, text, session="") -> None:
    """Read one page as somebody who comes for the first time."""
    Visitor(server.port, session).read(address, text)


def length(server, page, places) -> int:
    address, _text, session = places[page.place]
    visitor = Visitor(server.port, session)
    visitor.read(address)
    return len(visitor.page)


def reads(server, address, text, session):
    """Return an act that reads one page as one person; it has proved to be the right page."""
    visitor = Visitor(server.port, session)
    visitor.read(address, text)
    return lambda: visitor.read(address)


def page_line(page, rounds, queries: int, longer: float) -> report.Line:
    """``rounds`` hold (CPU ms, p50 ms) of the floor, of ours and, where it may grow, of scale 1."""
    cpu_ms = median(ours[0] for _, ours, *_ in rounds)
    ratio = median(ours[0] / floor[0] for floor, ours, *_ in rounds)
    growth, bound = None, None
    if page.growth:
        growth = [median(large[i] / small[i] for _, large, small in rounds) for i in (0, 1)]
        bound = page.growth * min(max(longer, 1), LONGER)
    return report.page_line(page, cpu_ms, ratio, queries, growth, bound)


def main():
    chosen = arguments()
    HERE.mkdir(parents=True, exist_ok=True)
    try:
        address = ground.server_address()
        ground.packages()
        ground.style_sheets()
        purposes = ["mail"] if chosen.mode == "mail" else ["floor", "small", "large", "mail"]
        with ground.databases(address, *purposes, keep=chosen.keep) as addresses:
            lines, works = [], []
            if chosen.mode != "mail":
                bench = Bench(chosen, addresses)
                lines, works, memory = bench.measure()
                say("Starting up")
                works += [memory_line(*memory), start_line(bench.start_ups())]
            if not chosen.page:
                if chosen.mode != "mail":
                    works.append(bench.file_line(1000 if chosen.mode == "quick" else 20_000))
                works += mail_lines(addresses["mail"], chosen)
    except (Missing, Wrong) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    text = report.both_tables(lines, works)
    print(text)
    if chosen.write:
        report.write(text, f"{date.today():%-d %B %Y}", vars(chosen))
    sys.exit(1 if any(line.missed for line in [*lines, *works]) else 0)


def mail_lines(address: str, chosen) -> list[report.Line]:
    """What mail costs: queued, sent, and reminders planned (tests/bench/mail.py)."""
    say("Mail")
    number = 100 if chosen.mode == "quick" else 1000
    sink = Sink(free_port())
    settings = PRODUCTION | {"DATABASE_URL": address, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    ground.load(address, 1)
    with sink.open():
        found = json.loads(
            ground.run(PYTHON, "-m", "tests.bench.mail", number, chosen.rounds, **settings)
        )
    queued = median(each["seconds"] for each in found["queue"])
    queries = found["queue"][0]["queries"]
    sent = [each / floor for each, floor in zip(found["send"], found["floor"], strict=True)]
    alone, two = median(found["send"]), found["two"]
    planned, seconds = found["planned"], found["plan"]["seconds"]
    return [
        report.bound(f"{number} mails queued, seconds", f"{queries} queries", queued, 2, 0.5),
        report.bound("mail sent, time", f"{number / alone:.0f} a second", median(sent), 1 / 0.3, 2),
        report.bound("by two senders, time", f"{number / two:.0f} a second", two / alone, 1, 0.6),
        report.bound(
            f"{planned} reminders planned, seconds", f"{found['plan']['queries']} queries",
            seconds, 5, 5,
        ),
    ]  # fmt: skip


def memory_line(floor, small, large) -> report.Line:
    figures = f"{large:.0f} MiB; {small:.0f} at scale 1, floor {floor:.0f}"
    return report.bound("memory of a worker", figures, max(small, large) / floor, 2, 1.6)


def start_line(starts) -> report.Line:
    ratio = median(ours / floor for floor, ours in starts)
    figures = f"{median(ours for _, ours in starts):.2f} s"
    return report.bound("start to the first good page", figures, ratio, 2, 1.5)


if __name__ == "__main__":
    main()
