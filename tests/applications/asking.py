"""What the tests of the questions of a call type and send at the desk."""

from django.urls import reverse

from applications.models import Question

Kind = Question.Kind
ADD = "/admin/applications/question/add/"
BOXES = ("is_required", "is_asked", "goes_live")


def typed(cohort, *options, **facts) -> dict:
    """Return what the page of a question sends; ``options`` are the labels of a list."""
    rows = {
        f"options-{row}-{name}": value
        for row, label in enumerate(options)
        for name, value in {"position": row + 1, "label_en": label, "label_fr": label}.items()
    }
    return {
        "cohort": cohort.pk, "text_en": "Which software?", "text_fr": "Quel logiciel?",
        "help_en": "", "help_fr": "", "kind": Kind.LINE, "words_max": 150, "is_required": "on",
        "condition": "", "is_asked": "on", "reader": "reviewers",
        "keep_until": "", "key": "software",
        "goes_live": "on",
        "options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": 0,
        **rows, **facts,
    }  # fmt: skip


def save(client, question, **facts):
    """Send the page of ``question``, where only ``facts`` are changed."""
    kept = {
        "text_en": question.text_en, "text_fr": question.text_fr, "kind": question.kind,
        "key": question.key, "is_required": "on" if question.is_required else "",
        "is_asked": "on" if question.is_asked else "",
    }  # fmt: skip
    page = client.get(change(question))
    sent = typed(question.cohort, **{**kept, **facts}, seen=page.context["seen"])
    ticked = {name: fact for name, fact in sent.items() if name not in BOXES or fact}
    return client.post(change(question), ticked)


def change(question) -> str:
    return reverse("admin:applications_question_change", args=[question.pk])


def errors(answer) -> list[str]:
    context = answer.context
    return [
        str(error)
        for form in (context["adminform"].form, *context["inline_admin_formsets"])
        for error in (
            [word for words in form.errors.values() for word in words]
            if isinstance(getattr(form, "errors", None), dict)
            else form.formset.non_form_errors()
        )
    ]


def do(client, question, verb):
    return client.post(reverse("admin:applications_question_verb", args=[question.pk, verb]))


def order(cohort) -> list[str]:
    return list(cohort.questions.values_list("key", flat=True))
