"""What was found, as the table that is printed and kept in docs/performance.md."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One thing measured. ``bounds`` are (what, value, must) of all that must hold."""

    cells: tuple
    bounds: tuple

    @property
    def missed(self) -> list[str]:
        return [what for what, value, must in self.bounds if value > must]

    def judged(self):
        verdict = f"MISS: {', '.join(self.missed)}" if self.missed else "ok"
        return Line((*self.cells, verdict), self.bounds)


PAGES_HEAD = (
    "page", "CPU ms", "floor", "ratio", "must", "aim", "queries", "must", "growth CPU", "p50",
    "must", "",
)  # fmt: skip


def page_line(page, cpu_ms, ratio, queries, growth, bound) -> Line:
    """``growth`` is (of CPU, of p50) and at most ``bound``, or None where it is not judged."""
    bounds = [("queries", queries, page.queries)]
    if page.must:
        bounds.insert(0, ("ratio", ratio, page.must))
    grown = ("", "", "")
    if growth:
        bounds.append(("growth", max(growth), bound))
        grown = (*(f"{each:.2f}" for each in growth), f"{bound:.2f}")
    bars = [f"{each:g}" if each else "" for each in (page.must, page.aim)]
    cells = (
        page.name, f"{cpu_ms:.1f}", page.floor, f"{ratio:.1f}", *bars,
        str(queries), str(page.queries), *grown,
    )  # fmt: skip
    return Line(cells, tuple(bounds)).judged()


def bound(name: str, figures: str, ratio: float, must: float, aim: float) -> Line:
    """One line of the second table: something that is a multiple of the floor's."""
    cells = (name, figures, f"{ratio:.2f}", f"{must:.3g}", f"{aim:.3g}")
    return Line(cells, (("ratio", ratio, must),)).judged()


def none_of(name: str, figures: str, number: int) -> Line:
    """One line of the second table: something of which there must be none."""
    return Line((name, figures, str(number), "0", "0"), (("errors", number, 0),)).judged()


def table(head, lines) -> str:
    """Lay out as a Markdown table that is as easy to read where it is printed."""
    rows = [head, *(line.cells for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "| " + " | ".join("-" * max(width, 3) for width in widths) + " |"
    return "\n".join([drawn[0], rule, *drawn[1:]])


def both_tables(pages, works) -> str:
    missed = [line for line in [*pages, *works] if line.missed]
    return "\n\n".join(
        [
            table(PAGES_HEAD, pages),
            table(("work", "figure", "ratio", "must", "aim", ""), works),
            f"{len(missed)} missed of {len(pages) + len(works)}.",
        ]
    )


def write(text: str, day: str, chosen: dict) -> None:
    """Put the tables into docs/performance.md, with what one must know to read them."""
    known = "{day}; scale {scale}, {rounds} rounds, {seconds} s of processor time each."
    figures = f"\n{known.format(day=day, **chosen)}\n\n{text}\n\n"
    DOCS.write_text(FIGURES.sub(lambda _: figures, DOCS.read_text()))
