"""How the library searches: in lower case, without accents, by every name of a program."""

from accounts.alike import unaccented
from accounts.bilingual import LANGUAGES


def folded(text: str) -> str:
    """Return ``text`` in lower case, plain of accents and apostrophes: how the library searches."""
    return unaccented(text.replace("’", "'"))


def searchable(outcome) -> str:
    """Return all a reader may look for: its texts, and every name its programs had, folded."""
    area = outcome.community.focus_area
    programs = [*outcome.programs.all(), *([area.program] if area.program else [])]
    texts = [
        *(getattr(outcome, f"{name}_{code}") for name in outcome.BILINGUAL for code in LANGUAGES),
        *(name for program in programs for name in program.all_names),
        area.name_en,
        area.name_fr,
    ]
    return folded(" ".join(texts))
