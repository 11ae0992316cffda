"""What a call asks beyond its own fields: written here, one question at a time."""

from django import forms
from django.contrib import admin
from django.db.models import Max
from django.forms.models import BaseInlineFormSet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, RecordForm, TabularInline
from accounts.choices import is_key
from applications import budget, gathered
from applications.admin.gathered import GathersAnswers, answers_url
from applications.models import Option, Question
from cops.models import Cohort

ALWAYS = gettext_lazy("Always")


class QuestionForm(RecordForm):
    """A question; when it is asked is one choice among the answers to those before it."""

    condition = forms.ChoiceField(
        label=gettext_lazy("When it is asked"),
        required=False,
        help_text=gettext_lazy("Always, or only after an answer to a question before this one."),
    )

    class Meta:
        labels = {"key": gettext_lazy("Short name"), "position": gettext_lazy("Order on the page")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        question = self.instance
        self.conditions = dict(self._conditions())
        words = [(key, label) for key, (_other, _value, label) in self.conditions.items()]
        self.fields["condition"].choices = [("", ALWAYS), *words]
        if question.asked_if_id:
            self.initial["condition"] = f"{question.asked_if_id}:{question.asked_if_value}"

    def _conditions(self):
        """What this may be asked after: each answer to each question of the call that decides."""
        others = Question.objects.filter(kind__in=Question.DECIDING).with_options()
        for other in others.filter(cohort=self._cohort).exclude(pk=self.instance.pk):
            for value, words in other.choices:
                label = _("After “%(answer)s” to “%(question)s”") % {
                    "answer": words,
                    "question": other.text,
                }
                yield f"{other.pk}:{value}", (other, value, label)

    @property
    def _cohort(self):
        if self.instance.cohort_id:
            return self.instance.cohort_id
        named = self.data.get("cohort") or self.initial.get("cohort")
        return int(named) if is_key(named) else None

    def clean(self):
        facts = super().clean() or self.cleaned_data
        before, value, _label = self.conditions.get(facts.get("condition"), (None, "", ""))
        self.instance.asked_if, self.instance.asked_if_value = before, value
        self._check_place(facts)
        return facts

    def clean_key(self):
        key = self.cleaned_data["key"]
        if key in gathered.TAKEN:
            raise forms.ValidationError(_("Every call has an answer of this name: choose another."))
        return key

    def _check_place(self, facts) -> None:
        """A question comes after the one it depends on, and before those that depend on it."""
        question, place = self.instance, facts.get("position")
        if place is None:
            return
        before = question.asked_if
        if before and (before.position, before.pk) >= (place, question.pk or float("inf")):
            words = _("It depends on “%(question)s”, so it has to come after it.")
            self.add_error("position", words % {"question": before.text})
        if question.pk and question.depending.filter(position__lte=place).exists():
            self.add_error("position", _("Another question depends on this one and comes earlier."))


class OptionFormSet(BaseInlineFormSet):
    def clean(self):
        super().clean()
        rows = [form for form in self.forms if form not in self.deleted_forms]
        filled = [row for row in rows if getattr(row, "cleaned_data", {}).get("label_en")]
        if self.instance.kind in Question.OF_A_LIST and len(filled) < 2:
            raise forms.ValidationError(_("Write at least two answers to choose from."))
        if self.instance.kind not in Question.OF_A_LIST and filled:
            raise forms.ValidationError(_("Only a list has answers to choose from."))
        for row in self.deleted_forms:
            if row.instance.pk and row.instance.is_chosen:
                words = _("“%(option)s” has been chosen already. It has to stay.")
                raise forms.ValidationError(words % {"option": row.instance})

    def save_new(self, form, commit=True):
        form.instance.key = self._free_key(form.cleaned_data["label_en"])
        return super().save_new(form, commit=commit)

    def _free_key(self, label) -> str:
        taken = {form.instance.key for form in self.forms}
        stem = slugify(label)[:36] or "answer"
        numbers = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
        return next(key for key in numbers if key not in taken)


class OptionInline(TabularInline):
    model = Option
    formset = OptionFormSet
    fields = ["position", "label_en", "label_fr"]
    verbose_name_plural = gettext_lazy("answers to choose, for a list")


@admin.register(Question)
class QuestionAdmin(GathersAnswers, ModelAdmin):
    desk = ("call", 5)
    form = QuestionForm
    change_list_template = "applications/admin_form.html"
    change_form_template = "applications/admin_form_question.html"
    list_display = ["position", "asks", "kind", "when", "reader", "is_asked", "cohort"]
    list_display_links = ["asks"]
    list_filter = ["cohort", "is_asked", "reader"]
    list_select_related = ["cohort", "asked_if"]
    search_fields = ["key", "text_en", "text_fr"]
    search_help_text = gettext_lazy("A word of the question")
    empty_words = gettext_lazy(
        "Every call asks for name, work, experience, ideas and times. Add what only yours asks."
    )
    inlines = [OptionInline]
    fieldsets = [
        (None, {"fields": ["cohort", ("text_en", "text_fr"), ("help_en", "help_fr")]}),
        (
            gettext_lazy("How it is answered"),
            {"fields": ["kind", "words_max", "is_required", "condition", "position", "is_asked"]},
        ),
        (
            gettext_lazy("Who reads it, and for how long"),
            {"fields": ["reader", "is_identifying", "keep_until", "key"]},
        ),
    ]
    prepopulated_fields = {"key": ["text_en"]}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("options", "asked_if__options")

    def get_readonly_fields(self, request, question=None):
        """What was answered stays readable: under its name, in its kind, in its call."""
        fixed = ["cohort"] if question else []
        if question and question.answers.exists():
            fixed += ["kind", "key"]
        return fixed

    def get_prepopulated_fields(self, request, question=None):
        return {} if question else self.prepopulated_fields

    def get_changeform_initial_data(self, request):
        given = super().get_changeform_initial_data(request)
        cohort = _cohort_of(given.get("cohort"))
        if cohort is None:
            return given
        last = cohort.questions.aggregate(last=Max("position"))["last"]
        return {"cohort": cohort.pk, "position": (last or 0) + 1, **given}

    def has_delete_permission(self, request, question=None):
        may = super().has_delete_permission(request, question)
        return may and not (question and question.answers.exists())

    def changelist_view(self, request, extra_context=None):
        cohort = _cohort_of(request.GET.get("cohort__id__exact"))
        return super().changelist_view(request, {**_about(cohort), **(extra_context or {})})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        initial = context["adminform"].form.initial
        context |= _about(obj.cohort if obj else _cohort_of(initial.get("cohort")))
        if obj:
            context["answers_url"] = answers_url(obj.cohort, obj.key)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=gettext_lazy("what is asked"), ordering="text_en")
    def asks(self, question):
        return question.text

    @admin.display(description=gettext_lazy("when it is asked"))
    def when(self, question):
        if not question.asked_if:
            return ALWAYS
        return _("After “%(answer)s” to “%(question)s”") % {
            "answer": question.asked_if.told(question.asked_if_value),
            "question": question.asked_if.text,
        }


def _about(cohort) -> dict:
    """Return what the pages of the questions say of their call."""
    if cohort is None:
        return {"cohort": None}
    return {"cohort": cohort, "budget": budget.of(cohort), "answers_url": answers_url(cohort)}


def _cohort_of(key):
    """Return the call that is named, or the one that is written now: the newest."""
    cohorts = Cohort.objects.order_by("-opens_at")
    return cohorts.filter(pk=key).first() if key and is_key(key) else cohorts.first()
