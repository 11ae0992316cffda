"""Mail that an event itself gives rise to: it moved, it is off, a person is out of it."""


def event_moved(event) -> None:
    """Tell those invited that ``event`` changed, and let what was planned for its old time go."""


def event_cancelled(event) -> None:
    """Tell everyone who had heard of ``event`` that it is off."""


def no_longer_invited(event, person=None) -> None:
    """Let no reminder of ``event`` reach ``person`` (anybody, when None) from now on."""
