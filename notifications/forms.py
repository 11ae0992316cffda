from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from notifications.consent import AGREE_TO_NEWS, agrees_to_news
from notifications.models import Event, Preference


class Tick(forms.BooleanField):
    """A box that also says how it stood when the page was made: what she left alone is left."""

    def __init__(self, **facts):
        super().__init__(required=False, show_hidden_initial=True, **facts)


class CancelForm(AsksOnly, forms.Form):
    """Why an event is called off; ``words`` say who reads it."""

    model = Event
    words = _("Everyone who is told reads it in the email, in the language you write it in.")

    reason = forms.CharField(label=_("Why?"), required=False, max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = self.words


class MailForm(AsksOnly, forms.Form):
    """Which mail she wants. ``changes`` holds what she changed."""

    model = Preference

    wants_reminders = Tick(
        label=_("Reminders before webinars, interviews, meetings and dates that are due")
    )
    wants_last_hours = Tick(
        label=_("One more reminder, 2 hours before a meeting"),
        help_text=_("It comes only if you also get reminders."),
    )
    wants_news = Tick(label=AGREE_TO_NEWS)

    def __init__(self, data=None, *, person, by_link=False):
        chosen = Preference.objects.filter(person=person).first() or Preference()
        initial = {
            "wants_reminders": chosen.wants_reminders,
            "wants_last_hours": chosen.wants_last_hours,
            "wants_news": agrees_to_news(person),
        }
        super().__init__(data, initial=initial)
        if by_link and not initial["wants_news"]:
            del self.fields["wants_news"]  # mail is passed on: its link agrees to nothing for her

    @property
    def changes(self) -> dict[str, bool]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
