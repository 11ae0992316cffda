from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from meetings.forms.part import Part, line_field, person_field, tick_field, words_field
from meetings.models import Decision, Trial

Status = Trial.Status


class Trials(Part):
    """Ideas being tried: a prediction before the start, a result at the end, new ideas.

    A trial stays on the screen of a person who has it open when somebody else
    starts or finishes it, with the fields she sees, so that no word is lost.
    """

    NAMES = {
        r"trial-(\d+|new)-title": (_("Trial"), _("Idea")),
        r"trial-(\d+|new)-lead": (_("Trial"), person_field(_("Who"))),
        r"trial-(\d+|new)-decision": (
            _("Trial"),
            forms.ModelChoiceField(None, label=_("Decided as")),
        ),
        r"trial-(\d+|new)-prediction": (_("Trial"), _("What we expect")),
        r"trial-(\d+|new)-measure": (_("Trial"), _("How we will know")),
        r"trial-(\d+|new)-start": (_("Trial"), tick_field(_("It starts now"))),
        r"trial-(\d+|new)-result": (_("Trial"), _("What happened")),
        r"trial-(\d+|new)-verdict": (
            _("Trial"),
            forms.ChoiceField(label=_("Verdict"), choices=Trial.Verdict.choices),
        ),
    }

    def add_rows(self):
        trials = self.meeting.community.trials.select_related("lead")
        not_over = ~Q(status=Status.FINISHED)
        self.trials = list(trials.filter(not_over | Q(pk__in=self.shown_before("trial"))))
        for trial in self.trials:
            if self._is_shown_as_planned(trial):
                self._add_prediction(trial)
            else:
                self._add_result(trial)
        self.add("trial-new-title", line_field(_("Idea"), max_length=200))
        self.add_person("trial-new-lead", _("Who"))
        decided = Decision.objects.filter(meeting__community=self.meeting.community)
        self.add(
            "trial-new-decision",
            forms.ModelChoiceField(
                decided.order_by("-pk"),
                label=_("Decided as"),
                required=False,
                empty_label=_("no decision yet"),
            ),
        )
        self.add("trial-new-prediction", words_field(_("What we expect")))
        self.add("trial-new-measure", line_field(_("How we will know")))

    def _is_shown_as_planned(self, trial) -> bool:
        if trial.pk in self.shown_before("trial"):
            return f"trial-{trial.pk}-start" in self.form.was
        return trial.status == Status.PLANNED

    def _add_prediction(self, trial):
        name = f"trial-{trial.pk}"
        self.show(f"{name}-prediction", words_field(_("What we expect")), trial.prediction)
        self.show(f"{name}-start", tick_field(_("It starts now")), False)

    def _add_result(self, trial):
        name = f"trial-{trial.pk}"
        self.show(f"{name}-result", words_field(_("What happened")), trial.result)
        verdict = forms.ChoiceField(
            label=_("Verdict"),
            choices=[("", _("not finished")), *Trial.Verdict.choices[1:]],
            required=False,
            widget=forms.RadioSelect({"class": "inline-choices"}),
        )
        self.show(f"{name}-verdict", verdict, "")

    def by_trial(self):
        return [(trial, self._fields_of(f"trial-{trial.pk}-")) for trial in self.trials]

    def new_fields(self):
        return self._fields_of("trial-new-")

    def new_has_errors(self):
        return any(field.errors for field in self.new_fields())

    def _fields_of(self, prefix):
        return [self.form[name] for name in self.form.fields if name.startswith(prefix)]

    def clean(self):
        if self.typed("trial-new-title") and not self.typed("trial-new-lead"):
            self.form.add_error("trial-new-lead", _("Choose who tries it."))
        for trial in self.trials:
            name = f"trial-{trial.pk}"
            if self._is_shown_as_planned(trial):
                self._clean_start(trial, name)
            else:
                self._clean_end(trial, name)

    def _clean_start(self, trial, name):
        if self._comes_too_late(trial, name):
            why = _(
                "Somebody else started this trial in the meantime, so its prediction is fixed. "
                "Take these words into the notes, then empty this field."
            )
            self.form.add_error(f"{name}-prediction", why)
        elif self._starts_now(trial, name) and not self.typed(f"{name}-prediction"):
            why = _("Write down what you expect before the trial starts.")
            self.form.add_error(f"{name}-prediction", why)

    def _clean_end(self, trial, name):
        verdict = self.typed(f"{name}-verdict")
        if verdict and trial.status == Status.FINISHED and verdict != trial.verdict:
            why = _("Somebody else finished this trial in the meantime: %(verdict)s.")
            self.form.add_error(f"{name}-verdict", why % {"verdict": trial.get_verdict_display()})
        elif verdict and not (self.typed(f"{name}-result") or trial.status == Status.FINISHED):
            self.form.add_error(f"{name}-result", _("Say in a sentence what happened."))

    def _starts_now(self, trial, name) -> bool:
        return self.changed(f"{name}-start") and trial.status == Status.PLANNED

    def _comes_too_late(self, trial, name) -> bool:
        """Whether a prediction was typed for a trial that runs by now with another one."""
        typed = self.typed(f"{name}-prediction")
        is_new = self.changed(f"{name}-prediction") and typed not in ("", trial.prediction)
        return is_new and trial.status != Status.PLANNED

    def save(self, *, by):
        for shown in self.trials:
            trial = self.meeting.community.trials.select_for_update().get(pk=shown.pk)
            name = f"trial-{trial.pk}"
            if self._is_shown_as_planned(shown):
                self._save_start(trial, name, by)
            else:
                self._save_end(trial, name, by)
        if self.typed("trial-new-title"):
            self._add()

    def _add(self):
        lead, decision = self.typed("trial-new-lead"), self.typed("trial-new-decision")
        # One that is taken out by the same save is gone: the trial then stands alone.
        stands = decision and Decision.objects.filter(pk=decision.pk).first()
        facts = {
            "title": self.typed("trial-new-title"),
            "lead_id": lead.pk,
            "decision_id": stands and stands.pk,
            "prediction": self.typed("trial-new-prediction"),
            "measure": self.typed("trial-new-measure"),
        }
        trials = self.meeting.community.trials
        for _row in self.once("trial", trials.unfinished(), [*facts], [tuple(facts.values())]):
            trials.create(organization=lead.organization, **facts)

    def _save_start(self, trial, name, by):
        if self._comes_too_late(trial, name):
            raise InvalidTransition(_now("Somebody else changed a trial just now. Save again."))
        if trial.status != Status.PLANNED:
            return
        self._write(trial, "prediction", f"{name}-prediction")
        if self._starts_now(trial, name):
            trial.start(by=by)

    def _save_end(self, trial, name, by):
        self._write(trial, "result", f"{name}-result")
        if self.changed(f"{name}-verdict") and trial.status == Status.RUNNING:
            trial.finish(self.typed(f"{name}-verdict"), result=trial.result, by=by)

    def _write(self, trial, part, name):
        """Keep what was typed; below what somebody else wrote there in the meantime."""
        if not self.changed(name):
            return
        stands, typed = getattr(trial, part), self.typed(name)
        if stands in ("", self.was(name), typed):
            setattr(trial, part, typed)
        elif not stands.endswith(f"\n\n{typed}"):  # else the same, sent again
            setattr(trial, part, f"{stands}\n\n{typed}".strip())
        trial.save(update_fields=[part])
