"""Telling those who came by a file that their applications have arrived."""

from django.db import transaction

from accounts.models import User
from applications.models import (
    ApplicationChange,
    Import,
    Status,
)
from notifications import outbox
from notifications.models import Message


@transaction.atomic
def draft_letters(file: Import, *, by: User):
    """Write to those whom ``file`` made applications of that these have arrived, as drafts.

    Returns the drafts that wait. Written once: what was let go or cancelled is not written again.
    """
    changes = ApplicationChange.objects.filter(
        record__imported=file, record__status=Status.SUBMITTED, new=Status.SUBMITTED
    ).select_related("record__person")
    keys = {f"application-received:{change.pk}": change.record for change in changes}
    outbox.write_all(
        [
            outbox.unsaved(
                "application-received",
                application.person,
                key=key,
                context={"application": application.pk},
                state=Message.State.DRAFT,
                by=by,
            )
            for key, application in keys.items()
        ]
    )
    return Message.objects.filter(dedupe_key__in=keys, state=Message.State.DRAFT)
