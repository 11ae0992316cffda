"""What stands in an address, and what is sent along."""

from dataclasses import dataclass, field


@dataclass
class Aim:
    """What stands in the address, what is sent along, and what a signed link names."""

    args: list = field(default_factory=list)
    data: dict = field(default_factory=dict)
    query: str = ""
    # Marked texts that are opened to her by this very way.
    own_words: tuple = ()
    # Who got the mail with the link, where that is not who asks.
    reader: object = None


def owner(world, person, own):
    return person if own else world.stranger
