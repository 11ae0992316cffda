"""The section with what the call asks beyond its own fields, see ``models.question``."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from applications.forms.section import AnswerField, SectionForm
from applications.models import Answer, Question

LINE_CHARACTERS = 200
FILE_NAME_CHARACTERS = 255
FILES = ".pdf,.docx,.png,.jpg,.jpeg"
Kind = Question.Kind


class QuestionsForm(SectionForm):
    """A question whose condition is not met is neither required nor kept, whatever was typed.

    An answer that stays has no condition any more: it stays whatever becomes of the answer it
    depended on.
    """

    rows = ("answers", "cohort__questions__options")
    NAMES = {
        r"question_([\w-]+)": ("", forms.CharField(label=gettext_lazy("A question of the call")))
    }

    def __init__(self, data=None, files=None, *, application, **kwargs):
        super().__init__(data, files, application=application, **kwargs)
        moment = clock.now()
        self.given_at = {each.question_id: each.given_at for each in application.answers.all()}
        self.questions = []
        self.staying = set()
        for each in asked_in(application.cohort):
            before = {None, *(question.pk for question in self.questions)}
            if self._is_answered(each) and self._is_settled(each, moment):
                self.staying.add(each)
                self.questions.append(each)
            elif each.asked_if_id in before and self._is_on_page(each, moment):
                self.questions.append(each)
        self.fields |= _fields(self.questions, unconditional=self.staying)
        self.settled = [each for each in self.questions if self._is_settled(each, moment)]
        for question in self.questions:
            field = self.fields[question.field_name]
            field.needed = question.has_to_be_answered(application.submitted_at)
        for question in self.settled:
            field = self.fields[question.field_name]
            field.disabled = True
            field.help_text = _too_late(question, self.given_at.get(question.pk))

    def _is_answered(self, question) -> bool:
        return bool(self.initial.get(question.field_name))

    def _is_settled(self, question, moment) -> bool:
        return question.is_settled(moment, given_at=self.given_at.get(question.pk))

    def _is_on_page(self, question, moment) -> bool:
        """What nobody may answer any more is gone; but what is typed nevertheless is told of."""
        return not self._is_settled(question, moment) or bool(self._typed(question))

    def _is_asked(self, question, given) -> bool:
        return question in self.staying or question.is_asked_of(given)

    def _typed(self, question):
        field, name = _field(question, None), self.add_prefix(question.field_name)
        return field.widget.value_from_datadict(self.data, self.files, name)

    def _is_late(self, question) -> bool:
        """Whether another answer came than the one that stays."""
        typed, kept = self._typed(question), self.initial.get(question.field_name)
        return bool(typed) and _plain(typed) != _plain(kept)

    @classmethod
    def asked(cls, cohort):
        moment = clock.now()
        return _fields(
            [each for each in asked_in(cohort) if not each.is_settled(moment, given_at=None)]
        )

    @classmethod
    def is_asked(cls, application):
        questions = asked_in(application.cohort)
        if not any(question.due_at for question in questions):
            return bool(questions)
        return bool(cls(application=application).questions)

    @classmethod
    def stored(cls, application):
        answers = {answer.question_id: _value(answer) for answer in application.answers.all()}
        return {
            question.field_name: answers[question.pk]
            for question in asked_in(application.cohort)
            if question.pk in answers
        }

    @classmethod
    def store_rows(cls, application, answers):
        given = {
            question: answers[question.field_name]
            for question in asked_in(application.cohort)
            if question.field_name in answers
        }
        gone = [question for question, value in given.items() if not value]
        application.answers.filter(question__in=gone).delete()
        Answer.objects.bulk_create(
            [
                _answer(application, question, value)
                for question, value in given.items()
                if value and not isinstance(value, HandedIn)
            ],
            update_conflicts=True,
            unique_fields=["application", "question"],
            update_fields=["value", "file"],
        )

    def clean(self):
        super().clean()
        given = {}
        for question in self.questions:
            name = question.field_name
            if not self._is_asked(question, given):
                self.errors.pop(name, None)
                self.wrong.pop(name, None)
                self.cleaned_data[name] = ""
                continue
            if question in self.settled:
                self._keep_settled(question, given)
                continue
            given[question.pk] = value = self.cleaned_data.get(name)
            if self.fields[name].needed and not value and name not in self.errors:
                self.add_error(
                    name, ValidationError(_MISSING.get(question.kind, _CHOOSE), code="required")
                )
        return self.cleaned_data

    def _keep_settled(self, question, given) -> None:
        """What she answered in time stays, complete or not: nobody is held to change it now."""
        name = question.field_name
        self.errors.pop(name, None)
        self.wrong.pop(name, None)
        given[question.pk] = self.cleaned_data[name] = self.initial.get(name)
        if self._is_late(question):
            typed = self._typed(question)
            told = typed.name if hasattr(typed, "name") else question.told(typed)
            words = _("This came too late, so it is not kept: “%(typed)s”")
            self.add_error(name, ValidationError(words % {"typed": told}, code="late"))

    def shown(self):
        """The fields whose condition is met by what is kept, and those whose answer stays."""
        given = {}
        for question in self.questions:
            if self._is_asked(question, given):
                given[question.pk] = self.initial.get(question.field_name)
                yield self[question.field_name]


class HandedIn(str):
    """The name of a file that is kept already, and the address where it is read."""

    url = ""

    @property
    def name(self) -> str:
        return str(self)


def _value(answer):
    if not answer.file:
        return answer.value
    value = HandedIn(answer.value)
    value.url = answer.file_url
    return value


def _answer(application, question, value) -> Answer:
    if question.kind != Kind.FILE:
        return Answer(application=application, question=question, value=value)
    answer = Answer(application=application, question=question, value=value.name)
    answer.file.save(value.name, value, save=False)
    return answer


class UploadField(forms.FileField):
    """A file, taken as ``uploads.cleaned`` makes it anew."""

    def clean(self, data, initial=None):
        given = super().clean(data, initial)
        if not given or isinstance(given, HandedIn):
            return given
        # The libraries of images and PDF: nobody but who hands in a file needs them.
        from applications import uploads

        return uploads.cleaned(given)


def asked_in(cohort) -> list[Question]:
    """Return what ``cohort`` asks now, in order; from rows at hand where they were fetched."""
    return [question for question in cohort.questions.all() if question.is_asked]


def _fields(questions, *, unconditional=()) -> dict[str, forms.Field]:
    by_key = {question.pk: question for question in questions}
    return {
        each.field_name: _field(
            each, None if each in unconditional else by_key.get(each.asked_if_id)
        )
        for each in questions
    }


def _field(question: Question, after: Question | None) -> forms.Field:
    """Return the field that asks ``question``; whether it must be answered its form decides.

    ``after`` is the question whose answer it depends on.
    """
    hints = [
        after and format_html('<span class="only-if">{}</span>', _only_after(question, after)),
        question.help,
        question.kind == Kind.FILE and _("PDF, DOCX, PNG or JPEG, up to 5 MB."),
        question.due_at and _("Asked until %(moment)s.") % _moment(question.due_at),
        question.freezes_at and clock.now() < question.freezes_at and _stays(question.freezes_at),
        question.keep_until and _deleted_after(question),
    ]
    help_text = format_html_join(" ", "{}", ((hint,) for hint in hints if hint))
    asks = {"label": question.text, "help_text": help_text, "required": False}
    match question.kind:
        case Kind.TEXT:
            field = AnswerField(words=question.words_max, **asks)
        case Kind.FILE:
            field = UploadField(max_length=FILE_NAME_CHARACTERS, **asks)
            field.widget.attrs["accept"] = FILES
        case Kind.LINE:
            field = forms.CharField(max_length=LINE_CHARACTERS, **asks)
        case Kind.SEVERAL:
            field = forms.MultipleChoiceField(
                choices=question.choices, widget=forms.CheckboxSelectMultiple, **asks
            )
        case _:
            widget = forms.RadioSelect(attrs=_INLINE if question.kind == Kind.SCALE else None)
            field = forms.ChoiceField(choices=question.choices, widget=widget, **asks)
    field.needed = question.is_required
    if after:
        field.widget.attrs |= {
            "data-asked-if": after.field_name,
            "data-asked-value": question.asked_if_value,
        }
    return field


_INLINE = {"class": "inline-choices"}


def _only_after(question: Question, after: Question) -> str:
    """Tell, where no script hides it, when the question is meant for her."""
    return _("Only if you answered “%(answer)s” to “%(question)s”.") % {
        "answer": after.told(question.asked_if_value),
        "question": after.text,
    }


def _too_late(question: Question, given_at) -> str:
    """Tell that nothing can be typed any more, and since when."""
    moment = _moment(question.settled_at(given_at=given_at))
    if given_at:
        return _("Your answer could be changed until %(moment)s. It stays as it is.") % moment
    return _("This could be answered until %(moment)s. It is not asked any more.") % moment


def _stays(moment) -> str:
    return _("What you answer here can be changed until %(moment)s.") % _moment(moment)


def _moment(moment) -> dict:
    return {"moment": clock.spoken(moment)}


def _plain(value) -> str | list[str]:
    """Return an answer so that two equal ones are equal, however a browser sends them."""
    if isinstance(value, list):
        return sorted(value)
    return str(value or "").replace("\r\n", "\n").strip()


def _deleted_after(question: Question) -> str:
    day = clock.spoken_day(question.keep_until)
    return _("We delete this answer after %(day)s.") % {"day": day}


# What is said beside a question without its answer; the summary above names the question.
_MISSING = {
    Kind.LINE: gettext_lazy("Write an answer."),
    Kind.TEXT: gettext_lazy("Write an answer."),
    Kind.SEVERAL: gettext_lazy("Tick at least one answer."),
    Kind.FILE: gettext_lazy("Choose a file."),
}
_CHOOSE = gettext_lazy("Choose an answer.")
