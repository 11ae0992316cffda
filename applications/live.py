"""A question that changes while its call is open: whom it concerns, told before it counts."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext

from applications.models import Application, Question, Status
from cops.models import Cohort

BOTH_LANGUAGES = gettext_lazy("The call is open: write this in both languages.")
LOOK_FIRST = gettext_lazy("The call is open. Read whom this concerns, and say yes.")


@dataclass(frozen=True)
class Change:
    """What is about to be saved: ``question`` as it will be, asked or not."""

    question: Question
    cohort: Cohort | None
    is_asked: bool

    @property
    def is_seen(self) -> bool:
        """Whether applicants see it at once: they are asked it now, or were until now."""
        was_asked = Question.objects.asked().filter(pk=self.question.pk).exists()
        return bool(self.cohort and self.cohort.is_open and (self.is_asked or was_asked))

    @property
    def concerned(self) -> list[str]:
        """Whom it concerns, and what it means to them: a sentence each."""
        ours = Application.objects.filter(cohort=self.cohort)
        drafts = ours.filter(status=Status.DRAFT).count()
        sent = ours.sent().open().count()
        answered = self.question.answers.count() if self.question.pk else 0
        if not self.is_asked:
            met = ngettext(
                "%(count)s person has a draft: it is not asked there any more.",
                "%(count)s people have a draft: it is not asked there any more.",
                drafts,
            )
        elif self.question.is_required:
            met = ngettext(
                "%(count)s person has a draft, and cannot send it without an answer.",
                "%(count)s people have a draft, and cannot send it without an answer.",
                drafts,
            )
        else:
            met = ngettext(
                "%(count)s person has a draft, and finds it there.",
                "%(count)s people have a draft, and find it there.",
                drafts,
            )
        stays = ngettext(
            "%(count)s person has sent an application, confirmed or not, and not withdrawn it: "
            "nothing changes for it.",
            "%(count)s people have sent an application, confirmed or not, and not withdrawn it: "
            "nothing changes for them.",
            sent,
        )
        told = [met % {"count": drafts}, stays % {"count": sent}]
        if answered:
            given = ngettext(
                "%(count)s person has answered it as it was before. The answer stays.",
                "%(count)s people have answered it as it was before. Their answers stay.",
                answered,
            )
            told.append(given % {"count": answered})
        return told
