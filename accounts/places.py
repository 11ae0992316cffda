"""Towns as people type them: how they are compared, and what clock goes there."""

import re
import unicodedata

from accounts.models.person import Zone

# West of 90 degrees the clocks show Central Time. Atikokan's shows Eastern Standard Time all year.
# Source: Time Act (Ontario), and the zones "America/Winnipeg" and "America/Atikokan" of the IANA.
CENTRAL = (
    "Kenora", "Dryden", "Rainy River", "Fort Frances", "Sioux Lookout", "Red Lake", "Ear Falls",
    "Ignace", "Emo", "Sioux Narrows", "Nestor Falls", "Vermilion Bay", "Machin", "Balmertown",
)  # fmt: skip
ATIKOKAN = "Atikokan"


def plain(town: str) -> str:
    """Return ``town`` as it is compared: "Sault Ste Marie, ON" is "Sault Ste. Marie"."""
    name = unicodedata.normalize("NFKD", town.partition(",")[0].casefold())
    letters = "".join(each for each in name if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


_ZONES = {plain(town): Zone.WINNIPEG for town in CENTRAL} | {plain(ATIKOKAN): Zone.ATIKOKAN}


def zone_of(town: str) -> str | None:
    """Return the clock of ``town`` where it is not the one of most of the province."""
    return _ZONES.get(plain(town))
