"""One value for each criterion of a cohort, as reviewers and interviewers give it."""

from django import forms
from django.utils.translation import gettext_lazy as _

VALUES = range(1, 6)
# What its field is called where no criterion is at hand, see accounts.field_names.
NAMES = {r"criterion_(\d+)": (_("Criterion"), _("Value"))}


def name_of(criterion) -> str:
    return f"criterion_{criterion.number}"


def values_given(criteria, scores) -> list[dict]:
    """Return ``question``, ``value`` and ``anchor`` per criterion, for ``_scores.html``.

    ``value`` is None, and ``anchor`` empty, where a criterion was left unanswered.
    """
    given = {score.criterion_id: score.value for score in scores}
    rows = []
    for criterion in criteria:
        value = given.get(criterion.pk)
        sentences = [anchor.sentence for anchor in criterion.anchors.all() if anchor.value == value]
        rows.append({"question": criterion.question, "value": value, "anchor": "".join(sentences)})
    return rows


def value_fields(criteria, scores) -> dict[str, forms.Field]:
    """Return a field per criterion, 1 to 5 with its anchor sentences; it may stay unanswered.

    ``scores`` are those given so far.
    """
    given = {score.criterion_id: score.value for score in scores}
    fields = {}
    for criterion in criteria:
        anchors = {anchor.value: anchor.sentence for anchor in criterion.anchors.all()}
        fields[name_of(criterion)] = forms.TypedChoiceField(
            label=criterion.question,
            help_text=criterion.text,
            choices=[
                (value, f"{value} – {anchors[value]}" if value in anchors else str(value))
                for value in VALUES
            ],
            coerce=int,
            empty_value=None,
            initial=given.get(criterion.pk),
            required=False,
            widget=forms.RadioSelect,
        )
    return fields
