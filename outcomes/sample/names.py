"""People and agencies put together from parts, for rounds with many more than are told in full."""

from functools import cache
from itertools import accumulate

from accounts.models import Organization
from outcomes.sample import rows
from outcomes.sample.people import slug
from outcomes.sample.texts import read

SIZES = ("small", "small", "medium", "medium", "large")
FRENCH_GUESTS = 0.12


class Names:
    """Makes up names, towns and agencies: those of a town come from its own agencies."""

    def __init__(self, people, rng, *, agencies_per_town: int):
        self.people, self.rng = people, rng
        self.towns = sorted(people.towns)
        facts = dict.fromkeys(self.towns, (1, 0)) | read("names")["towns"]
        self._share = {town: facts[town][1] for town in self.towns}
        english = (facts[town][0] * (1 - facts[town][1]) for town in self.towns)
        french = (facts[town][0] * max(facts[town][1], 0.005) for town in self.towns)
        self._weights = {"en": _sums(english), "fr": _sums(french)}
        self._taken = set()
        self._agencies = self._found_agencies(agencies_per_town)

    def line(self, shape) -> list:
        """Return a line like ``shape`` (see people_2021.toml) about somebody else."""
        _name, _town, _agency, role, level, language, focus, fate = shape
        name, agency, town, language = self._somebody(language)
        return [name, town, agency, role, level, language, focus, fate]

    def name(self, language: str = "en") -> str:
        families, sums = _families(language)
        family = self.rng.choices(families, cum_weights=sums)[0]
        return f"{self.rng.choice(family['given'])} {self.rng.choice(family['surname'])}"

    def guests(self, count: int) -> list[tuple]:
        """Return (name, agency, town, language) of people who only register."""
        return [
            self._somebody("fr" if self.rng.random() < FRENCH_GUESTS else "en")
            for _number in range(count)
        ]

    def colleague(self, organization: str, language: str) -> str:
        """Return the name of one person at ``organization``: nobody else has her address."""
        while (address := self.people.address(name := self.name(language), organization)) in (
            self._taken
        ):
            pass
        self._taken.add(address)
        return name

    def _somebody(self, language):
        """Return (name, agency, town, language) of one person."""
        town = self.rng.choices(self.towns, cum_weights=self._weights[language])[0]
        agency = self.rng.choice(self._agencies[town])
        return self.colleague(agency, language), agency, town, language

    def _found_agencies(self, per_town: int) -> dict[str, list[str]]:
        """Make invented agencies for every town; returns their names."""
        parts, found, by_town = read("names")["agencies"], {}, {}
        for town in self.towns:
            by_town[town] = []
            for _number in range(per_town):
                is_french = self.rng.random() < self._share[town]
                place = self.rng.choice(parts["places_fr" if is_french else "places_en"])
                kind = self.rng.choice(parts["kinds_fr" if is_french else "kinds_en"])
                name = f"{kind} {place}, {town}" if is_french else f"{place} {kind}, {town}"
                if name not in found and name not in self.people.organizations:
                    found[name] = Organization(
                        name_en=name,
                        name_fr=name if is_french else "",
                        size=self.rng.choice(SIZES),
                        mail_domain=f"{slug(name)[:80]}.example",
                    )
                by_town[town].append(name)
        self.people.know(rows.insert(found.values()))
        return by_town


@cache
def _families(language):
    families = read("names")["french" if language == "fr" else "family"]
    return families, _sums(family["weight"] for family in families)


def _sums(weights) -> list[float]:
    return list(accumulate(weights))
