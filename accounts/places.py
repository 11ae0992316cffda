"""Towns as people type them: how they are compared, and what clock goes there."""

from accounts.alike import bare
from accounts.models.person import Zone

# West of 90 degrees the clocks show Central Time, but for a few towns that stay on Eastern
# Standard Time all year. Source: Time Act (Ontario); for those few, the zone "America/Atikokan"
# of the IANA and what its mailing list tells of the practice.
CENTRAL = (
    "Kenora", "Dryden", "Rainy River", "Fort Frances", "Sioux Lookout", "Red Lake", "Ear Falls",
    "Ignace", "Emo", "Sioux Narrows", "Nestor Falls", "Vermilion Bay", "Machin", "Balmertown",
)  # fmt: skip
STANDARD = ("Atikokan", "Pickle Lake", "Mishkeegogamang", "New Osnaburgh")


def named(town: str) -> str:
    """Return ``town`` as it is compared: "Sault Ste Marie, ON" is "Sault Ste. Marie"."""
    return bare(town.partition(",")[0])


_ZONES = {named(town): Zone.WINNIPEG for town in CENTRAL} | {
    named(town): Zone.ATIKOKAN for town in STANDARD
}


def zone_of(town: str) -> str | None:
    """Return the clock of ``town`` where it is not the one of most of the province."""
    return _ZONES.get(named(town))
