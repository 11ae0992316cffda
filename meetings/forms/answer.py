from django import forms

from accounts.unasked import AsksOnly
from notifications.models import Invitee


class AnswerForm(AsksOnly, forms.Form):
    """ "I will come" and "I can't come" are buttons; which schedule she read goes along."""

    model = Invitee

    answer = forms.ChoiceField(
        choices=[(Invitee.Answer.YES, ""), (Invitee.Answer.NO, "")],
        required=False,
        widget=forms.HiddenInput,
    )
    meeting = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
