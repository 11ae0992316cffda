"""One more set of people of a round that has its groups: from the call to what came out."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from outcomes.sample import applying, compose, letters, rows, seasons
from outcomes.sample.rounds import publish
from outcomes.sample.texts import read
from outcomes.sample.work import wall

CLOCKS = ("09:30", "13:00", "15:00")
GROUPS = ("First Work", "Purpose Co.")


class GroupWaves:
    def __init__(self, people, rng, names):
        self.people, self.rng, self.names = people, rng, names
        self.known = {**read("insights_2021"), **read("insights_now")}
        self.groups = {}

    def add(self, this, named, number) -> None:
        """One more set of applications, groups, meetings and outcomes in a round."""
        cohort = this.cohort
        lines = self._lines(this, named["applicants"])
        applicants = applying.apply(this.desk, lines, until=cohort.closes_at)
        guests = self.names.guests(len(named["guests"]))
        those = applicants[: len(applicants) * 3 // 4]
        this.register(those, guests, until=this.webinar.event.starts_at)
        composers = {key: self._composer(this, key, lines) for key in this.areas}
        heard = compose.insights(
            self.rng, list(this.areas), self.known, [line[1] for line in lines], count=9
        )
        works = {
            key: composer.work(self._facilitators(key), CLOCKS[place % 3])
            for place, (key, composer) in enumerate(composers.items())
        }
        this.select(applicants, heard, works, f"proposal {number + 2}")
        planned_at = rows.at(cohort.groups_on, "15:00")
        for key, work in this.works.items():
            work.meet(
                wall(composers[key].first_on, work.facts["clock"]),
                seasons.MEETINGS,
                planned_at=planned_at,
            )
        publish(this, list(self._outcomes(this, composers)))
        this.pile.then(partial(letters.arrived, this.pile, applicants))
        this.pile.write_if_high()
        self.people.forget()

    def _lines(self, this, shapes) -> list[list]:
        """Return lines like ``shapes`` about other people; groups differ by one or two."""
        lines = []
        for shape in shapes:
            line = self.names.line(shape)
            if line[6] not in this.areas:
                line[6] = "bjo"
            lines.append(line)
        for key in this.areas:
            members = [line for line in lines if line[6] == key and line[7] == "member"]
            if len(members) > 5 and self.rng.random() < 0.4:
                self.rng.choice(members)[7] = "turned-down"
        return lines

    def _composer(self, this, key, lines):
        towns = [
            line[1] for line in lines if line[6] == key and line[7] in {"member", "replacement"}
        ]
        number = self.groups[this.cohort.pk, key] = self.groups.get((this.cohort.pk, key), 0) + 1
        first_on = this.cohort.meetings_from
        return compose.Composer(
            self.rng, this.areas[key], key, number=number + 1, towns=towns, first_on=first_on
        )

    def _facilitators(self, key):
        language = "fr" if key == "fr" else "en"
        return [[self.names.colleague(partner, language), partner, language] for partner in GROUPS]

    def _outcomes(self, this, composers):
        cohort = this.cohort
        is_over = cohort.publishing_until < timezone.localdate()
        span = (cohort.publishing_until - cohort.meetings_until).days
        edition = cohort.slug.removeprefix("cops-")
        for composer in composers.values():
            finished = [place for place in (0, 1) if composer.verdicts[place] != "abandon"]
            for place in finished if is_over else [0]:
                on = cohort.meetings_until + timedelta(days=self.rng.randint(1, span))
                yield composer.outcome(place, published_on=on if is_over else None, edition=edition)
