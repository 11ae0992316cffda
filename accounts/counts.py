"""A figure that staff or a facilitator can act on, with its way to the list behind it."""

from dataclasses import dataclass

# What must be looked at first, first; the other tones only tell.
URGENT = ("danger", "attention")


@dataclass(frozen=True)
class Count:
    """So many records of a kind: ``url`` is the list of exactly these."""

    label: str
    number: int
    url: str
    tone: str = "neutral"

    @property
    def needs_somebody(self) -> bool:
        return self.number > 0 and self.tone in URGENT


def waiting(counts) -> list[Count]:
    """Return the counts that need somebody now, the most urgent first."""
    return sorted(
        (count for count in counts if count.needs_somebody),
        key=lambda count: URGENT.index(count.tone),
    )
