"""From the webinar to a place: how many came how far, as a whole and by group.

Groups are regions, experience, programmes and sizes of organization, as applications name them;
who only registered for a webinar is known by region alone. A size is what staff noted of the
organization. Groups of few people are not told: see ``accounts.pictures``.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import pictures
from accounts.counts import lengths
from accounts.models import Organization, Region, User
from applications.models import Application, Interview, Offer
from cops.models import Cohort, Program, Registration

# Of an application, in the order in which it takes them.
STEPS = ("begun", "sent", "sent_having_come", "interviewed", "offered", "joined")


def steps(cohort: Cohort, at_webinar: Sequence[int] = ()) -> list[tuple]:
    """Return (label, number) of each step, or (label, number, whom it counts), in one query.

    Counted are registrations, the people who came, and from then on applications. ``at_webinar``
    says how many registered and how many came, where they are counted already.
    """
    ours = Application.objects.filter(cohort=cohort)
    sent = ours.filter(submitted_at__isnull=False)
    accepted = Offer.objects.filter(status=Offer.Status.ACCEPTED)
    numbers = lengths(
        [
            *([] if at_webinar else _at_webinars(cohort)),
            ours,
            sent,
            sent.filter(person__in=cohort.webinars.recruiting().who_came()),
            ours.filter(interview__status=Interview.Status.HELD),
            ours.filter(pk__in=Offer.objects.values("application")),
            ours.filter(pk__in=accepted.values("application")),
        ]
    )
    registered, attended, begun, sent, also_attended, interviewed, offered, joined = (
        *at_webinar, *numbers,
    )  # fmt: skip
    sent_notes = [_("also if not confirmed yet, or withdrawn since")]
    if attended:
        sent_notes.append(_of_those_who_came(also_attended))
    return [
        (_("Registered for the webinar"), registered, _("who cancelled is left out")),
        (_("Came to the webinar"), attended),
        (_("Began an application"), begun, _("also if not sent, or withdrawn since")),
        (_("Sent it"), sent, "; ".join(sent_notes)),
        (_("Were interviewed"), interviewed),
        (_("Were offered a place"), offered),
        (_("Joined a community"), joined),
    ]


def _at_webinars(cohort):
    """Return who registered for the webinars that recruit, and who came."""
    webinars = cohort.webinars.recruiting()
    return [
        Registration.objects.live().filter(webinar__in=webinars),
        User.objects.filter(pk__in=webinars.who_came()),
    ]


def by_group(cohort: Cohort) -> dict:
    """Return what ``applications/funnel.html`` shows of each group, in five queries."""
    counted = _counted(cohort, "region", "level", "organization__size")
    columns = [
        pgettext("applications", "Began"),
        pgettext("applications", "Sent"),
        pgettext("applications", "Sent after the webinar"),
        pgettext("applications", "Interviewed"),
        pgettext("applications", "Offered"),
        pgettext("applications", "Joined"),
    ]
    with_webinar = [pgettext("webinar", "Registered"), pgettext("webinar", "Came"), *columns]
    return {
        "columns": columns,
        "with_webinar": with_webinar,
        "by_region": pictures.grid(with_webinar, _by_region(counted, _by_webinar(cohort))),
        "by_level": pictures.grid(columns, _by_level(counted)),
        "by_size": pictures.grid(columns, _by_size(counted)),
        "by_program": pictures.grid(columns, _by_program(cohort)),
        "small": pictures.SMALL,
    }


def _counted(cohort, *groups) -> dict[tuple, list[int]]:
    """Return the counts of each step by what an application says to ``groups``."""
    sent = Q(submitted_at__isnull=False)
    having_come = Q(person__in=cohort.webinars.recruiting().who_came())
    rows = (
        cohort.applications.order_by()
        .values_list(*groups)
        .annotate(
            begun=Count("pk", distinct=True),
            sent=Count("pk", distinct=True, filter=sent),
            sent_having_come=Count("pk", distinct=True, filter=sent & having_come),
            interviewed=Count(
                "pk", distinct=True, filter=Q(interview__status=Interview.Status.HELD)
            ),
            offered=Count("pk", distinct=True, filter=Q(offers__isnull=False)),
            joined=Count("pk", distinct=True, filter=Q(offers__status=Offer.Status.ACCEPTED)),
        )
    )
    return {tuple(row[: len(groups)]): list(row[len(groups) :]) for row in rows}


def _by_webinar(cohort) -> dict[int | None, list[int]]:
    """Return, by region, how many people registered for a webinar that recruits, and came."""
    webinars = cohort.webinars.recruiting()
    live = Registration.objects.live().filter(webinar__in=webinars)
    rows = (
        live.order_by()
        .values_list("region")
        .annotate(
            registered=Count("person", distinct=True),
            came=Count("person", distinct=True, filter=Q(person__in=webinars.who_came())),
        )
    )
    return {region: counts for region, *counts in rows}


def _of_those_who_came(number) -> str:
    return ngettext(
        "%(number)d of them came to the webinar", "%(number)d of them came to the webinar", number
    ) % {"number": number}


def _by_region(counted, at_webinar):
    """Return the regions from which so many registered, or began, that it tells nobody; the
    others as one.
    """
    summed = _summed(counted, 0)
    came = {pk: [*at_webinar.get(pk, (0, 0)), *summed[pk]] for pk in {*at_webinar, *summed}}
    names = {region.pk: str(region) for region in Region.objects.all()}
    names[None] = _("No region given")
    few = [pk for pk in names if pk in came and max(came[pk]) < pictures.SMALL]
    rows = [(name, came[pk]) for pk, name in names.items() if pk in came and pk not in few]
    if few:
        together = [sum(counts) for counts in zip(*(came[pk] for pk in few), strict=True)]
        rows.append((_("Other regions"), together))
    return rows


def _by_level(counted):
    summed = _summed(counted, 1)
    labels = [*Application.Level.choices, (None, _("No answer"))]
    return [(capfirst(label), summed[level]) for level, label in labels if level in summed]


def _by_size(counted):
    summed = _summed(counted, 2)
    labels = [*Organization.Size.choices, (None, _("Size not noted"))]
    return [(capfirst(label), summed[size]) for size, label in labels if size in summed]


def _by_program(cohort):
    """Return what those did who name a program; who names several is in several rows."""
    counted = _counted(cohort, "experiences__program")
    names = {program.pk: str(program) for program in Program.objects.all()}
    names[None] = _("No program named")
    return [(name, counted[pk,]) for pk, name in names.items() if (pk,) in counted]


def _summed(counted, place):
    """Return the counts by one part of the key, None where an application does not say it."""
    summed = defaultdict(lambda: [0] * len(STEPS))
    for key, counts in counted.items():
        group = key[place] or None
        summed[group] = [sum(pair) for pair in zip(summed[group], counts, strict=True)]
    return summed
