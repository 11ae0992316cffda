"""Content in English and French: two columns, one property that speaks the reader's language."""

from django.db import models
from django.utils.html import format_html
from django.utils.translation import get_language

LANGUAGES = ("en", "fr")


def said_in(text: str, language: str):
    """Return ``text`` as a page says what is in ``language``, whichever the page is in."""
    return format_html('<span lang="{}">{}</span>', language, text) if text else ""


class Bilingual(models.Model):
    """A model whose BILINGUAL names have a column per language.

    ``record.name`` is the text in the active language, or the other one where
    there is none; ``record.name_language`` tells which, for ``lang=``.
    """

    BILINGUAL: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name in cls.__dict__.get("BILINGUAL", ()):
            setattr(cls, name, property(lambda self, name=name: self.in_language(name)))
            language = property(lambda self, name=name: self.language_of(name))
            setattr(cls, f"{name}_language", language)

    def in_language(self, name: str, language: str | None = None) -> str:
        return getattr(self, f"{name}_{self.language_of(name, language)}")

    def language_of(self, name: str, language: str | None = None) -> str:
        """Return "en" or "fr": the language in which ``name`` can be read."""
        wanted = (language or get_language() or "en")[:2]
        wanted = wanted if wanted in LANGUAGES else "en"
        other = "en" if wanted == "fr" else "fr"
        filled = getattr(self, f"{name}_{wanted}") or not getattr(self, f"{name}_{other}")
        return wanted if filled else other

    @property
    def untranslated(self) -> list[str]:
        """Return the names that are filled in one language only."""
        return [
            name
            for name in self.BILINGUAL
            if bool(getattr(self, f"{name}_en")) != bool(getattr(self, f"{name}_fr"))
        ]

    @property
    def is_partly_foreign(self) -> bool:
        """Whether the reader sees a text here that is not in her language."""
        language = (get_language() or "en")[:2]
        return any(
            self.language_of(name) != language and self.in_language(name) for name in self.BILINGUAL
        )
