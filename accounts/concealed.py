"""What is kept from a colleague for now, said once for every list and page of the desk.

Apps above say it of the records of apps below, which need not know why:

    @concealed.among(Message)
    def about_what_she_reads(viewer) -> Q | None:
        ...
"""

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Model, Q, QuerySet

from accounts.models import User

CONDITIONS: dict[type[Model], list[Callable[[User], Q | None]]] = defaultdict(list)


def among(model):
    """Let a function say which rows of ``model`` are kept from whom; None when none are."""

    def register(condition):
        CONDITIONS[model].append(condition)
        return condition

    return register


def without(rows: QuerySet, viewer: User) -> QuerySet:
    """Return ``rows`` but for those that are kept from ``viewer``."""
    hidden = [condition(viewer) for condition in CONDITIONS.get(rows.model, [])]
    for condition in filter(None, hidden):
        rows = rows.exclude(condition)
    return rows
