"""One reader's values against the criteria, and the way to step back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from applications.forms.criteria import NAMES, name_of, value_fields
from applications.models import Review


class ReviewForm(AsksOnly, forms.Form):
    """A value per criterion, each with its anchor sentence; a criterion may stay unanswered."""

    model = Review

    hides_optional = True
    NAMES = NAMES

    remark = forms.CharField(
        label=_("Remark"),
        help_text=_(
            "For staff and, once theirs are in, the other readers. The applicant never sees it."
        ),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data=None, *, review, criteria, **kwargs):
        self.criteria = criteria
        super().__init__(data, initial={"remark": review.remark}, **kwargs)
        self.fields = value_fields(criteria, review.scores.all()) | self.fields

    @property
    def scores(self) -> dict:
        """The value, or None, for each criterion that was understood."""
        return {
            criterion: self.cleaned_data[name_of(criterion)]
            for criterion in self.criteria
            if name_of(criterion) in self.cleaned_data
        }


class RecuseForm(AsksOnly, forms.Form):
    model = Review

    reason = forms.CharField(
        label=_("Why do you step back?"),
        help_text=_("For example: I know this person. Staff read it and find somebody else."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words, so that staff know.")},
    )
