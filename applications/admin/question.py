"""What a call asks beyond its own fields: written here, one question at a time."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, RecordForm, TabularInline, verb
from accounts.bilingual import LANGUAGES
from accounts.choices import is_key
from applications import budget, gathered, live
from applications.admin.gathered import GathersAnswers, answers_url
from applications.models import Option, Question
from applications.models.question import hold_order, hold_order_around
from cops.models import Cohort

ALWAYS = gettext_lazy("Always")


class QuestionForm(RecordForm):
    """A question; when it is asked is one choice among the answers to those before it.

    A new one has none to choose from until its call is known, see ``QuestionAdmin.get_form``.
    """

    names_call = True

    condition = forms.ChoiceField(
        label=gettext_lazy("When it is asked"),
        required=False,
        help_text=gettext_lazy("Always, or only after an answer to a question before this one."),
        error_messages={
            "invalid_choice": gettext_lazy(
                "That is no answer to a question before this one in this call. Choose again."
            )
        },
    )

    goes_live = forms.BooleanField(
        label=gettext_lazy("Yes, applicants see it like this from now on"), required=False
    )

    class Meta:
        labels = {"key": gettext_lazy("Short name")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        question = self.instance
        self.conditions = dict(self._conditions())
        words = [(key, label) for key, (_other, _value, label) in self.conditions.items()]
        self.fields["condition"].choices = [("", ALWAYS), *words]
        if not self._cohort:
            self.fields["condition"].help_text = _(
                "Save it first, then choose after which answer it is asked."
            )
        self.was_required = bool(question.pk) and question.is_asked and question.is_required
        self.asks_first, self.live = False, None
        if question.asked_if_id:
            self.initial["condition"] = f"{question.asked_if_id}:{question.asked_if_value}"

    @property
    def changed_data(self):
        """What changed of the question: that it goes live is said, and changes nothing of it."""
        return [name for name in super().changed_data if name != "goes_live"]

    def _conditions(self):
        """What this may be asked after: each answer to each question before it that decides.

        A new one comes last. So nothing ever depends on itself, by whichever way round.
        """
        others = Question.objects.filter(kind__in=Question.DECIDING, cohort=self._cohort)
        if place := self.instance.pk and self.instance.position:
            before = Q(position__lt=place) | Q(position=place, pk__lt=self.instance.pk)
            others = others.filter(before)
        for other in others.with_options():
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
        chosen = self.initial.get("cohort") if self.names_call else None
        named = self.data.get("cohort") or chosen
        return int(named) if is_key(named) else None

    def clean(self):
        facts = super().clean() or self.cleaned_data
        before, value, _label = self.conditions.get(facts.get("condition"), (None, "", ""))
        self.instance.asked_if, self.instance.asked_if_value = before, value
        self._check_times(facts)
        self._check_live(facts)
        return facts

    def _check_times(self, facts) -> None:
        cohort = self.instance.cohort if self.instance.pk else facts.get("cohort")
        for name in ("due_at", "freezes_at"):
            moment = facts.get(name)
            if cohort and moment and moment > cohort.closes_at:
                self.add_error(name, _("The call closes before that."))

    def _check_live(self, facts) -> None:
        """What an open call asks is in both languages, and goes live by an act of its own."""
        cohort = self.instance.cohort if self.instance.pk else facts.get("cohort")
        self.live = live.Change(self.instance, cohort, is_asked=bool(facts.get("is_asked")))
        if not self.live.is_seen or not self.has_changed():
            return
        for name in Question.BILINGUAL if facts.get("is_asked") else ():
            written = [bool(facts.get(f"{name}_{language}")) for language in LANGUAGES]
            if any(written) and not all(written):
                lacking = LANGUAGES[written.index(False)]
                self.add_error(f"{name}_{lacking}", live.BOTH_LANGUAGES)
        if not self.errors and not facts.get("goes_live"):
            self.asks_first = True
            self.add_error(None, live.LOOK_FIRST)

    def clean_kind(self):
        """Keep what another question is asked after: a list may take several answers or one."""
        kind, was = self.cleaned_data["kind"], self.initial.get("kind")
        is_alike = kind == was or {kind, was} <= {*Question.OF_A_LIST}
        if self.instance.pk and not is_alike and self.instance.depending.exists():
            raise forms.ValidationError(
                _("Another question is asked only after an answer to this one: its kind stays.")
            )
        return kind

    def clean_key(self):
        key = self.cleaned_data["key"]
        if key in gathered.TAKEN:
            raise forms.ValidationError(_("Every call has an answer of this name: choose another."))
        return key


class OptionForm(RecordForm):
    """A row without words is no answer, whichever number stands in it."""

    def has_changed(self):
        return bool({*self.changed_data} - ({"position"} if self.instance.pk is None else set()))


class OptionFormSet(BaseInlineFormSet):
    asks_first = False

    def get_form_kwargs(self, index):
        """A new row comes after those that are there."""
        place = self.initial_form_count() if index is None else index
        return {**super().get_form_kwargs(index), "initial": {"position": place + 1}}

    def clean(self):
        super().clean()
        self._check_rows()
        self._check_live()

    def _check_rows(self):
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

    def _check_live(self):
        """Other answers to choose are another question, see ``QuestionForm._check_live``."""
        question = self.instance
        if not (question.cohort_id and self.has_changed()):
            return
        if not live.Change(question, question.cohort, is_asked=question.is_asked).is_seen:
            return
        for row in self.forms:
            facts = getattr(row, "cleaned_data", {})
            if facts.get("label_en") and not facts.get("label_fr"):
                row.add_error("label_fr", live.BOTH_LANGUAGES)
        if not any(self.errors) and not self.data.get("goes_live"):
            self.asks_first = True
            raise forms.ValidationError(live.LOOK_FIRST)

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
    form = OptionForm
    formset = OptionFormSet
    fields = ["position", "label_en", "label_fr"]
    verbose_name_plural = gettext_lazy("answers to choose, for a list")

    def get_extra(self, request, obj=None, **kwargs):
        """Empty rows, so that a list is written without a script too."""
        return 2 if obj is None or obj.kind in Question.OF_A_LIST else 0


@admin.register(Question)
class QuestionAdmin(GathersAnswers, ModelAdmin):
    desk = ("call", 5)
    form = QuestionForm
    change_list_template = "applications/admin_form.html"
    change_form_template = "applications/admin_form_question.html"
    list_display = ["place", "asks", "kind", "when", "reader", "is_asked", "cohort"]
    list_display_links = ["asks"]
    list_filter = ["cohort", "is_asked", "reader"]
    list_select_related = ["cohort", "asked_if"]
    ordering = ["cohort", "position", "pk"]
    search_fields = ["key", "text_en", "text_fr"]
    search_help_text = gettext_lazy("A word of the question")
    empty_words = gettext_lazy(
        "Every call asks for name, work, experience, ideas and times. Add what only yours asks."
    )
    inlines = [OptionInline]
    verbs = ["move_up", "move_down"]
    fieldsets = [
        (None, {"fields": ["cohort", ("text_en", "text_fr"), ("help_en", "help_fr")]}),
        (
            gettext_lazy("How it is answered"),
            {"fields": ["kind", "words_max", "is_required", "condition", "is_asked"]},
        ),
        (gettext_lazy("Until when"), {"fields": ["due_at", "freezes_at"]}),
        (
            gettext_lazy("Who reads it, and for how long"),
            {"fields": ["reader", "is_identifying", "keep_until", "key"]},
        ),
    ]
    prepopulated_fields = {"key": ["text_en"]}

    def get_queryset(self, request):
        found = super().get_queryset(request).prefetch_related("options", "asked_if__options")
        return found.with_place()

    @verb(
        gettext_lazy("Move up"),
        when=lambda question: not question.is_first,
        done=gettext_lazy("It stands one place further up."),
    )
    def move_up(self, request, question):
        question.move(-1)

    @verb(
        gettext_lazy("Move down"),
        when=lambda question: not question.is_last,
        done=gettext_lazy("It stands one place further down."),
    )
    def move_down(self, request, question):
        question.move(1)

    def lock(self, record_id):
        """Hold the order of its call: what it may depend on stays before it until it is saved."""
        if is_key(record_id):
            hold_order_around(record_id)

    def lock_for_new(self, request):
        """Hold the order of the call it is for: what it is asked after is still there then."""
        if is_key(cohort := request.POST.get("cohort")):
            hold_order([cohort])

    def delete_view(self, request, object_id, extra_context=None):
        with transaction.atomic():
            if request.method == "POST":
                self.lock(unquote(object_id))
            return super().delete_view(request, object_id, extra_context)

    def save_model(self, request, question, form, change):
        if not change:
            question.come_last()
        if question.is_asked and question.is_required and not form.was_required:
            question.required_since = timezone.now()
        super().save_model(request, question, form, change)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Where no address names the call of a new question, the one shown is only a proposal."""
        form = super().get_form(request, obj, change, **kwargs)
        form.names_call = bool(obj or request.GET.get("cohort"))
        return form

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
        return {"cohort": cohort.pk, **given}

    def has_delete_permission(self, request, question=None):
        may = super().has_delete_permission(request, question)
        return may and not (question and question.answers.exists())

    def changelist_view(self, request, extra_context=None):
        cohort = _cohort_of(request.GET.get("cohort__id__exact"))
        return super().changelist_view(request, {**_about(cohort), **(extra_context or {})})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        initial = context["adminform"].form.initial
        context |= _about(obj.cohort if obj else _cohort_of(initial.get("cohort")))
        rows = [each.formset for each in context["inline_admin_formsets"]]
        if any(getattr(each, "asks_first", False) for each in [context["adminform"].form, *rows]):
            context["live"] = context["adminform"].form.live
        if obj:
            context["answers_url"] = answers_url(obj.cohort, gathered.column_of(obj))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=gettext_lazy("order on the page"), ordering="position")
    def place(self, question):
        """The buttons send the form that the list stands in: they need no script."""
        back = reverse("admin:applications_question_changelist")
        query = urlencode({"next": f"{back}?cohort__id__exact={question.cohort_id}"})
        buttons = [
            (f"{self.verb_url(question, name)}?{query}", sign, f"{label}: {question}")
            for name, sign, label, is_end in (
                ("move_up", "↑", self.move_up.label, question.is_first),
                ("move_down", "↓", self.move_down.label, question.is_last),
            )
            if not is_end
        ]
        row = '<button class="button move" formaction="{}" aria-label="{}">{}</button>'
        return format_html(
            '<span class="moves">{}</span>',
            format_html_join("", row, ((url, label, sign) for url, sign, label in buttons)),
        )

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
