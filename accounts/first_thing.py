"""The one thing that waits for a person before all others, whichever app knows of it."""

NOTHING = {"record": None}


def soonest(*things: dict | None) -> dict:
    """Return the thing with the earliest ``by`` of those there are, or one without a record.

    Each app offers a dict: ``by`` (an aware instant), ``record``, and either ``template`` or
    what ``_first_thing.html`` needs; or None when nothing of its own waits.
    """
    there = (thing for thing in things if thing and thing is not NOTHING)
    return min(there, key=lambda thing: thing["by"], default=NOTHING)
