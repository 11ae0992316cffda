"""Who a group is made of: newer and experienced, regions, organizations, programmes."""

from collections import Counter

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import pictures
from applications.models import Application, Offer
from cops.models import Community
from notifications.models import Role


def of_applications(applications) -> list[dict]:
    """Return four pictures of the people behind ``applications``, which bring their regions,
    experiences and programmes with them.
    """
    applications = list(applications)
    levels = Counter(application.level for application in applications)
    programs = Counter(
        str(experience)
        for application in applications
        for experience in application.experiences.all()
    )
    return [
        _facet(
            _("Newer and more experienced"),
            _("Experience"),
            [
                (capfirst(label), levels[level])
                for level, label in [*Application.Level.choices, ("", _("No answer"))]
                if level or levels[level]
            ],
        ),
        _places(str(one.region or _("No region given")) for one in applications),
        _houses(one.organization_name.strip() for one in applications),
        _facet(_("Programs they know"), _("Program"), programs.most_common()),
    ]


def of_members(memberships) -> list[dict]:
    """Return the two pictures that the whole group may see: it knows both from its cards."""
    members = [one for one in memberships if one.role == Role.MEMBER]
    return [
        _places(str(one.person.region or _("No region given")) for one in members),
        _houses(str(one.organization or "") for one in members),
    ]


def of_community(community: Community) -> list[dict]:
    """Return the four pictures of a community, from what its members wrote when they applied."""
    joined = Application.objects.filter(
        offers__community=community,
        offers__status=Offer.Status.ACCEPTED,
        person__in=community.members.values("person"),
    )
    return of_applications(
        joined.select_related("region").prefetch_related("experiences__program").distinct()
    )


def _places(regions) -> dict:
    return _facet(_("Regions"), _("Region"), Counter(regions).most_common())


def _houses(names) -> dict:
    counted = Counter(name or _("No organization given") for name in names)
    return _facet(_("Organizations"), _("Organization"), counted.most_common())


def _facet(title, heading, counts) -> dict:
    return {"title": title, "label_heading": heading, "rows": pictures.units(counts)}
