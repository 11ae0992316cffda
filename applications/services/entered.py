"""Writing down for somebody what she said on the phone or sent on paper, and a copy of answers."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.conflicts import takes_part
from applications.models import AccessCode, Application, Status
from applications.models.code import REFUSED
from applications.services import intake
from cops.models import Cohort
from notifications import outbox

# How long until she may ask for a copy again.
BETWEEN_COPIES = timedelta(hours=1)


@transaction.atomic
def enter(
    cohort: Cohort,
    address: str,
    *,
    name: str,
    came_by: str,
    language: str,
    code: str = "",
    by: User,
) -> Application:
    """Begin the application of who has ``address``, to be filled in by staff from what she told.

    ``code`` lets it in after the call has closed. Raises InvalidTransition when ``by`` reads or
    interviews in this call, when she helps to choose or has one there already, or it is closed.
    """
    if by.cohort_roles.filter(cohort=cohort).exists():
        raise InvalidTransition(_("You read or interview in this call: a colleague enters it."))
    person = User.objects.person(address, name=name, language=language)
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if takes_part(person, cohort):
        raise InvalidTransition(
            _("Staff, reviewers and interviewers of a call do not apply to it.")
        )
    others = cohort.applications.filter(person=person).exclude(status=Status.WITHDRAWN)
    if others.exists():
        raise InvalidTransition(_("Whoever has this address has an application in this call."))
    return Application.objects.create(
        cohort=cohort,
        person=person,
        name=name,
        mail_language=language,
        came_by=came_by,
        entered_by=by,
        access_code=_let_in(cohort, person, code),
    )


def _let_in(cohort, person, text) -> AccessCode | None:
    if cohort.is_open:
        return None
    if not text:
        raise InvalidTransition(_("This call is not open: it takes a code."))
    code = cohort.access_codes.select_related("deadline").matching(text).first()
    if code is None:
        raise InvalidTransition(REFUSED)
    code.take(person)
    return code


@transaction.atomic
def correct(application: Application) -> None:
    """Give its person what staff wrote down for her, to change and send again.

    Raises InvalidTransition when it is being read already.
    """
    if not application.may_be_corrected:
        raise InvalidTransition(_("It is being read already: write to us instead."))
    application.reopen(by=application.person, reason=_("She corrects what was entered for her."))
    intake.keep_owed(application)


@transaction.atomic
def send_copy(application: Application) -> None:
    """Mail its person all that it says. Raises InvalidTransition within an hour of the last one."""
    now = timezone.now()
    due = Q(copied_at=None) | Q(copied_at__lte=now - BETWEEN_COPIES)
    if not Application.objects.filter(due, pk=application.pk).update(copied_at=now):
        raise InvalidTransition(_("A copy was sent to you within the last hour."))
    outbox.write(
        "application-copy",
        application.person,
        key=f"application-copy:{application.pk}:{now.timestamp():.0f}",
        context={"application": application.pk},
    )
