"""Mail of the sample: what was sent on the way in, and letters that wait for staff.

Only for applications that are written: a mail knows what it is about by its key.
"""

from datetime import timedelta

from notifications import outbox
from notifications.models import Attempt, Message

TAKEN_AFTER = timedelta(seconds=40)


def arrived(pile, applicants) -> None:
    """Pile up the mail that each had when her application arrived: sent, and taken at once."""
    for each in applicants:
        when = each.application.submitted_at
        if when:
            message = _about(
                each,
                "application-received",
                # Not a key that the verb may ever give: its mail would count as sent.
                key="sample:",
                state=Message.State.SENT,
                not_before=when,
                sent_at=when + TAKEN_AFTER,
                created_at=when,
                attempts_made=1,
            )
            pile.add([message])
            pile.add(
                [Attempt(message=message, number=1, result=Attempt.Result.SENT, at=message.sent_at)]
            )


def drafted(pile, applicants, *, by) -> None:
    """Pile up the invitation of each as a draft, to be seen and let go by staff."""
    pile.add(
        _about(each, "application-interview", state=Message.State.DRAFT, by=by)
        for each in applicants
    )


def _about(each, kind, key="", **facts) -> Message:
    pk = each.application.pk
    return outbox.unsaved(
        kind, each.person, key=f"{kind}:{key}{pk}", context={"application": pk}, **facts
    )
