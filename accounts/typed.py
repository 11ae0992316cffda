"""What somebody typed, to be handed back to her on another page than she typed it on."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from accounts import field_names

# What pages of ours note for themselves, and their buttons: it goes along, and nobody need read it.
OUR_MARKS = re.compile(r"was|seen|version|next|.+_FORMS|.+-id")
BUTTONS = re.compile(
    r"_selected_action|select_across|index|action|_save|_continue|_addanother|_popup|_to_field|"
    r"act|answer|confirm|done|drop|finish|form|instead|later|ready"
)
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "secret", "token", "credential")
ONE_LINE = 60  # characters


@dataclass(frozen=True)
class Field:
    """One field: as it is sent (``name``, ``values``) and as it is read (``label``, ``words``)."""

    name: str
    values: list[str]
    label: str
    words: str
    is_choice: bool = False

    @property
    def texts(self) -> list[tuple[str, bool]]:
        """Each value, and whether it needs more than one line."""
        return [(text, len(text) > ONE_LINE or "\n" in text.strip()) for text in self.values]

    @property
    def value(self):
        """What a list of labels and values shows."""
        return self.words


def typed(request) -> dict:
    """Return what was typed as ``fields``, what is empty or the page's own as ``marks``.

    The first are ``Field``, the others names and values, as ``_typed.html`` needs them; secrets
    are left out. Text that another site made the browser send is left out too: a button below it
    would turn a forged request into a real one.
    """
    origin = request.headers.get("Origin")
    if origin not in (None, f"{request.scheme}://{request.get_host()}"):
        return {"fields": []}
    try:
        posted = request.POST
    except BadRequest:  # in an alphabet that we do not read
        return {"fields": []}
    sent = {
        name: values
        for name, values in posted.lists()
        if not any(word in name.lower() for word in NEVER_KEPT)
    }
    named = field_names.of_request(request, list(sent))
    fields, marks = [], []
    for name, values in sent.items():
        said = [value for value in values if value]
        marks += [(name, value) for value in values if not value]
        if _is_mark(name, said, named.get(name)):
            marks += [(name, value) for value in said]
        elif said:
            fields.append(_field(name, said, named.get(name), len(fields) + 1))
    return {"fields": fields, "marks": marks}


def _is_mark(name, values, known) -> bool:
    if known:
        return known.is_hidden
    is_pressed = all(re.fullmatch(r"[\w-]{,20}", value) for value in values)
    return bool(OUR_MARKS.fullmatch(name) or (is_pressed and BUTTONS.fullmatch(name)))


def _field(name, values, known, number) -> Field:
    if known is None:
        label = _("Field %(number)s") % {"number": number}
        return Field(name, values, label, "\n".join(values))
    return Field(name, values, known.label, known.words(values), known.choices is not None)


def refuse(request, why: str, led_to, *, mailbox: str = ""):
    """Answer a form that can no longer be saved: say why, and lead to ``led_to``.

    Where something was typed it stands on the page, to be copied or sent to ``mailbox``, which
    is the office's if the call has none of its own. Where a button was pressed, a message says it.
    """
    if typed(request)["fields"]:
        return too_late(request, why, led_to, mailbox=mailbox)
    messages.error(request, why)
    return redirect(led_to)


def too_late(request, why, led_to, *, mailbox="", status=409):
    context = {**typed(request), "why": why, "led_to": resolve_url(led_to)}
    if mailbox:
        context["mailbox"] = mailbox
    return render(request, "accounts/too_late.html", context, status=status)
