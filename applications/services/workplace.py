"""Where she works: the employer and the region that what she typed means, and the clock there."""

from accounts import places
from accounts.models import Organization, Region, Zone
from applications.models import Application


def keep_columns(application: Application, **columns) -> None:
    """Write answers that are columns of the application, and what follows from them."""
    if "organization_name" in columns:
        columns["organization"] = _on_file(columns["organization_name"])
    if columns.get("town") and not columns.get("region", True):
        columns["region"] = region_of(columns["town"])
    Application.objects.filter(pk=application.pk).update(**columns)


def region_of(town: str) -> Region | None:
    """Return the region that has the name ``town``, or names it among its places."""
    wanted = places.named(town)
    for region in Region.objects.filter(is_catchment=True):
        if wanted in {places.named(name) for name in (region.name_en, region.name_fr)} or any(
            wanted == places.named(place) for place in region.places
        ):
            return region
    return None


def clock_of(application: Application) -> str | None:
    """Return the clock where she works; None where nothing tells it."""
    return places.zone_of(application.town) or (
        Zone.TORONTO if region_of(application.town) else None
    )


def _on_file(name: str) -> Organization | None:
    wanted = name.strip()
    if not wanted:
        return None
    by_name = Organization.objects.filter(name_en__iexact=wanted)
    return by_name.first() or Organization.objects.filter(name_fr__iexact=wanted).first()
