"""Letting somebody into a call that takes no applications: making a code, and ending one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import Language, User
from applications.models import AccessCode, Status
from applications.services import intake
from notifications import calendar, outbox
from notifications.models import Kind, Message
from notifications.people import again_key


@transaction.atomic
def make_code(
    cohort, wall, *, fold=None, uses=1, address="", language=Language.ENGLISH, note="", by: User
) -> AccessCode:
    """Make a code that lets ``uses`` people into ``cohort`` until ``wall``, on Ontario's clock.

    ``wall`` is naive. With ``address`` it is for the person who has that address alone; where
    nobody has it yet, she is written to in ``language``.
    """
    return AccessCode.objects.create(
        cohort=cohort,
        deadline=calendar.hold(Kind.APPLICATION_DUE, wall, fold=fold, series=cohort.series),
        person=User.objects.person(address, language=language) if address else None,
        uses=uses,
        note=note,
        made_by=by,
    )


def may_send_code(code: AccessCode) -> bool:
    """Whether it is for one person, whom it would let into a call that is closed."""
    return bool(code.person_id) and code.lets_in() and not code.cohort.is_open


def send_code(code: AccessCode, *, by: User) -> Message:
    """Mail its person the code and the way in, in her language; within a minute it is one mail.

    Raises InvalidTransition when it lets her in no more, or the call is open to everybody.
    """
    if not may_send_code(AccessCode.objects.select_related("cohort", "deadline").get(pk=code.pk)):
        raise InvalidTransition(_("This code lets nobody in any more, or the call is open."))
    return outbox.write(
        "access-code",
        code.person,
        key=again_key("access-code", code),
        context={"code": code.pk},
        by=by,
    )


@transaction.atomic
def revoke(code: AccessCode) -> None:
    """Let nobody in by ``code`` any more, and take it from the drafts that nobody has sent."""
    code.revoke()
    for draft in code.applications.filter(status=Status.DRAFT).select_related("cohort", "person"):
        code.applications.filter(pk=draft.pk, status=Status.DRAFT).update(access_code=None)
        draft.access_code = None
        intake.keep_owed(draft)
    calendar.settle(code.deadline)
