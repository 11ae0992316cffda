"""Keys of records as an address names them, "3,5,120-260": it has room for 4,000 characters or so.

What a batch of mail was written by are mostly keys that follow one another.
"""

import re
from collections.abc import Iterable

RUN = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.A)
MOST = 20_000


def written(keys: Iterable[int]) -> str:
    """Return ``keys``, each once and in order; those that follow one another as a run."""
    runs: list[list[int]] = []
    for key in sorted(set(keys)):
        if runs and key == runs[-1][1] + 1:
            runs[-1][1] = key
        else:
            runs.append([key, key])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def read(text: str) -> list[int]:
    """Return the keys that ``text`` names. Raises ValueError where it is no such text, or names
    more than ``MOST``.
    """
    keys: list[int] = []
    for part in text.split(","):
        run = RUN.fullmatch(part)
        if not run:
            raise ValueError(f"{part} is no key and no run of keys.")
        first, last = int(run[1]), int(run[2] or run[1])
        if len(keys) + last - first >= MOST:
            raise ValueError(f"More than {MOST} keys are named.")
        keys += range(first, last + 1)
    return keys
