"""The steps that led to an outcome: private records, public sentences."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.bilingual import Bilingual
from accounts.privacy import Privacy
from applications.models import Insight
from cops.models import FocusAreaVersion
from meetings.models import Decision, Meeting, Trial
from outcomes.models.outcome import Outcome

ENDED = {
    Trial.Verdict.ADOPT: _("adopted"),
    Trial.Verdict.ADAPT: _("adapted"),
    Trial.Verdict.ABANDON: _("abandoned"),
}


class Evidence(Bilingual):
    """One step of "How we came to this": one private record, and its public sentence."""

    BILINGUAL = ("sentence",)
    SOURCES = ("insight", "question", "decision", "trial", "meeting")

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(_("step"))
    insight = models.ForeignKey(
        Insight,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("insight"),
    )
    question = models.ForeignKey(
        FocusAreaVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("guiding question"),
    )
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("decision"),
    )
    trial = models.ForeignKey(
        Trial,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("trial"),
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("meeting"),
    )
    sentence_en = models.TextField(_("public sentence (English)"))
    sentence_fr = models.TextField(_("public sentence (French)"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="A step of a group, in a public sentence.",
        public="outcome position sentence",
        internal="insight question decision trial meeting",
    )

    class Meta:
        ordering = ["outcome", "position", "pk"]
        verbose_name = _("step of evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(insight__isnull=False, question=None, decision=None, trial=None, meeting=None)
                    | Q(
                        insight=None,
                        question__isnull=False,
                        decision=None,
                        trial=None,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision__isnull=False,
                        trial=None,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision=None,
                        trial__isnull=False,
                        meeting=None,
                    )
                    | Q(
                        insight=None,
                        question=None,
                        decision=None,
                        trial=None,
                        meeting__isnull=False,
                    )
                ),
                name="evidence_has_one_source",
            ),
        ]

    def __str__(self):
        return self.sentence

    @property
    def sort(self) -> str:
        """Which of SOURCES this step rests on."""
        return next(name for name in self.SOURCES if getattr(self, f"{name}_id"))

    def as_public(self, interviews: int) -> dict:
        """What a reader sees: the kind of step, its day or number, and the public sentence."""
        match self.sort:
            case "insight":
                kind, when = (
                    _t("What interviews said"),
                    ngettext("%(count)d interview", "%(count)d interviews", interviews)
                    % {"count": interviews},
                )
            case "question":
                kind, when = (
                    _t("The question, refined"),
                    _t("version %(number)d") % {"number": self.question.number},
                )
            case "decision":
                kind, when = _t("What the group decided"), self._day_of(self.decision.meeting)
            case "trial":
                kind, when = _t("What was tried"), str(ENDED.get(self.trial.verdict, ""))
            case "meeting":
                kind, when = _t("What the group discussed"), self._day_of(self.meeting)
        return {
            "kind": kind,
            "when": when,
            "text": self.sentence,
            "lang": self.language_of("sentence"),
        }

    @staticmethod
    def _day_of(meeting) -> str:
        return clock.spoken_day(meeting.event.local_on)
