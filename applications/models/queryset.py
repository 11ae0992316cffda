"""Which applications: the rows that pages and services ask for, and what comes with them."""

from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from applications.models.status import Status
from cops.models import CohortRole
from notifications.models import Message


def _letter_is(*states: str) -> Exists:
    """Whether the letter that tells the status is in one of ``states``, see ``letter_key``."""
    key = Concat(
        Value("application-"),
        OuterRef("status"),
        Value(":"),
        Cast(OuterRef("pk"), models.CharField()),
    )
    return Exists(Message.objects.filter(dedupe_key=key, state__in=states))


def days_wait(status: str, least=timedelta()) -> Q:
    """Whether the days that a letter gives its reader have not begun, see decision 0031: it is a
    draft, or while it was on its way they have passed, but for ``least``. For what has an
    application and a deadline.

    A copy that she asked for, or that went again, has a key of another form: she was told already.
    """
    letters = Message.objects.filter(dedupe_key__regex=rf"^application-{status}:\d+(:\d+)?$")
    drafts, waiting = (
        list(letters.filter(state=state).values_list("context__application", flat=True))
        for state in (Message.State.DRAFT, Message.State.QUEUED)
    )
    passed = Q(deadline__starts_at__lte=timezone.now() + least)
    return Q(application__in=drafts) | Q(application__in=waiting) & passed


class ApplicationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=list(self.model.NEXT))

    def sent(self):
        """Those that count: everything but drafts."""
        return self.exclude(status=Status.DRAFT)

    def confirmed(self):
        return self.filter(awaits_confirmation=False)

    def being_entered(self):
        """Drafts of what staff write down for somebody, see ``services.entered``."""
        return self.filter(status=Status.DRAFT, submitted_at=None).exclude(came_by="")

    def owed(self):
        """Drafts that their person may be reminded to send, not those that staff write down.

        One that she never confirmed is not, once she has another in the same call.
        """
        hers = self.model.objects.filter(cohort=OuterRef("cohort"), person=OuterRef("person"))
        others = hers.exclude(pk=OuterRef("pk")).exclude(status=Status.WITHDRAWN)
        standing = others.exclude(status=Status.DRAFT, awaits_confirmation=True)
        own = Q(came_by="") | Q(submitted_at__isnull=False)
        return self.filter(own, status=Status.DRAFT).filter(
            Q(awaits_confirmation=False) | ~Exists(standing)
        )

    def owed_by(self):
        """Of those owed, pairs: the key of the deadline, the call's or its code's, and who."""
        return self.owed().values_list(
            Coalesce("access_code__deadline", "cohort__closing"), "person"
        )

    def pursued_by(self, person):
        """Her own that she may go on with: who helps to choose in a call does not apply to it."""
        if person.is_staff:
            return self.none()
        return self.filter(person=person).exclude(cohort__roles__person=person)

    def with_conflicts(self):
        """With ``is_conflicted``: whether its person reads or interviews in its own call."""
        part = CohortRole.objects.filter(cohort=OuterRef("cohort"), person=OuterRef("person"))
        return self.annotate(is_conflicted=Exists(part))

    def pending(self):
        """Those with a decision that has not been released."""
        return self.exclude(pending_status="")

    def with_people(self):
        return self.select_related("person", "cohort", "region", "organization")

    def with_outlook(self):
        """With the interview and the offers that say what comes next, and ``holds_letter``."""
        offer = self.model._meta.get_field("offers").related_model
        offers = offer.objects.select_related("community", "deadline")
        return (
            self.select_related(
                "cohort", "person", "pending_by", "interview__slot", "interview__deadline"
            )
            .prefetch_related(Prefetch("offers", offers))
            .annotate(holds_letter=_letter_is(*Message.NOT_GONE))
        )

    def told_declined(self):
        """Those that were not selected, and whose letter has gone."""
        return self.filter(_letter_is(Message.State.SENT), status=Status.DECLINED)

    def short_of_readers(self):
        """Those being read, but by fewer than their cohort asks for: somebody stepped back.

        Also where a decision waits: leaving these out would tell a reader that one does.
        """
        live = Count("reviews", filter=~Q(reviews__status="recused"), distinct=True)
        return (
            self.filter(status=Status.IN_REVIEW)
            .annotate(readers=live)
            .filter(readers__lt=F("cohort__reviews_each"))
        )
