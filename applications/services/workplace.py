"""Where she works: the employer and the region that what she typed means, and the clock there."""

from django.db.models import Q

from accounts import places
from accounts.models import Organization, Region, Zone
from applications.models import Application


def known(typed: dict) -> dict:
    """Return ``typed`` columns of an application with the employer and region that they mean."""
    found = {}
    if "organization_name" in typed:
        found["organization"] = _on_file(typed["organization_name"])
    if typed.get("town") and not typed.get("region", True):
        found["region"] = region_of(typed["town"])
    return typed | found


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
    named = Organization.objects.filter(Q(name_en__iexact=wanted) | Q(name_fr__iexact=wanted))
    return named.alias(is_french=~Q(name_en__iexact=wanted)).order_by("is_french", "pk").first()
