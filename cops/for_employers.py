"""What an employer wants to know of a call before somebody of hers takes part: page and PDF."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import clock, pdf
from accounts.phrases import in_a_row, labelled
from cops.models import Cohort

SOURCE = "cops/for_employers.typ"


@dataclass(frozen=True)
class Section:
    key: str
    heading: str
    lines: list[str]


def title(cohort: Cohort) -> str:
    return labelled(_("For employers"), cohort.name)


def summary(cohort: Cohort) -> str:
    """Return in two sentences what this is."""
    who = in_a_row([cohort.convenor.name, *(partner.name for partner in cohort.partners.all())])
    return _(
        "%(who)s bring employment-service practitioners from across Ontario together in "
        "Communities of Practice: small groups that work on one problem of the sector, try "
        "things out at work and share what they found. Somebody on your team may like to join."
    ) % {"who": who}


def sections(cohort: Cohort) -> list[Section]:
    """Return what there is to know of ``cohort``, by headings; asks for nothing besides its row."""
    return [
        Section("asks", _("What it asks"), _asks(cohort)),
        Section("costs", _("What it costs"), [
            _("Nothing: there is no fee, and nothing to buy. Meetings are online unless a group "
              "agrees otherwise."),
            _("What you give is working time. Your practitioner may stop at any time."),
        ]),
        Section("private", _("What stays private"), [
            _("No client may be identifiable in anything that is said, written or published. "
              "Your records stay with you."),
            _("What is said in the group stays there, unless the group agrees to share it."),
            _("Your organization is named in an outcome only if you say yes."),
        ]),
        Section("who", _("Who can take part"), [
            ngettext(
                "Groups have %(most)s practitioner, at most one from each organization.",
                "Groups have %(least)s to %(most)s practitioners, at most one from each "
                "organization.",
                cohort.group_max,
            ) % {"least": cohort.group_min, "most": cohort.group_max},
            _("Several people of your organization may apply, also for different groups."),
        ]),
        Section("back", _("What you get back"), [
            _("Ideas that colleagues elsewhere in Ontario have tried, with what worked and what "
              "did not."),
            _("Outcomes in plain language that your whole team may use, free of charge."),
        ]),
    ]  # fmt: skip


def _asks(cohort) -> list[str]:
    lines = [
        _("%(least)s to %(most)s hours a month, meetings included.")
        % {"least": cohort.hours_min, "most": cohort.hours_max},
        _("Meetings of about two hours, every two weeks, from %(first)s to %(last)s.")
        % {
            "first": clock.spoken_day(cohort.meetings_from),
            "last": clock.spoken_day(cohort.meetings_until),
        },
    ]
    if cohort.usual_times:
        times = f"{cohort.usual_times_within.removesuffix('.')}."
        lines.append(labelled(_("Usual days and hours, Eastern Time"), times))
    lines.append(_("Room to try something small at work, and to tell the group what came of it."))
    if not cohort.is_past_closing:
        closes = clock.spoken(cohort.closes_at)
        lines.append(_("Applications close on %(moment)s.") % {"moment": closes})
    return lines


def as_pdf(cohort: Cohort) -> bytes:
    """Return one page to forward, in the active language."""
    page = settings.SITE_URL + cohort.get_absolute_url()
    facts = {
        "title": title(cohort),
        "eyebrow": cohort.name,
        "heading": _("For employers"),
        "summary": summary(cohort),
        "sections": [
            {"heading": section.heading, "lines": section.lines} for section in sections(cohort)
        ],
        "questions": _("Questions?"),
        "contact": " · ".join(
            filter(None, [cohort.contact_name, cohort.mailbox, cohort.contact_phone])
        ),
        "whole": labelled(_("The whole call"), page),
        "sample": _("Sample data.") if cohort.is_sample else "",
    }
    return pdf.made(SOURCE, facts, language=(get_language() or "en")[:2])
