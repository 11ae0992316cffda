"""What applications add to a call: who has a draft, what it asks, when it is too late to reopen."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Application, Review
from cops import parts
from notifications import outbox
from notifications.models import Invitee, Role


@parts.register
class Applications(parts.Part):
    def why_closed_for_good(self, cohort):
        if Review.objects.filter(application__cohort=cohort).exists():
            return _("Applications to this call are being read, so it cannot open again.")
        return ""

    def concerned(self, cohort):
        drafts = _draft_holders(cohort).count()
        sent = Application.objects.sent().open().filter(cohort=cohort).count()
        yield ngettext(
            "%(count)s person has a draft: one email tells the new date.",
            "%(count)s people have a draft: one email to each tells the new date.",
            drafts,
        ) % {"count": drafts}
        yield ngettext(
            "%(count)s person has sent an application: nothing changes for it.",
            "%(count)s people have sent an application: nothing changes for them.",
            sent,
        ) % {"count": sent}

    def extended(self, extension):
        """Tell whoever has a draft, once for each extension."""
        cohort = extension.cohort
        outbox.write_all(
            [
                outbox.unsaved(
                    "deadline-extended",
                    part.person,
                    key=f"deadline-extended:{extension.pk}:{part.person_id}",
                    context={"extension": extension.pk},
                    event=cohort.closing,
                    by=extension.by,
                )
                for part in _draft_holders(cohort).select_related("person")
            ]
        )


def _draft_holders(cohort):
    """Those who owe the sending of a draft, see ``applications.owed``."""
    return Invitee.objects.current().filter(event=cohort.closing, role=Role.APPLICANT)
