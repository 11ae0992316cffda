from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.forms.part import Part, tick_field, words_field
from meetings.models import AgendaItem


class Agenda(Part):
    """What was on the agenda and is done; what else comes onto it."""

    NAMES = {
        r"item-(\d+)": (_("Agenda item"), tick_field(pgettext_lazy("mark an action", "Done"))),
        r"(agenda_new)": ("", _("Add to the agenda")),
    }

    def add_rows(self):
        self.items = list(self.meeting.agenda.all())
        for item in self.items:
            label = _now("Done: %(item)s") % {"item": item.title}
            self.show(f"item-{item.pk}", tick_field(label), item.is_done)
        new = words_field(_("Add to the agenda"), help_text=_("One item a line."), max_length=4_000)
        self.add("agenda_new", new)

    def by_item(self):
        return [(item, self.form[f"item-{item.pk}"]) for item in self.items]

    @property
    def open(self):
        """What goes on to the next meeting, as it stands."""
        return [item for item in self.items if not item.is_done]

    @property
    def new(self):
        return self.form["agenda_new"]

    def clean(self):
        lines = (self.typed("agenda_new") or "").splitlines()
        if any(len(line.strip()) > 200 for line in lines):
            self.form.add_error("agenda_new", _("Shorten each line to 200 characters or fewer."))

    def save(self, *, by):
        for item in self.items:
            name = f"item-{item.pk}"
            if self.changed(name):
                AgendaItem.objects.filter(pk=item.pk).update(is_done=self.typed(name))
        lines = map(str.strip, self.typed("agenda_new").splitlines())
        typed = [(line,) for line in lines if line]
        for (title,) in self.once("item", self.meeting.agenda, ["title"], typed):
            self.meeting.add_to_agenda(title)
