"""What a mail says otherwise than the one before, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Max

from notifications.models import Message

AROUND = 1  # lines that are the same, shown above and below a change
BEGINS_A_LINE = re.compile(r"[-–•>] |\d+\. ")
SIGNATURE = "-- "


@dataclass(frozen=True)
class Line:
    """One line: ``change`` is "added", "gone", "gap" (lines left out) or "" (the same)."""

    change: str
    text: str = ""


def differences(old: str, new: str) -> list[Line]:
    """Return the lines of two mails that differ, among their neighbours; none if none does."""
    before, after = list(unwrapped(old)), list(unwrapped(new))
    lines = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if lines:
            lines.append(Line("gap"))
        for what, old_from, old_to, new_from, new_to in group:
            if what == "equal":
                lines += [Line("", text) for text in after[new_from:new_to]]
            else:
                lines += [Line("gone", text) for text in before[old_from:old_to]]
                lines += [Line("added", text) for text in after[new_from:new_to]]
    return lines


def unwrapped(text: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a mail, and each line of its signature."""
    words, sign, signature = text.partition(f"\n{SIGNATURE}\n")
    for paragraph in words.split("\n\n"):
        line = ""
        for part in paragraph.splitlines():
            if line and BEGINS_A_LINE.match(part):
                yield line
                line = ""
            line = f"{line} {part.strip()}".strip()
        if line:
            yield line
    if sign:
        yield from filter(None, (part.strip() for part in signature.splitlines()))


def last_of_their_kind(drafts: list[Message], among) -> dict[tuple[str, int], Message]:
    """Return, by kind and recipient, the last ``among`` all mail that went to her: two queries."""
    sent = among.filter(
        state=Message.State.SENT,
        kind__in={draft.kind for draft in drafts},
        recipient__in={draft.recipient_id for draft in drafts},
    ).exclude(body="")
    newest = sent.order_by().values("kind", "recipient").annotate(newest=Max("pk"))
    found = among.filter(pk__in=[row["newest"] for row in newest])
    return {(message.kind, message.recipient_id): message for message in found}
