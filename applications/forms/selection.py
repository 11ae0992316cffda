from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import RecordChoices
from accounts.phrases import in_a_row, labelled
from applications.models import Insight, Slot


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SlotChoice(forms.ModelChoiceField):
    def label_from_instance(self, slot):
        return labelled(slot, in_a_row(slot.interviewers))


class BookForHerForm(forms.Form):
    slot = SlotChoice(label=_("Time"), queryset=None, widget=forms.RadioSelect, empty_label=None)

    def __init__(self, *args, interview, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = Slot.objects.offered_to(interview.application).with_panels()


class InsightChoices(RecordChoices):
    def label_from_instance(self, insight):
        return labelled(insight.theme, insight.text)


class RefineForm(forms.Form):
    """The next version of a guiding question, and the insights that moved it."""

    question_en = forms.CharField(
        label=_("Guiding question (English)"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    question_fr = forms.CharField(
        label=_("Guiding question (French)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "fr"}),
    )
    reason = forms.CharField(
        label=_("What changes, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    insights = InsightChoices(
        label=_("Insights that move the question"),
        queryset=Insight.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, insights, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["insights"].queryset = insights


class ComposeForm(forms.Form):
    """One select per candidate: which group, or none yet."""

    NAMES = {r"(\d+)": (_("Candidate"), forms.ModelChoiceField(None, label=_("Group")))}

    def __init__(self, *args, candidates, communities, placed, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = {str(candidate.pk): candidate for candidate in candidates}
        self.communities = {str(community.pk): community for community in communities}
        choices = [("", "–"), *((key, str(one)) for key, one in self.communities.items())]
        for key, candidate in self.candidates.items():
            self.fields[key] = forms.ChoiceField(
                label=str(candidate.name or candidate),
                choices=choices,
                required=False,
                initial=str(placed.get(candidate.pk, "")),
            )

    def rows(self):
        """(candidate, its bound field) for the table."""
        return [(candidate, self[key]) for key, candidate in self.candidates.items()]

    def chosen(self) -> dict:
        return {
            candidate: self.communities.get(self.cleaned_data[key])
            for key, candidate in self.candidates.items()
        }
