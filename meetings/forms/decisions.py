from django.db.models import ProtectedError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from meetings.forms.part import Part, line_field, tick_field
from meetings.models import Decision

NEW_ROWS = 3


class Decisions(Part):
    """What the group decided, each with whether it may be shared."""

    NAMES = {
        r"decision-(\d+|new-\d+)": (_("Decision"), _("Text")),
        r"decision-(\d+|new-\d+)-shared": (_("Decision"), tick_field(_("May be shared"))),
    }

    def add_rows(self):
        self.decisions = [*self.meeting.decisions.all()]
        here = {decision.pk for decision in self.decisions}
        self.decisions += [self._removed(key) for key in self.shown_before("decision") - here]
        for decision in self.decisions:
            name = f"decision-{decision.pk}"
            self.show(name, self._text(), decision.text)
            self.show(f"{name}-shared", self._shared(), decision.may_be_shared)
        for row in range(NEW_ROWS):
            self.add(f"decision-new-{row}", self._text())
            self.add(f"decision-new-{row}-shared", self._shared())

    def _removed(self, key):
        """A decision that somebody else took out while this person had it on her screen."""
        return Decision(
            pk=key,
            text=self.was(f"decision-{key}"),
            may_be_shared=self.was(f"decision-{key}-shared"),
        )

    @staticmethod
    def _text():
        return line_field(_("Decision"), max_length=1_000)

    @staticmethod
    def _shared():
        return tick_field(_("May be shared"))

    def text_and_shared(self):
        keys = [*(decision.pk for decision in self.decisions)]
        keys += [f"new-{row}" for row in range(NEW_ROWS)]
        return [self.rows(f"decision-{key}", f"decision-{key}-shared") for key in keys]

    def save(self, *, by):
        shown = [f"decision-{decision.pk}" for decision in self.decisions]
        typed = [f"decision-new-{row}" for row in range(NEW_ROWS)]
        names = [name for name, decision in zip(shown, self.decisions, strict=True)
                 if not self._is_kept(decision, name)]  # fmt: skip
        names += [name for name in typed if self.typed(name)]
        new = [(self.typed(name), self.typed(f"{name}-shared")) for name in names]
        facts = ["text", "may_be_shared"]
        for text, shared in self.once("decision", self.meeting.decisions, facts, new):
            self.meeting.decisions.create(text=text, may_be_shared=shared)

    def _is_kept(self, decision, name) -> bool:
        """Write what changed of ``decision``; not its words, where somebody else changed or
        removed it meanwhile: then both wordings stay in the list.
        """
        this = self.meeting.decisions.filter(pk=decision.pk)
        if self.changed(f"{name}-shared"):
            this.update(may_be_shared=self.typed(f"{name}-shared"))
        if not self.changed(name):
            return True
        typed = self.typed(name)
        if not typed:
            self._remove(this)
            return True
        return bool(this.filter(text__in=[self.was(name), typed]).update(text=typed))

    @staticmethod
    def _remove(this):
        try:
            this.delete()
        except ProtectedError as error:
            raise InvalidTransition(
                _now("An outcome rests on a decision that you removed. Put its words back.")
            ) from error
