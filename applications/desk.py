"""Where an application stands, as staff say it to one another: and what comes next, by when."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from applications.models import Application, Interview, Offer, Review, Status


def concealed_from(viewer) -> dict[int, str]:
    """Return, by id, the references of those that ``viewer`` must not connect with a person.

    Whoever still has reviews to do in a call learns of nobody in it which answers are hers:
    concealing only what she herself reads would tell that it is among them. Asks the database
    once for each ``viewer``: a page that has several such lists asks them all of one.
    """
    if not hasattr(viewer, "_concealed"):
        to_read = Review.objects.open().filter(reviewer=viewer)
        read = Application.objects.filter(
            status=Status.IN_REVIEW, cohort__in=to_read.values("application__cohort")
        )
        viewer._concealed = dict(read.values_list("pk", "reference"))
    return viewer._concealed


def with_known_decisions(applications, viewer):
    """Return ``applications`` but for those of which ``viewer`` may not learn what is decided."""
    return applications.exclude(pk__in=concealed_from(viewer))


def stands(application: Application) -> dict:
    """Return ``tone``, ``label``, ``sentence`` and ``next_step`` for staff.

    Needs ``with_outlook``. Says nothing of reviews, scores or pending decisions.
    """
    return _STANDS[application.status](application, application.cohort)


def pending(application: Application) -> str:
    """Return the decision that is noted and not released, for staff who may know whose it is."""
    if not application.pending_status:
        return ""
    decision = {"decision": application.get_pending_status_display()}
    if application.pending_by is None:
        return _("Noted: %(decision)s. Not released yet.") % decision
    return _("Noted by %(name)s: %(decision)s. Not released yet.") % {
        "name": application.pending_by, **decision,
    }  # fmt: skip


def ends_interview(application: Application, *, at_once: bool) -> str:
    """Return what becomes of a booked interview when a decision is noted, or made ``at_once``."""
    interview = getattr(application, "interview", None)
    if interview is None or interview.status != Interview.Status.BOOKED or interview.has_begun:
        return ""
    time = {"time": clock.spoken(interview.slot.starts_at, interview.slot.zone)}
    if at_once:
        return _("An interview is booked: %(time)s. It is cancelled.") % time
    return _("An interview is booked: %(time)s. It stays until the decision is released.") % time


def _words(tone, label, sentence, next_step="") -> dict:
    return {"tone": tone, "label": label, "sentence": sentence, "next_step": next_step}


def _by(text, day) -> str:
    return text % {"day": clock.spoken_day(day)}


def _draft(application, cohort):
    closes_at = clock.spoken(application.closes_at)
    if application.was_reopened:
        return _words("attention", _("Reopened"),
                      _("Has the application back, to correct and send again."))  # fmt: skip
    if application.may_be_edited:
        return _words("info", _("Draft"), _("Has begun an application and not sent it."),
                      _("It can be sent until %(time)s.") % {"time": closes_at})  # fmt: skip
    return _words("neutral", _("Not sent"), _("Began an application and did not send it."),
                  _("The call closed on %(time)s.") % {"time": closes_at})  # fmt: skip


def _submitted(application, cohort):
    if application.awaits_confirmation:
        return _words(
            "attention", _("Address to be confirmed"),
            _("Has sent an application; nobody has confirmed the address yet."),
            _("The link in our email confirms it, until %(time)s.")
            % {"time": clock.spoken(application.confirm_by)},
        )  # fmt: skip
    return _words("success", _("Received"), _("Has sent an application."), _read_by(cohort))


def _in_review(application, cohort):
    return _words("info", _("Being read"), _("Reviewers are reading the application."),
                  _read_by(cohort))  # fmt: skip


def _read_by(cohort):
    return _by(_("Reading is done by %(day)s."), cohort.reviews_due_on)


def _interview(application, cohort):
    interview = getattr(application, "interview", None)
    if interview is None:
        return _words("attention", _("Invited to an interview"), _("The letter has not gone."))
    deadline, slot = interview.deadline, interview.slot
    if interview.status == Interview.Status.HELD:
        return _words("info", _("Interviewed"), _("The interview took place."),
                      _by(_("Groups are known on %(day)s."), cohort.groups_on))  # fmt: skip
    if interview.status == Interview.Status.MISSED:
        return _words("attention", _("Interview missed"), _("Nobody came to the interview."),
                      _("Invite again, or decide without it."))  # fmt: skip
    if slot:
        return _words("success", _("Interview booked"), _("Has booked an interview."),
                      clock.spoken(slot.starts_at, slot.zone))  # fmt: skip
    when = {"time": clock.spoken(deadline.starts_at, deadline.zone)}
    if deadline.is_over:
        return _words("danger", _("Interview not booked"),
                      _("Was invited to an interview and has not booked."),
                      _("The last day to book was %(time)s: book on the applicant’s behalf.")
                      % when)  # fmt: skip
    return _words("attention", _("Interview not booked"),
                  _("Is invited to an interview and has not booked yet."),
                  _("To be booked by %(time)s.") % when)  # fmt: skip


def _waitlisted(application, cohort):
    return _words("attention", _("On the waitlist"), _("Waits for a place to become free."),
                  _by(_("Meetings begin on %(day)s."), cohort.meetings_from))  # fmt: skip


def _offered(application, cohort):
    offer = application.last_offer
    if offer is None:
        return _words("attention", _("Offered a place"), _("No offer is on record."))
    place, until = {"group": offer.community.name}, offer.deadline
    until = {"time": clock.spoken(until.starts_at, until.zone)}
    return {
        Offer.Status.OPEN: lambda: _words(
            "danger" if offer.is_late else "attention", _("Offer open"),
            _("Has been offered a place in %(group)s.") % place,
            _("An answer is due by %(time)s.") % until,
        ),
        Offer.Status.ACCEPTED: lambda: _words(
            "success", _("Offer accepted"), _("Has taken a place in %(group)s.") % place,
            _by(_("Meetings begin on %(day)s."), cohort.meetings_from)
            if cohort.meetings_from > timezone.localdate()
            else "",
        ),
        Offer.Status.TURNED_DOWN: lambda: _words(
            "neutral", _("Offer turned down"), _("Turned down a place in %(group)s.") % place,
        ),
        Offer.Status.LAPSED: lambda: _words(
            "attention", _("Offer lapsed"),
            _("Did not answer the offer of a place in %(group)s.") % place,
            _("The answer was due by %(time)s.") % until,
        ),
        Offer.Status.WITHDRAWN: lambda: _words(
            "neutral", _("Offer withdrawn"),
            _("The offer of a place in %(group)s was withdrawn.") % place,
        ),
    }[offer.status]()  # fmt: skip


def _declined(application, cohort):
    return _words("neutral", _("Not selected"), _("Was not selected in this call."))


def _withdrawn(application, cohort):
    return _words("neutral", _("Withdrawn"), _("The application is withdrawn."))


_STANDS = {
    Status.DRAFT: _draft,
    Status.SUBMITTED: _submitted,
    Status.IN_REVIEW: _in_review,
    Status.INTERVIEW: _interview,
    Status.WAITLISTED: _waitlisted,
    Status.OFFERED: _offered,
    Status.DECLINED: _declined,
    Status.WITHDRAWN: _withdrawn,
}
