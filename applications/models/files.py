"""Where the files of applicants lie: outside of what a web server hands out by itself."""

from datetime import timedelta
from uuid import uuid4

from django.core.files.storage import storages
from django.utils import timezone

# So long a file may lie before the row that names it is written.
SPARED = timedelta(hours=1)


def private():
    return storages["private"]


def nameless(answer, name: str) -> str:
    """Return a name that tells nothing, with the ending of ``name``."""
    return f"{uuid4()}.{name.rpartition('.')[2]}"


def sweep(named: set[str]) -> int:
    """Delete the files that are not among ``named``: replaced, or never written down.

    Returns how many. What has lain for less than an hour is left alone.
    """
    storage, old = private(), timezone.now() - SPARED
    if not storage.exists(""):
        return 0
    gone = [
        name
        for name in storage.listdir("")[1]
        if name not in named and storage.get_modified_time(name) < old
    ]
    for name in gone:
        storage.delete(name)
    return len(gone)
