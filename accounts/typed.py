"""What somebody typed, to be handed back to her on another page than she typed it on."""

import re

from django.core.exceptions import BadRequest

# What pages of ours note for themselves: it goes along, and nobody need read it.
OUR_MARKS = re.compile(r"was|seen|version|next|.+_FORMS|.+-id")
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "secret", "token", "credential")


def typed(request) -> dict:
    """Return what was typed as ``fields``, what is empty or the page's own as ``marks``.

    Both are names and values, as ``_typed.html`` needs them; secrets are left out. Text that
    another site made the browser send is left out too: a button below it would turn a forged
    request into a real one.
    """
    origin = request.headers.get("Origin")
    if origin not in (None, f"{request.scheme}://{request.get_host()}"):
        return {"fields": []}
    try:
        posted = request.POST
    except BadRequest:  # in an alphabet that we do not read
        return {"fields": []}
    sent = [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if not any(word in name.lower() for word in NEVER_KEPT)
    ]
    marks = [(name, value) for name, value in sent if not value or OUR_MARKS.fullmatch(name)]
    return {"fields": [pair for pair in sent if pair not in marks], "marks": marks}
