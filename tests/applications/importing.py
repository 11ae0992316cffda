"""Files of answers as Google Forms writes them, for the tests of their import."""

from applications.services import imports
from tests.factories import StaffFactory

GOOGLE = (
    "Timestamp", "Email Address", "Your name", "Organization", "Your role",
    "Town where you work", "How would you describe yourself?",
    "What would you like to change, and why now?",
    "I agree that First Work and its partners use my answers",
)  # fmt: skip


def line(email, **answers) -> list[str]:
    """Return a row that is right, but for ``answers`` by the place of their header."""
    cells = [
        "1/25/2021 15:04:05", email, "Amy Adams", "Kenora Jobs", "Counsellor", "Kenora",
        "More experienced", "The waiting", "Yes",
    ]  # fmt: skip
    for place, answer in answers.items():
        cells[int(place.removeprefix("cell_"))] = answer
    return cells


def as_file(*lines, headers=GOOGLE) -> bytes:
    rows = [",".join(f'"{cell}"' for cell in cells) for cells in (headers, *lines)]
    return "\r\n".join(rows).encode()


def read(cohort, *lines, headers=GOOGLE, by=None, name="answers.csv"):
    """Return the file of these ``lines`` as it waits to be imported into ``cohort``."""
    content = as_file(*lines, headers=headers)
    return imports.read(cohort, name, content, by=by or StaffFactory())
