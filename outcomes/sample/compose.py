"""The work of one more community, put together from parts so that neighbours differ."""

from datetime import date, timedelta

from django.utils.translation import override

from accounts import clock
from cops.models import FocusArea
from outcomes.sample.people import slug
from outcomes.sample.texts import read

VERDICTS, ODDS = ("adopt", "adapt", "abandon"), (45, 35, 20)
# In which meeting the trials are decided, begun and finished, and the figures are compared.
DECIDED, BEGUN, FINISHED = 3, 4, 9
FIRST_MEETINGS = 12


class Composer:
    """Puts together what one community does, in the language it meets in.

    Two ideas are tried; each has a verdict and figures. ``number`` tells the
    communities of a cohort apart, ``towns`` are where its members work,
    ``first_on`` is the day of its first meeting.
    """

    def __init__(self, rng, area: FocusArea, key: str, *, number: int, towns, first_on: date):
        self.rng, self.area, self.key, self.number = rng, area, key, number
        self.language = "fr" if key == "fr" else "en"
        self.towns = towns
        one, two = rng.sample([each for each in read("ideas")["idea"] if key in each["keys"]], 2)
        self.ideas = (one, two)
        # What the group publishes first was not given up.
        self.verdicts = (rng.choices(VERDICTS[:2], ODDS[:2])[0], rng.choices(VERDICTS, ODDS)[0])
        self.figures = tuple(map(self._figures, self.ideas, self.verdicts))
        self.first_on = first_on
        self.last_on = first_on + timedelta(weeks=2 * (FIRST_MEETINGS - 1))

    def _figures(self, idea, verdict) -> dict:
        """Return the figures of one trial: what was adapted came half-way to what was hoped."""
        before, predicted = self.rng.randint(*idea["before"]), self.rng.randint(*idea["after"])
        half = (before + predicted) // 2
        after = {"adopt": predicted, "adapt": half, "abandon": before}[verdict]
        if verdict == "adopt":
            predicted += self.rng.choice([-1, 1, 2])
        return {
            "before": before,
            "after": after,
            "middle": (before + after) // 2,
            "predicted": predicted,
            "sites": self.rng.randint(2, 5),
            "a": self.rng.randint(2, 4),
            "b": self.rng.randint(5, 9),
            "c": self.rng.randint(5, 8),
            "members": len(self.towns),
        }

    def words(self, language: str | None = None, place=0) -> dict:
        """Return what the texts fill in, in ``language``, or that of the meetings.

        ``place`` says which of the two ideas they are about.
        """
        language = language or self.language
        one, two = self.ideas[place], self.ideas[1 - place]
        figures = self.figures[place]
        finding = one[f"finding_{language}"].format(**figures)
        with override(language):
            months = [clock.spoken_month(day) for day in (self.first_on, self.last_on)]
        return {
            **figures,
            **_named(self.rng.choice(self.towns)),
            "one": one[f"name_{language}"],
            "two": two[f"name_{language}"],
            "One": _capital(one[f"name_{language}"]),
            "Two": _capital(two[f"name_{language}"]),
            "name": one[f"name_{language}"],
            "title": one[f"title_{language}"],
            "measure": _small(one[f"measure_{language}"]),
            "finding": finding,
            "finding_sentence": f"{_capital(finding)}.",
            "limit": one[f"limit_{language}"],
            "months": (" et " if language == "fr" else " and ").join(months),
            "second": read("results")["second"][language][self.verdicts[1 - place]],
        }

    def work(self, facilitators, clock_time: str) -> dict:
        """Return what ``Work`` reads of a community, see work_2021_yjc.toml."""
        return {
            "facilitators": facilitators,
            "clock": clock_time,
            "community": self._community(),
            "meeting": [self._meeting(number, facts) for number, facts in self._numbered()],
            "trial": [self._trial(place) for place in range(2)],
        }

    def _community(self) -> dict:
        words, texts = {code: self.words(code) for code in ("en", "fr")}, read("results")
        variant = self.rng.randrange(2)
        return {
            "name_en": f"{self.area.name_en}, group {self.number}",
            "name_fr": f"{self.area.name_fr}, groupe {self.number}",
            **{
                f"summary_{code}": texts["community"][f"summary_{code}"][variant].format(
                    **words[code]
                )
                for code in ("en", "fr")
            },
            "meets_in": self.language,
        }

    def _numbered(self):
        return enumerate(read("meetings")[self.language], 1)

    def _meeting(self, number, facts) -> dict:
        words = self.words()
        decisions = facts["decisions"]
        if number != DECIDED:
            decisions = [self.rng.choice(decisions)]
        chosen = self.rng.sample(facts["actions"], 2)
        owners = self.rng.sample(range(len(self.towns)), 2)
        return {
            "agenda": [title.format(**words) for title in facts["agenda"]],
            "shared": self.rng.choice(facts["shared"]).format(**words),
            "group": self.rng.choice(facts["group"]).format(**words),
            "decisions": [each.format(**words) for each in decisions],
            "actions": [
                [owner, text.format(**words)] for owner, text in zip(owners, chosen, strict=True)
            ],
        }

    def _trial(self, place) -> dict:
        idea, verdict = self.ideas[place], self.verdicts[place]
        texts = read("results")["trial"][self.language]
        words = self.figures[place] | {"limit": idea[f"limit_{self.language}"]}
        return {
            "title": _capital(idea[f"name_{self.language}"]),
            "lead": self.rng.randrange(len(self.towns)),
            "decided": DECIDED,
            "choice": place,
            "started": BEGUN + place,
            "finished": FINISHED if verdict != "abandon" else FINISHED - 3 + place,
            "prediction": self.rng.choice(texts["prediction"]).format(**words),
            "measure": idea[f"measure_{self.language}"],
            "result": self.rng.choice(texts[verdict]).format(**words),
            "verdict": verdict,
        }

    def outcome(self, place=0, *, published_on: date | None = None, edition: str) -> dict:
        """Return what came of one of the two ideas, see outcomes_2021.toml."""
        idea, texts = self.ideas[place], read("results")
        said = {}
        variants = {
            name: self.rng.randrange(len(texts["outcome"]["en"][name]))
            for name in ("title", "summary", "tried")
        }
        for code in ("en", "fr"):
            words = self.words(code, place)
            words |= _named(self.towns[0])
            for name, variant in variants.items():
                said[f"{name}_{code}"] = texts["outcome"][code][name][variant].format(**words)
            said[f"monday_{code}"] = idea[f"monday_{code}"]
            said[f"ask_{code}"] = texts["outcome"][code]["ask"]
        return {
            "community": self.key,
            "slug": f"{idea['slug'][:40]}-{slug(self.towns[0])[:16]}-{edition}-{self.number}",
            "rules": self.rng.choices(["today", "change"], [80, 20])[0],
            "programs": [self.area.program.key] if self.area.program else [],
            "evidence": list(self._evidence(place)),
            **said,
            **(
                {
                    "published_on": published_on,
                    "rules_on": published_on.replace(day=1),
                    "feedback": list(self._feedback(published_on)),
                }
                if published_on
                else {}
            ),
        }

    def _evidence(self, place):
        numbers = {
            "insight": 1 + place,
            "question": 2,
            "decision": DECIDED,
            "trial": 1 + place,
            "meeting": FINISHED,
        }
        for source, number in numbers.items():
            english, french = read("results")["evidence"][source]
            yield (
                source,
                number,
                english.format(**self.words("en", place)),
                french.format(**self.words("fr", place)),
            )

    def _feedback(self, published_on):
        facts = read("results")["feedback"]
        if self.rng.random() < 0.7:
            language = "fr" if self.rng.random() < 0.25 else "en"
            on = published_on + timedelta(days=self.rng.randint(20, 150))
            text = self.rng.choice(facts[language]).format(**self.words(language))
            yield on, "", self.rng.choice(facts[f"from_{language}"]), text


def insights(rng, keys, areas_texts: dict, towns, count: int) -> dict:
    """Return what was heard, by focus area's key and language, see insights_2021.toml."""
    tails, heard = read("results")["insight_tails"], {}
    for key in keys:
        heard[key] = {}
        for language, known in areas_texts[key].items():
            chosen = rng.sample(known, min(count, len(known)))
            heard[key][language] = [
                (theme, sort, f"{text} {_filled(rng, tails[language], towns)}")
                for theme, sort, text in chosen
            ]
    return heard


def _filled(rng, texts, towns) -> str:
    return rng.choice(texts).format(
        **_named(rng.choice(towns)), a=rng.randint(2, 4), b=rng.randint(5, 30), c=rng.randint(5, 20)
    )


def _named(town: str) -> dict:
    """Return a town as the texts name it; in French, "de" and "que" are cut before a vowel."""
    cut = town[0] in "AEIOU"
    return {
        "town": town,
        "de_town": f"d’{town}" if cut else f"de {town}",
        "que_town": f"qu’{town}" if cut else f"que {town}",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
