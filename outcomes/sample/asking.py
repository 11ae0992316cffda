"""What a call asks beyond its own fields, and what applicants answered."""

from random import Random

from applications import wording
from applications.models import Answer, FormVersion, Option, Question
from outcomes.sample import rows

Kind = Question.Kind
NO_COLUMNS = ("after", "options", "answers_en", "answers_fr")


class Asked:
    """The questions of one call, as the texts give them; ``after`` names one and its answer."""

    def __init__(self, cohort, facts: list[dict]):
        self.pools, by_key = {}, {}
        for position, each in enumerate(facts, 1):
            asked_if, value = each.get("after", (None, ""))
            question = by_key[each["key"]] = Question.objects.create(
                cohort=cohort,
                position=position,
                asked_if=by_key.get(asked_if),
                asked_if_value=value,
                **{name: fact for name, fact in each.items() if name not in NO_COLUMNS},
            )
            self.pools[question.pk] = each
            rows.insert(
                Option(
                    question=question, key=key, label_en=english, label_fr=french, position=place
                )
                for place, (key, english, french) in enumerate(each.get("options", []), 1)
            )
        self.questions = list(cohort.questions.asked().with_options())
        self.version = FormVersion.current(cohort, wording.of(cohort))

    def answer(self, pile, applicants) -> None:
        """Answer what each was asked; what depends on an answer only after it."""
        for each in applicants:
            each.application.form_version = self.version
            rng, given = Random(each.application.reference), {}
            for question in self.questions:
                if question.is_asked_of(given) and (question.is_required or rng.random() < 0.6):
                    given[question.pk] = self._answer(rng, question, each.language)
            pile.add(
                Answer(application=each.application, question=question, value=given[question.pk])
                for question in self.questions
                if question.pk in given
            )

    def _answer(self, rng: Random, question: Question, language: str) -> str | list[str]:
        if question.kind in (Kind.LINE, Kind.TEXT):
            return rng.choice(self.pools[question.pk][f"answers_{language}"])
        keys = [key for key, _words in question.choices]
        if question.kind == Kind.SEVERAL:
            return rng.sample(keys, rng.randint(1, len(keys)))
        return rng.choice(keys)
