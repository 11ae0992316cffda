"""What a cell means: a moment, one of a list, several of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.alike import bare
from accounts.models import Language, Region
from applications.forms.application import ExperienceForm
from applications.importing.mapping import asked_of_all
from applications.models import HALF_DAYS, NO, YES, Application, Question
from cops.models import Program

WHEN = re.compile(
    r"(?P<first>\d{1,4})[-/.](?P<second>\d{1,2})[-/.](?P<third>\d{1,4})"
    r"(?:[T,\s]\s*(?P<hour>\d{1,2})(?:\s*[:h]\s*(?P<minute>\d{2}))?(?::(?P<seconds>\d{2}))?(?:\.\d+)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?)?"
    r"\s*(?P<zone>Z|(?:GMT|UTC)?\s?[+\-−]\d{1,2}(?::?\d{2})?|[A-Z]{3})?",
    re.IGNORECASE,
)
# Hours from UTC, as spreadsheets and forms write them down.
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "HNE": -5, "HAE": -4, "HNC": -6, "HAC": -5,
}  # fmt: skip


class NoMoment(ValueError):
    """No instant is named."""


class Ambiguous(NoMoment):
    """Day and month could stand either way."""


def moment(text: str, is_day_first: bool | None) -> datetime:
    """Return the instant that ``text`` names; a time without a zone is Ontario's.

    Of one that the autumn change repeats, the first. A day alone is its beginning. Raises
    Ambiguous where ``is_day_first`` is None and the day could be the month, NoMoment where
    there is no such time.
    """
    found = WHEN.fullmatch(text)
    if not found:
        raise NoMoment(text)
    try:
        wall = datetime(*_day(found, is_day_first), *_time(found))
        if found["zone"]:
            return wall.replace(tzinfo=_zone(found["zone"])).astimezone(UTC)
        return clock.instant(wall, clock.ONTARIO.key, fold=0)
    except Ambiguous:
        raise
    except (ValueError, OverflowError, ValidationError) as error:
        raise NoMoment(text) from error


def is_day_first(texts) -> bool | None:
    """Return whether the dates of one column are written day first; None if they do not show it."""
    days = [(int(found["first"]), int(found["second"])) for found in map(WHEN.fullmatch, texts)
            if found and len(found["third"]) == 4]  # fmt: skip
    shows_day_first = any(first > 12 for first, _second in days)
    shows_month_first = any(second > 12 for _first, second in days)
    return None if shows_day_first == shows_month_first else shows_day_first


def _day(found, day_first) -> tuple[int, int, int]:
    first, second, third = (int(found[name]) for name in ("first", "second", "third"))
    if len(found["first"]) == 4:
        return first, second, third
    if len(found["third"]) != 4:
        raise NoMoment(found[0])
    if day_first is None:
        if max(first, second) <= 12 and first != second:
            raise Ambiguous(found[0])
        day_first = first > 12
    return (third, second, first) if day_first else (third, first, second)


def _time(found) -> tuple[int, int, int]:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise NoMoment(found[0])
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    return hour, int(found["minute"] or 0), int(found["seconds"] or 0)


def _zone(name: str):
    name = "".join(name.upper().replace("−", "-").split())
    if name in ZONES:
        return timezone(timedelta(hours=ZONES[name]))
    found = re.fullmatch(r"\D*?([+-])(\d{1,2}):?(\d{2})?", name)
    if not found:
        raise NoMoment(name)
    sign, hours, minutes = found.groups()
    away = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(away if sign == "+" else -away)


YES_WORDS = [
    "yes", "y", "oui", "o", "true", "vrai", "x", "1", "i agree", "agree", "agreed", "i consent",
    "i accept", "accepted", "j accepte", "je consens", "je suis d accord", "d accord",
]  # fmt: skip
NO_WORDS = [
    "no", "n", "non", "false", "faux", "0", "i do not agree", "i don t agree", "disagree",
    "i do not consent", "je n accepte pas", "je ne consens pas", "je ne suis pas d accord",
]  # fmt: skip
# What somebody writes who needs nothing.
NOTHING = {"", "no", "non", "none", "nothing", "n a", "na", "nil", "aucun", "aucune", "rien"}
OTHER_WORDS = {
    "level": {"newer": ["newer", "new", "nouvelle", "nouveau"],
              "experienced": ["experienced", "experimente", "experimentee"]},
    "meeting_language": {"both": ["both", "either", "bilingual", "bilingue", "les deux"]},
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A list that a cell chooses from: keys with their labels, and the words that mean them."""

    options: list[tuple[str, str]]
    words: dict[str, str]
    is_several: bool = False

    def read(self, text: str, meanings: dict[str, str]):
        """Return the keys that ``text`` chooses, and its parts that mean nothing here.

        ``meanings`` say more words; one that means "" is taken for no choice. One that means
        what is no option any more means nothing.
        """
        options = {"", *dict(self.options)}
        said = {bare(word): key for word, key in meanings.items() if key in options}
        words = self.words | said
        whole = bare(text)
        if whole in words:
            return [words[whole]] if words[whole] else [], []
        if not self.is_several:
            return [], [text]
        parts = [part for part in re.split(r"\s*[,;\n]\s*", text) if part]
        unknown = [part for part in parts if bare(part) not in words]
        if unknown:
            keys = _one_after_the_other(whole, words)
            if keys is None:
                return [], unknown
        else:
            keys = [words[bare(part)] for part in parts]
        return list(dict.fromkeys(filter(None, keys))), []


def _one_after_the_other(text: str, words: dict[str, str]) -> list[str] | None:
    """Return the keys of labels that stand in a row, commas within them and all; None if not."""
    keys, longest = [], sorted(filter(None, words), key=len, reverse=True)
    while text:
        label = next((each for each in longest if f"{text} ".startswith(f"{each} ")), None)
        if label is None:
            return None
        keys.append(words[label])
        text = text[len(label) :].strip()
    return keys


def choices_of(cohort) -> dict[str, Choice]:
    """Return, by the key of the answer, what each column that is chosen from may say."""
    fields = ExperienceForm.base_fields
    regions = list(Region.objects.alphabetical())
    found = {
        "level": _choice(Application.Level.choices, fields["level"].choices, key="level"),
        "authority": _choice(Application.Authority.choices, fields["authority"].choices),
        "mail_language": _choice(Language.choices),
        "interview_language": _choice(Language.choices),
        "meeting_language": _choice(Application.Meets.choices, key="meeting_language"),
        "availability": _choice(HALF_DAYS, is_several=True),
        "region": _records(regions, "name", "key"),
        "programs": _records(Program.objects.all(), "name", "key", is_several=True),
        **dict.fromkeys(
            ("choice_1", "choice_2", "choice_3"), _records(cohort.focus_areas, "name", "slug")
        ),
        **dict.fromkeys(("agrees_to_use", "wants_news"), _yes_or_no()),
    }
    for question in asked_of_all(cohort):
        if question.kind == Question.Kind.YES_NO:
            found[question.field_name] = _yes_or_no()
        elif question.kind in Question.OF_A_LIST:
            several = question.kind == Question.Kind.SEVERAL
            options = question.options.all()
            found[question.field_name] = _records(options, "label", "key", several, by="key")
        elif question.kind == Question.Kind.SCALE:
            found[question.field_name] = _choice(question.choices)
    return found


def _choice(*lists, key="", is_several=False) -> Choice:
    words = {}
    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            for pairs in lists:
                words |= {bare(str(label)): each for each, label in pairs}
    words |= {bare(str(each)): each for each, _label in lists[0]}
    for each, others in OTHER_WORDS.get(key, {}).items():
        words |= dict.fromkeys(others, each)
    return Choice([(each, str(label)) for each, label in lists[0]], words, is_several)


def _records(records, name, other, is_several=False, *, by="pk") -> Choice:
    """A choice among records, by their names in both languages or by their short one."""
    options, words = [], {}
    for record in records:
        key = str(getattr(record, by))
        options.append((key, str(record)))
        for text in (getattr(record, f"{name}_en"), getattr(record, f"{name}_fr")):
            words[bare(text)] = key
        words[bare(getattr(record, other))] = key
    words.pop("", None)
    return Choice(options, words, is_several)


def _yes_or_no() -> Choice:
    words = dict.fromkeys(YES_WORDS, YES) | dict.fromkeys(NO_WORDS, NO)
    return Choice([(YES, str(_("Yes"))), (NO, str(_("No")))], words)
