"""As many people again and again: rounds like the three that are told in full, from parts.

A wave is one more round's worth of people. Waves like the finished round and like
the one that meets go to rounds of earlier years, a few of the latter to the round
that meets now; waves like the open round go there. So the public pages show some
rounds more, and the lists of staff show thousands.
"""

from datetime import timedelta
from random import Random

from outcomes.sample import seasons
from outcomes.sample.group_wave import GROUPS, GroupWaves
from outcomes.sample.names import Names
from outcomes.sample.open_wave import OpenWaves
from outcomes.sample.round import Round
from outcomes.sample.texts import read

# Rounds of earlier years, of each of two seasons, and waves for the round that meets now.
PAST_ROUNDS, WAVES_NOW = 4, 9
# From which year on laid off workers ask for the programme by its new name.
RENAMED_IN = 2023


class Crowd:
    """Adds ``scale - 1`` waves to each of three rounds and to those of earlier years."""

    def __init__(self, people, staff, scale: int):
        self.people, self.staff = people, staff
        self.waves = scale - 1
        self.rng = Random(f"crowd of {scale}")
        self.names = Names(people, self.rng, agencies_per_town=1 + min(scale, 100) // 14)
        self.group_waves = GroupWaves(people, self.rng, self.names)
        self.open_waves = OpenWaves(people, staff, self.rng, self.names)

    def fill(self, meeting: Round, opened: Round):
        """Add the waves, one after the other; yields what was added after each."""
        now_waves = min(WAVES_NOW, (self.waves + 1) // 2)
        openings = seasons.past_openings(
            meeting.cohort.opens_at.date(), each_season=min(PAST_ROUNDS, self.waves)
        )
        for opens_on in openings:
            alike = [day for day in openings if day.month == opens_on.month]
            share = self.waves if opens_on.month == 1 else self.waves - now_waves
            how_many = share // len(alike) + (alike.index(opens_on) < share % len(alike))
            if how_many:
                yield from self._past_round(opens_on, how_many)
        self._ask_for_help(meeting, now_waves)
        for number in range(now_waves):
            self.group_waves.add(meeting, read("people_now"), number)
            yield meeting
        meeting.pile.write()
        self._ask_for_help(opened, self.waves)
        for _number in range(self.waves):
            self.open_waves.add(opened)
            yield opened
        opened.pile.write()

    def _past_round(self, opens_on, how_many):
        closes_on = opens_on + timedelta(days=32)
        first = closes_on + timedelta(days=39)
        is_winter = opens_on.month == 1
        call = seasons.of_season(
            "call_now",
            seasons.dates(opens_on, closes_on, first),
            webinar_on=opens_on + timedelta(days=16),
        )
        call["focus"] = self._focus(opens_on.year, is_winter)
        reviewers, interviewers = self._help(how_many)
        named = {"reviewers": reviewers, "interviewers": interviewers}
        this = Round(self.people, call, named, staff=self.staff, seed=f"{opens_on}")
        shapes = read("people_2021" if is_winter else "people_now")
        for number in range(how_many):
            self.group_waves.add(this, shapes, number)
            yield this
        this.pile.write()

    def _focus(self, year, is_winter) -> list[dict]:
        """Return the focus areas of a round, the renamed programme under its later name."""
        now = {each["key"]: each for each in read("call_now")["focus"]}
        if not is_winter:
            return list(now.values())
        return [
            now["bjo"] if each["key"] == "sc" and year >= RENAMED_IN else each
            for each in read("call_2021")["focus"]
        ]

    def _help(self, waves):
        """Return reviewers and interviewers for so many waves, half from each partner."""
        fours = 1 + waves // 3
        people = [
            [self.names.colleague(partner, "fr" if french else "en"), partner, french]
            for partner in GROUPS
            for french in (False, True)
            for _number in range(fours)
        ]
        interviewers = [
            people[place] for four in range(fours) for place in range(four, len(people), fours)
        ]
        return people, interviewers

    def _ask_for_help(self, this, waves):
        this.ask_for_help(*self._help(waves))
