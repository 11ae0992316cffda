from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from cops.models import FocusArea, Program
from outcomes.models import Feedback, Outcome


class LibraryFilter(forms.Form):
    """What a reader looks for; the address holds it, so a search can be sent on."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    focus = forms.ModelChoiceField(
        label=_("Focus area"),
        queryset=FocusArea.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("All focus areas"),
    )
    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.all(),
        to_field_name="key",
        required=False,
        empty_label=_("All programs"),
    )
    rules = forms.ChoiceField(
        label=_("Can it be done today?"),
        choices=[("", _("All answers")), *Outcome.Rules.choices],
        required=False,
    )
    hides_optional = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What is published is asked at each request: it depends on the hour.
        published = Outcome.objects.published().order_by()
        for name, led_by in (("focus", "communities__outcomes__in"), ("program", "outcomes__in")):
            field = self.fields[name]
            field.queryset = field.queryset.filter(**{led_by: published}).distinct()

    def narrow(self, outcomes):
        """Return ``outcomes`` narrowed to what was asked; what makes no sense is left out."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            outcomes = outcomes.search(wanted["q"])
        if wanted.get("focus"):
            outcomes = outcomes.filter(community__focus_area=wanted["focus"])
        if wanted.get("program"):
            outcomes = outcomes.filter(programs=wanted["program"])
        if wanted.get("rules"):
            outcomes = outcomes.filter(rules=wanted["rules"])
        return outcomes


class FeedbackForm(AsksOnly, forms.ModelForm):
    """ "We tried this": a few lines, a name only if the reader likes."""

    class Meta:
        model = Feedback
        fields = ["text", "name", "organization", "email"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organization": forms.TextInput(attrs={"autocomplete": "organization"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "text": {"required": _("Write what you tried and what happened.")},
        }
        help_texts = {
            "text": _("Please name no client. Staff read this before anything is made public."),
        }

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text) > 4000:
            raise forms.ValidationError(_("Shorten this to 4,000 characters or fewer."))
        return text
