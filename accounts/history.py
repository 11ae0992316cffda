"""What happened to a person, told by each app in its own words and shown as one timeline."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Happened:
    """One line of a timeline. ``text`` is a sentence, ``words`` what somebody wrote about it."""

    at: datetime
    text: str
    by: str = ""
    words: str = ""
    url: str = ""


def newest_first(*parts: list[Happened]) -> list[Happened]:
    return sorted((line for part in parts for line in part), key=lambda line: line.at, reverse=True)
