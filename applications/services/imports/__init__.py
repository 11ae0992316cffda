"""Files of answers from another form: kept for a day, and made into applications in one act."""

from applications.services.imports.file import (
    choose_columns,
    left_out,
    read,
    say_meanings,
    taking_files,
)
from applications.services.imports.letters import draft_letters
from applications.services.imports.making import make

__all__ = [
    "choose_columns", "draft_letters", "left_out", "make", "read", "say_meanings", "taking_files",
]  # fmt: skip
