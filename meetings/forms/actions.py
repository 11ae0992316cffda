from contextlib import suppress
from datetime import timedelta

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.lifecycle import InvalidTransition
from meetings import services
from meetings.forms.part import Part, line_field, person_field, tick_field
from meetings.forms.schedule import day_field
from meetings.models import ActionItem

NEW_ROWS = 3
MONTH = timedelta(days=31)


class Actions(Part):
    """What people promised: what is done, what somebody takes over, what is new."""

    NAMES = {
        r"action-(\d+)": (_("Open action"), tick_field(pgettext_lazy("mark an action", "Done"))),
        r"action-(\d+)-heir": (_("Open action"), person_field(_("Who takes it over"))),
        r"action-(new-\d+)-who": (_("Action"), person_field(_("Who"))),
        r"action-(new-\d+)-what": (_("Action"), _("What")),
        r"action-(new-\d+)-by": (_("Action"), _("By")),
    }

    def add_rows(self):
        meeting, following = self.meeting, self.form.following
        self.by_default = (
            following.event.local_on if following else meeting.event.local_on + timedelta(days=14)
        )
        self.open = list(
            ActionItem.objects.open()
            .in_community(meeting.community)
            .with_deadlines()
            .exclude(meeting__event__starts_at__gt=meeting.event.starts_at)
        )
        for action in self.open:
            label = _now("Done: %(item)s") % {"item": f"{action.text} ({action.owner})"}
            self.show(f"action-{action.pk}", tick_field(label), False)
            if action.owner not in self.form.people:
                self.add_person(f"action-{action.pk}-heir", _("Who takes it over"))
        for row in range(NEW_ROWS):
            name = f"action-new-{row}"
            self.add_person(f"{name}-who", _("Who"))
            self.add(f"{name}-what", line_field(_("What")))
            self.add(f"{name}-by", day_field(label=_("By"), required=False))

    def by_action(self):
        """Each open action with its tick box and, where its owner left, the choice of an heir."""
        return [
            (one, self.form[f"action-{one.pk}"], self.rows(f"action-{one.pk}-heir"))
            for one in self.open
        ]

    def who_what_by(self):
        """The row to fill in first."""
        return self._row(0)

    def further(self):
        return [self._row(row) for row in range(1, NEW_ROWS)]

    def further_are_used(self):
        return any(field.value() for row in self.further() for field in row)

    def _row(self, row):
        name = f"action-new-{row}"
        return self.rows(f"{name}-who", f"{name}-what", f"{name}-by")

    def clean(self):
        for row in range(NEW_ROWS):
            name = f"action-new-{row}"
            who, what, by = (self.typed(f"{name}-{part}") for part in ("who", "what", "by"))
            if what and not who:
                self.form.add_error(f"{name}-who", _("Choose who does it."))
            if who and not what:
                self.form.add_error(f"{name}-what", _("Say what is to be done."))
            if what and by and not -12 * MONTH < by - self.meeting.event.local_on < 24 * MONTH:
                self.form.add_error(f"{name}-by", _("Enter a day nearer to the meeting."))

    def save(self, *, by):
        for action in self.open:
            with suppress(InvalidTransition):  # somebody else ticked it: it is done all the same
                if self.changed(f"action-{action.pk}"):
                    action.finish(in_meeting=self.meeting)
                elif heir := self.typed(f"action-{action.pk}-heir"):
                    action.hand_over(heir)
        open_here = ActionItem.objects.open().filter(meeting=self.meeting)
        facts = ["owner", "text", "deadline__local_on"]
        people = {person.pk: person for person in self.form.people}
        for who, what, day in self.once("action", open_here, facts, self._new()):
            services.promise(self.meeting, people[who], what, day)

    def _new(self):
        names = (f"action-new-{row}" for row in range(NEW_ROWS))
        return [
            (self.typed(f"{name}-who").pk, what, self.typed(f"{name}-by") or self.by_default)
            for name in names
            if (what := self.typed(f"{name}-what"))
        ]
