from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.phrases import labelled
from meetings.forms.part import Part, tick_field
from notifications.models import Invitee

EVERYONE = _("Everyone was there, except whom I mark below")


class NamedRadios(forms.RadioSelect):
    """Radio buttons in the cells of a table: each says its row and its column."""

    def __init__(self, row):
        super().__init__({"class": "form-check-input"})
        self.row = row

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["aria-label"] = labelled(self.row, label)
        return option


class Attendance(Part):
    """Who was there. Nobody is asked before the meeting has begun."""

    choices = [choice for choice in Invitee.Attendance.choices if choice[0]]
    NAMES = {
        r"came-(\d+)": (_("Person"), forms.ChoiceField(label=_("Attendance"), choices=choices)),
        r"(everyone)": ("", tick_field(EVERYONE)),
    }

    def add_rows(self):
        self.invitees = self._people_to_mark() if self.meeting.has_begun else []
        for invitee in self.invitees:
            self.show(self._name(invitee), self._field(invitee), self._stands(invitee))
        self.add("everyone", tick_field(EVERYONE))

    def _people_to_mark(self):
        invitees = self.meeting.event.invitees.select_related("person")
        return list(
            invitees.filter(Q(until=None) | ~Q(attendance="")).order_by("-role", "person__name")
        )

    @staticmethod
    def _name(invitee):
        return f"came-{invitee.pk}"

    def _field(self, invitee):
        person = str(invitee.person)
        return forms.ChoiceField(
            label=person, choices=self.choices, required=False, widget=NamedRadios(person)
        )

    @staticmethod
    def _stands(invitee):
        said_no = invitee.answer == Invitee.Answer.NO
        return invitee.attendance or (Invitee.Attendance.EXCUSED if said_no else "")

    def by_person(self):
        return [(invitee, self.form[self._name(invitee)]) for invitee in self.invitees]

    def save(self, *, by):
        stands = dict(self.meeting.event.invitees.values_list("pk", "attendance"))
        for invitee in self.invitees:
            name = self._name(invitee)
            marked, nobody_marked_her = self.typed(name), not stands[invitee.pk]
            if not marked and self.typed("everyone") and nobody_marked_her:
                invitee.mark(Invitee.Attendance.PRESENT)
            elif marked and (nobody_marked_her or self.changed(name)):
                invitee.mark(marked)
