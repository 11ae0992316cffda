"""What applications add to a call: who has a draft, what it asks, when it is too late to reopen."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from applications import budget
from applications.models import Application, Option, Review
from cops import copying, parts, readiness
from notifications import outbox
from notifications.models import Invitee, Role

# The dates after the deadline that who applies is told of.
TOLD = ("interviews_from", "interviews_until", "groups_on", "meetings_from", "meetings_until")


@parts.register
class Applications(parts.Part):
    def why_closed_for_good(self, cohort):
        if Review.objects.filter(application__cohort=cohort).exists():
            return _("Applications to this call are being read, so it cannot open again.")
        return ""

    def lacks(self, cohort):
        questions = list(cohort.questions.asked().with_options())
        for question in questions:
            if any(each.untranslated for each in (question, *question.options.all())):
                said = _("The question “%(question)s” is written in one language only.")
                yield parts.Lack(said % {"question": question}, readiness.page_of(question))
        yield from readiness.of_last_year(questions, cohort)
        minutes = budget.of(cohort)
        if minutes.is_over:
            said = _("The form takes about %(minutes)s minutes; %(promised)s are promised.")
            facts = {"minutes": minutes.total, "promised": budget.PROMISED}
            yield parts.Lack(said % facts, _questions_url(cohort))

    def copy(self, old, new, days):
        """What the call asks beyond its own fields, asked now or not; answers stay behind."""
        twins = {}
        for question in old.questions.order_by("position", "pk").with_options():
            later = {
                name: _later(getattr(question, name), timedelta(days=days))
                for name in ("keep_until", "due_at", "freezes_at")
            }
            before = twins.get(question.asked_if_id)
            same = copying.twin(question, cohort=new, asked_if=before, required_since=None, **later)
            same.save()
            twins[question.pk] = same
            Option.objects.bulk_create(
                copying.twin(option, question=same) for option in question.options.all()
            )

    def concerned(self, cohort):
        drafts = _draft_holders(cohort).count()
        sent = _sent(cohort).count()
        yield ngettext(
            "%(count)s person has a draft of their own, never sent or given back: one email "
            "tells the new date.",
            "%(count)s people have a draft of their own, never sent or given back: one email to "
            "each tells the new date.",
            drafts,
        ) % {"count": drafts}
        yield ngettext(
            "%(count)s person has sent an application, confirmed or not, and not withdrawn it. It "
            "stays as it is. If later dates move, so do interviews, the answer and meetings: one "
            "email tells the new dates.",
            "%(count)s people have sent an application, confirmed or not, and not withdrawn it. "
            "It stays as it is. If later dates move, so do interviews, the answer and meetings: "
            "one email to each tells the new dates.",
            sent,
        ) % {"count": sent}
        slots = cohort.slots.live().filter(starts_at__gt=clock.now()).count()
        if slots:
            yield ngettext(
                "%(count)s interview time lies ahead. It does not move along: look whether it "
                "still fits.",
                "%(count)s interview times lie ahead. They do not move along: look whether they "
                "still fit.",
                slots,
            ) % {"count": slots}

    def extended(self, extension):
        """Tell whoever has a draft; and who has sent, if dates moved that she was told."""
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
        if extension.moved(*TOLD):
            _tell_of_dates(cohort, extension.pk, {"extension": extension.pk}, by=extension.by)

    def told_of_dates(self, cohort, were):
        if _told(were) and (sent := _sent(cohort).count()):
            yield ngettext(
                "%(count)s person has sent an application, and knows when interviews are, when it "
                "is answered and when meetings begin: one email tells what changes.",
                "%(count)s people have sent an application, and know when interviews are, when "
                "they are answered and when meetings begin: one email to each tells what changes.",
                sent,
            ) % {"count": sent}

    def dates_moved(self, cohort, were, *, by):
        if were := _told(were):
            _tell_of_dates(cohort, uuid4(), {"were": were}, by=by)


def _told(were) -> dict[str, str]:
    """Return those of the dates that who applies is told of, as ISO days."""
    return {name: were[name].isoformat() for name in TOLD if name in were}


def _tell_of_dates(cohort, change, context, *, by):
    """Tell whoever has sent which dates moved; ``change`` tells one such moment from another."""
    outbox.write_all(
        [
            outbox.unsaved(
                "dates-moved",
                application.person,
                key=f"dates-moved:{change}:{application.pk}",
                context={**context, "application": application.pk},
                by=by,
            )
            for application in _sent(cohort).select_related("person")
        ]
    )


def _later(moment, by: timedelta):
    """Return a day or an instant so much later, at the same time on Ontario's clock; or None."""
    if isinstance(moment, datetime):
        return moment.astimezone(clock.ONTARIO) + by
    return moment and moment + by


def _draft_holders(cohort):
    """Those who owe the sending of a draft, see ``applications.owed``."""
    return Invitee.objects.current().filter(event=cohort.closing, role=Role.APPLICANT)


def _sent(cohort):
    return Application.objects.sent().open().filter(cohort=cohort)


def _questions_url(cohort) -> str:
    return f"{reverse('admin:applications_question_changelist')}?cohort__id__exact={cohort.pk}"
