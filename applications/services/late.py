"""Letting somebody into a call that takes no applications: making a code, and ending one."""

from django.db import transaction

from accounts.models import User
from applications.models import AccessCode, Status
from applications.services import intake
from notifications import calendar
from notifications.models import Kind


@transaction.atomic
def make_code(cohort, wall, *, fold=None, uses=1, address="", note="", by: User) -> AccessCode:
    """Make a code that lets ``uses`` people into ``cohort`` until ``wall``, on Ontario's clock.

    ``wall`` is naive. With ``address`` it is for the person who has that address alone.
    """
    return AccessCode.objects.create(
        cohort=cohort,
        deadline=calendar.hold(Kind.APPLICATION_DUE, wall, fold=fold, series=cohort.series),
        person=User.objects.person(address) if address else None,
        uses=uses,
        note=note,
        made_by=by,
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
