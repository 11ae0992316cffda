from accounts import links
from notifications import mails
from outcomes.models import Outcome


def _facts(ids, **facts):
    outcome = Outcome.objects.with_context().get(pk=ids["outcome"])
    cohort = outcome.community.cohort
    return outcome, {
        "title": outcome.title,
        "community": outcome.community.name,
        "url": links.url(ids["recipient"], "outcomes:outcome", outcome.slug),
        "mailbox": cohort.mailbox,
        "signature_name": cohort.contact_name,
        "signature_phone": cohort.contact_phone,
        **facts,
    }


@mails.register("outcome-to-read")
def outcome_to_read(ids):
    outcome, facts = _facts(ids)
    return facts if outcome.status == Outcome.Status.MEMBER_REVIEW else None


@mails.register("outcome-published")
def outcome_published(ids):
    outcome, facts = _facts(ids)
    return facts if outcome.status == Outcome.Status.PUBLISHED else None
