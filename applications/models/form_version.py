"""What was asked at the moment somebody sent: kept with her application, word by word."""

import json
from hashlib import sha256

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Privacy
from applications.models.question import Question
from cops.models import Cohort


class FormVersion(models.Model):
    """What the questions of a call were when somebody sent her application, in both languages."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="form_versions")
    digest = models.CharField(max_length=64, editable=False)
    asked = models.JSONField(_("what was asked"))
    # What every call asks, as it was worded, see ``applications.wording``.
    core = models.JSONField(default=list, editable=False)
    first_used_at = models.DateTimeField(_("first used"), default=timezone.now)

    privacy = Privacy(
        person_path=None,
        because="What a call asked everybody.",
        public="cohort asked core first_used_at",
        internal="digest",
    )

    class Meta:
        ordering = ["cohort", "first_used_at"]
        verbose_name = _("version of the form")
        verbose_name_plural = _("versions of the form")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "digest"], name="one_version_per_digest"),
        ]

    def __str__(self):
        return f"{self.cohort}, {self.first_used_at:%Y-%m-%d}"

    @classmethod
    def current(cls, cohort: Cohort, core: list[dict]) -> "FormVersion":
        """Return the version that the form of ``cohort`` is now; ``core`` is its ``wording``."""
        prefetch_related_objects([cohort], "questions__options")
        by_key = {each.pk: each for each in cohort.questions.all()}
        asked = [
            _as_asked(each, after=by_key.get(each.asked_if_id))
            for each in by_key.values()
            if each.is_asked
        ]
        text = json.dumps([core, asked], sort_keys=True, ensure_ascii=False)
        digest = sha256(text.encode()).hexdigest()
        version, _is_new = cls.objects.get_or_create(
            cohort=cohort, digest=digest, defaults={"asked": asked, "core": core}
        )
        return version

    @property
    def read(self) -> list[dict]:
        """What every call asks as she read it: label, help, options; in the active language."""
        language = _language()
        return [
            {
                "label": each[f"label_{language}"],
                "help": each[f"help_{language}"],
                "options": [option[f"label_{language}"] for option in each["options"]],
            }
            for each in self.core
        ]

    @property
    def labels(self) -> dict[str, str]:
        """The questions as they were read, by the name of the field, in the active language."""
        language = _language()
        own = {each["key"]: each[f"label_{language}"] for each in self.core}
        return own | {
            f"question_{each['key']}": each[f"text_{language}"] or each["text_en"]
            for each in self.asked
        }


def _language() -> str:
    return "fr" if (get_language() or "").startswith("fr") else "en"


def _as_asked(question: Question, after: Question | None) -> dict:
    names = ("key", "kind", "text_en", "text_fr", "help_en", "help_fr", "is_required", "reader")
    return {
        **{name: getattr(question, name) for name in names},
        "words_max": question.words_max if question.kind == Question.Kind.TEXT else None,
        "asked_if": after and [after.key, question.asked_if_value],
        "options": [
            {"key": each.key, "label_en": each.label_en, "label_fr": each.label_fr}
            for each in question.options.all()
        ],
    }
