from django.utils.translation import gettext_lazy

from accounts import links
from notifications import mails
from outcomes.models import Outcome


def _facts(ids, status):
    """What both mails say, as long as the outcome stands there and the reader may see it."""
    readable = Outcome.objects.visible_to(ids["recipient"]).with_context()
    outcome = readable.filter(pk=ids["outcome"], status=status).first()
    if outcome is None:
        return None
    return {
        "title": outcome.title,
        "community": outcome.community.name,
        "url": links.url(ids["recipient"], "outcomes:outcome", outcome.slug),
        **outcome.community.signature,
    }


@mails.register("outcome-to-read", gettext_lazy("An outcome to read before it is published"))
def outcome_to_read(ids):
    return _facts(ids, Outcome.Status.MEMBER_REVIEW)


@mails.register("outcome-published", gettext_lazy("A new outcome"))
def outcome_published(ids):
    return _facts(ids, Outcome.Status.PUBLISHED)
