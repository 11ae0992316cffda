"""What is left to chance: the same seed always draws the same."""

from datetime import date, datetime, timedelta


class Deck:
    """Deals cards at random, none twice before all have been dealt."""

    def __init__(self, rng):
        self.rng = rng
        self.left = {}

    def draw(self, key, cards):
        if not self.left.get(key):
            self.left[key] = self.rng.sample(cards, len(cards))
        return self.left[key].pop()

    def in_language(self, cards: dict, language: str, *key):
        """Deal from the cards of one language: nobody writes in another than her own."""
        return self.draw((*key, language), cards[language])


def weekday_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def weekdays(first: date, last: date) -> list[date]:
    """Return Mondays to Fridays from ``first`` to ``last``."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def weekday(rng, first: date, last: date) -> date:
    return rng.choice(weekdays(first, last) or [first])


def between(rng, first: datetime, last: datetime) -> datetime:
    """Return an instant between two others, to the minute."""
    moment = first + (last - first) * rng.random()
    return moment.replace(second=0, microsecond=0)


def months(first: date, last: date):
    """Yield the first and last day of each month between two days, these included."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following
