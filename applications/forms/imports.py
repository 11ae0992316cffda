"""Which file is imported, which of its columns is which answer, and what its words mean."""

from hashlib import sha256

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import NO_CHOICE
from accounts.alike import bare
from accounts.phrases import labelled
from accounts.unasked import AsksOnly
from applications.importing.mapping import EMAIL, TARGETS, choices_for
from applications.importing.reading import BYTES_MAX
from applications.models import Import

LEAVE_OUT, LEAVE_EMPTY = "", "-"
WORDS_SHOWN = 60
EXAMPLE = 80  # characters


class FileForm(AsksOnly, forms.Form):
    model = Import

    cohort = forms.ModelChoiceField(
        label=gettext_lazy("Cohort"),
        queryset=None,
        empty_label=NO_CHOICE,
        error_messages={"required": gettext_lazy("Choose the cohort that they applied to.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File of answers"),
        help_text=gettext_lazy(
            "CSV or XLSX, up to 5 MB and 5,000 rows; the first row holds the questions. In Google "
            "Forms: Responses, then Download responses (.csv)."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, *args, cohorts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts

    @property
    def content(self) -> bytes:
        """What is in the file, as far as anybody reads it."""
        return self.cleaned_data["file"].read(BYTES_MAX + 1)


class ColumnsForm(AsksOnly, forms.Form):
    """One select for each column, named by its header; below it what stands in its first row."""

    model = Import
    hides_optional = True
    ORDERS = {"": None, "day": True, "month": False}

    order = forms.ChoiceField(
        label=gettext_lazy("How dates are written"),
        choices=[
            ("", gettext_lazy("As the file itself shows")),
            ("day", gettext_lazy("Day first: 31/12/2026")),
            ("month", gettext_lazy("Month first: 12/31/2026")),
        ],
        required=False,
        help_text=gettext_lazy("It matters where a date could be two days, such as 03/04/2026."),
    )

    def __init__(self, data=None, *, file):
        answers = {place: answer for answer, place in file.columns.items()}
        order = {each: name for name, each in self.ORDERS.items()}[file.is_day_first]
        super().__init__(data, initial={"order": order})
        choices = [("", _("Not imported")), *choices_for(file.cohort)]
        columns = {}
        for place, header in enumerate(file.headers):
            columns[f"column_{place}"] = forms.ChoiceField(
                label=header or _("Column %(number)s") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=answers.get(place, ""),
                help_text=_example(file, place),
            )
        self.fields = columns | self.fields

    def clean(self):
        facts, seen = super().clean(), set()
        for name in [name for name in self.fields if name != "order"]:
            answer = facts.get(name)
            if answer and answer in seen:
                self.add_error(name, _("Another column is this answer already."))
            seen.add(answer)
        if EMAIL not in seen and not self.errors:
            self.add_error(None, _("Say which column holds the email address."))
        return facts

    @property
    def columns(self) -> dict[str, int]:
        """The place of the column of each answer."""
        return {
            self.cleaned_data[name]: int(name.removeprefix("column_"))
            for name in self.fields
            if name != "order" and self.cleaned_data[name]
        }

    @property
    def is_day_first(self) -> bool | None:
        return self.ORDERS[self.cleaned_data["order"]]


def _example(file, place) -> str:
    for _number, cells in file.rows:
        if place < len(cells) and cells[place]:
            return labelled(_("For example"), Truncator(cells[place]).chars(EXAMPLE))
    return _("Nothing stands in this column.")


class MeaningsForm(AsksOnly, forms.Form):
    """What the words of the file mean that are none of ours, each a select of ours."""

    model = Import
    hides_optional = True

    def __init__(self, data=None, *, file, checked, choices):
        super().__init__(data)
        asked = {question.field_name: question.text for question in file.cohort.questions.all()}
        self.words = {}
        for answer, words in checked.unknown.items():
            label = asked.get(answer) or str(TARGETS[answer].label)
            for word in words[: WORDS_SHOWN - len(self.words)]:
                name = f"word_{answer}_{sha256(bare(word).encode()).hexdigest()[:12]}"
                self.words[name] = answer, bare(word)
                self.fields[name] = forms.ChoiceField(
                    label=_("“%(word)s” in “%(answer)s”")
                    % {"word": Truncator(word).chars(EXAMPLE), "answer": label},
                    choices=[
                        (LEAVE_OUT, _("Leave such rows out")),
                        (LEAVE_EMPTY, _("Import them without this answer")),
                        *choices[answer].options,
                    ],
                    required=False,
                )

    @property
    def meanings(self) -> dict[str, dict[str, str]]:
        """What each word means that something was said of; "" for no answer."""
        found = {}
        for name, (answer, word) in self.words.items():
            if key := self.cleaned_data.get(name):
                found.setdefault(answer, {})[word] = "" if key == LEAVE_EMPTY else key
        return found
