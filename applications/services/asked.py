"""Mail that an applicant asks for again, on the phone: her link, her times, her offer.

None of it goes while the letter with the decision is a draft: it would tell her before
staff have seen and released it, and tell her twice.
"""

from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Interview, Offer
from notifications import outbox
from notifications.models import Message
from notifications.people import again_key


def send_application_link(application: Application, *, by: User) -> Message:
    """Mail the applicant the link to her application, with where it stands.

    Raises InvalidTransition once it is closed, or while its letter is a draft.
    """
    _refuse_before_its_letter(application)
    if not application.is_open:
        raise InvalidTransition(_("This application is already closed."))
    return _write("application-link", application, {"application": application.pk}, by=by)


def send_booking(interview: Interview, *, by: User) -> Message:
    """Mail the applicant the times to choose from, or what she booked with its calendar file.

    Raises InvalidTransition when she can no longer choose, or the interview has begun,
    or while the letter that invites her is a draft.
    """
    _refuse_before_its_letter(interview.application)
    if may_choose(interview):
        ids = {"application": interview.application_id}
        return _write("application-interview", interview, ids, by=by)
    if is_booked_ahead(interview):
        ids = {"interview": interview.pk}
        return _write("interview-booked", interview, ids, by=by, event=interview.event)
    raise InvalidTransition(_("This interview can no longer be booked by the applicant."))


def may_send_application_link(application: Application) -> bool:
    return application.is_open and not application.holds_letter


def may_send_booking(interview: Interview) -> bool:
    is_of_use = may_choose(interview) or is_booked_ahead(interview)
    return is_of_use and not interview.application.holds_letter


def may_send_offer(offer: Offer) -> bool:
    return offer.may_be_answered and not offer.application.holds_letter


def may_choose(interview: Interview) -> bool:
    return interview.may_be_booked


def is_booked_ahead(interview: Interview) -> bool:
    return interview.status == Interview.Status.BOOKED and not interview.has_begun


def send_offer(offer: Offer, *, by: User) -> Message:
    """Mail the applicant the letter with her offer once more, while it can be answered.

    Raises InvalidTransition when it no longer can, or while the first one is a draft.
    """
    _refuse_before_its_letter(offer.application)
    if not offer.may_be_answered:
        raise InvalidTransition(_("This offer can no longer be answered."))
    return _write("application-offered", offer, {"application": offer.application_id}, by=by)


def _refuse_before_its_letter(application: Application) -> None:
    if Application.objects.get(pk=application.pk).holds_letter:
        raise InvalidTransition(
            _("The letter with this decision is still a draft: let it go first.")
        )


def _write(kind, record, ids, *, by, event=None) -> Message:
    person = getattr(record, "application", record).person
    return outbox.write(kind, person, key=again_key(kind, record), context=ids, event=event, by=by)
