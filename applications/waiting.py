"""What waits for a person in the way in: the one thing to do first, and by when.

Each function returns a dict for ``soonest``: ``by``, ``record``, and the words of
``_first_thing.html``; or None when nothing waits.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from applications.models import Application, Interview, Status


def of_applicant(application: Application, standing: dict) -> dict | None:
    """Return what the applicant has to do; without that, what she waits for herself."""
    offer = application.last_offer
    interview = getattr(application, "interview", None)
    if application.status == Status.OFFERED and offer.may_be_answered:
        return _to_answer(offer)
    if interview and interview.is_open:
        thing = _to_book(interview) if interview.may_be_booked else _to_attend(interview)
        if thing:
            return thing
    if application.may_be_edited or application.status in _STILL_OPEN:
        return _to_follow(application, standing)
    return None


# Statuses in which something is still to be heard from us.
_STILL_OPEN = {Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED}


def reviews(to_do: list) -> dict | None:
    """Return the reading that is due next, of what is to be read in that order."""
    if not to_do:
        return None
    review = to_do[0]
    when = clock.spoken(review.deadline.starts_at, review.deadline.zone)
    return {
        "by": review.deadline.starts_at,
        "record": review,
        "title": ngettext(
            "%(count)s application to read", "%(count)s applications to read", len(to_do)
        )
        % {"count": len(to_do)},
        "sentence": (_("Due since %(when)s.") if review.is_late else _("The next is due %(when)s."))
        % {"when": when},
        "is_late": review.is_late,
        "url": review.get_absolute_url(),
        "verb": _("Read %(reference)s") % {"reference": review.application.reference},
        "more_url": reverse("applications:reviews"),
        "more": _("My reviews"),
    }


def interviews(booked: list[Interview]) -> dict | None:
    """Return the interview that is held next, of those booked in that order."""
    if not booked:
        return None
    interview = booked[0]
    return {
        "by": interview.slot.starts_at,
        "record": interview,
        "title": _("You interview %(name)s")
        % {"name": interview.application.name or interview.application},
        "sentence": clock.spoken(interview.slot.starts_at, interview.slot.zone),
        "url": interview.get_absolute_url(),
        "verb": _("Open the interview"),
        "more_url": reverse("applications:interviews"),
        "more": _("My interviews and times"),
    }


def _to_answer(offer):
    return {
        "by": offer.deadline.starts_at,
        "record": offer.application,
        "title": _("We offer you a place in %(community)s.") % {"community": offer.community},
        "sentence": _("Please answer by %(when)s.")
        % {"when": clock.spoken(offer.deadline.starts_at, offer.deadline.zone)},
        "url": offer.get_absolute_url(),
        "verb": _("See the offer and answer"),
    }


def _to_book(interview):
    deadline = interview.deadline
    return {
        "by": deadline.starts_at,
        "record": interview.application,
        "title": _("We would like to talk with you"),
        "sentence": _("Choose a time for your interview by %(when)s.")
        % {"when": clock.spoken(deadline.starts_at, deadline.zone)},
        "url": interview.get_absolute_url(),
        "verb": _("Choose a time"),
    }


def _to_attend(interview):
    """Return the talk that is booked, until it is over."""
    if not interview.is_ahead:
        return None
    slot = interview.slot
    own_zone = interview.application.person.time_zone
    return {
        "by": slot.starts_at,
        "record": interview.application,
        "title": _("Your interview"),
        "sentence": clock.spoken(slot.starts_at, slot.zone),
        "note": _("On your clock: %(when)s.") % {"when": clock.spoken(slot.starts_at, own_zone)}
        if slot.zone != own_zone
        else "",
        "url": interview.get_absolute_url(),
        "verb": _("See, move or cancel"),
    }


def _to_follow(application, standing):
    cohort = application.cohort
    is_draft = application.may_be_edited
    return {
        "by": application.closes_at if is_draft else clock.end_of_day(cohort.meetings_from),
        "record": application,
        "title": standing["sentence"],
        "sentence": standing["next_step"],
        "label": standing["label"],
        "url": application.get_absolute_url(),
        "verb": _("Go on with my application") if is_draft else _("See my application"),
        "is_quiet": not is_draft,
    }
