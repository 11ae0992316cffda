"""Which column is which answer: guessed from its header, or known from the file before."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.alike import bare
from applications.forms.application import SECTIONS
from applications.forms.questions import asked_in
from applications.forms.section import CHARACTERS
from applications.models import ImportedColumn, Question

EMAIL, SENT_AT = "email", "submitted_at"


@dataclass(frozen=True)
class Target:
    """An answer that a column may hold: its key, what staff call it, how a header may name it.

    ``most`` is how many characters it takes; None where it is chosen, not typed. ``header``
    is a pattern that is looked for in what ``bare`` makes of a header.
    """

    key: str
    label: str
    most: int | None = None
    header: str = "(?!)"


# In the order in which a header is asked; as staff read them they stand in ``GROUPS``.
TARGETS = {
    each.key: each
    for each in (
        Target(SENT_AT, _("when it was sent"), None,
               r"^(time ?stamp|horodat|submi(ssion|tted)|completion|date et heure|heure de)"),
        Target("wants_news", _("agrees to our news by email"), None,
               r"\b(news|newsletter|infolettre|nouvelles)\b"),
        Target("agrees_to_use", _("agrees that we use the answers"), None,
               r"\b(consent|agree|authori[sz]e|j accepte|je consens|consentement|autorise)"),
        Target("mail_language", _("language for email"), None,
               r"\blang\w* .*\b(e ?mails?|write|courriels?|ecri\w+|communicat\w+)\b"),
        Target("interview_language", _("language for the interview"), None,
               r"\blang\w* .*\b(interview\w*|entrevue|entretien)\b"),
        Target("meeting_language", _("language for meetings"), None,
               r"\b(language|langue)s?\b"),
        Target(EMAIL, _("email address"), 254, r"\b(e ?mail|courriel|adresse electronique)\b"),
        Target("phone", _("phone"), 40, r"\b(phone|telephone|cell|cellulaire|mobile)\b"),
        Target("choice_1", _("first choice of a focus area"), None,
               r"\b(first|1st|1|premier|1er|top)\b.*\b(choice|choix)\b|\b(choice|choix)\b.*\b1\b"),
        Target("choice_2", _("second choice of a focus area"), None,
               r"\b(second|2nd|2|deuxieme|2e)\b.*\b(choice|choix)\b|\b(choice|choix)\b.*\b2\b"),
        Target("choice_3", _("third choice of a focus area"), None,
               r"\b(third|3rd|3|troisieme|3e)\b.*\b(choice|choix)\b|\b(choice|choix)\b.*\b3\b"),
        Target("availability", _("half-days"), None,
               r"\b(availab\w+|disponib\w+|half days?|demi journees?)\b"),
        Target("access_needs", _("what to arrange"), CHARACTERS,
               r"\b(accessib\w+|accommodat\w+|access needs?|adaptation|besoins?|arrange)\b"),
        Target("hours_plan", _("how the hours are found"), CHARACTERS,
               r"\b(hours|heures|time commitment)\b"),
        Target("authority", _("when the team tries something new"), None,
               r"\b(authority|decisions?|decide|approv\w+|autorite|pouvoir)\b"),
        Target("level", _("newer or more experienced"), None,
               r"\b(level|niveau|newer|experienced?|experiences?|chevronnee?)\b"),
        Target("trial_idea", _("something to try"), CHARACTERS,
               r"\b(try|trial|test|essayer|essai|mettre a l essai)\b"),
        Target("motivation", _("what to change, and why now"), CHARACTERS,
               r"\b(motivat\w+|why|pourquoi|change|changer)\b"),
        Target("programs", _("programs worked in"), None, r"\b(programs?|programmes?)\b"),
        Target("region", _("region"), None, r"\b(region|catchment)\b"),
        Target("town", _("town"), 100, r"\b(town|city|ville|municipal\w+|localite)\b"),
        Target("organization_name", _("organization"), 200,
               r"\b(organi[sz]ation|agency|employer|organisme|agence|employeur)\b"),
        Target("job", pgettext_lazy("at work", "role"), 150,
               r"\b(role|job|position|title|poste|fonction|titre)\b"),
        Target("name", _("name"), 150, r"\b(name|nom)\b"),
    )
}  # fmt: skip
GROUPS = [
    (_("About the applicant"), [
        EMAIL, "name", "phone", "organization_name", "job", "town", "region",
    ]),
    (_("Experience"), ["level", "programs", "authority"]),
    (_("Ideas"), ["choice_1", "choice_2", "choice_3", "motivation", "trial_idea", "hours_plan"]),
    (_("Meeting"), [
        "availability", "mail_language", "interview_language", "meeting_language", "access_needs",
    ]),
    (_("Consent"), ["agrees_to_use", "wants_news", SENT_AT]),
]  # fmt: skip


def asked_of_all(cohort) -> list[Question]:
    """Return the questions of ``cohort`` that a cell may answer: all but those for a file."""
    return [each for each in asked_in(cohort) if each.kind != Question.Kind.FILE]


def choices_for(cohort) -> list:
    """Return what a column of a file for ``cohort`` may be, as the choices of a select."""
    known = [
        (title, [(key, capfirst(TARGETS[key].label)) for key in keys]) for title, keys in GROUPS
    ]
    asked = [(question.field_name, question.text) for question in asked_of_all(cohort)]
    return [*known, *([(_("Further questions"), asked)] if asked else [])]


def guess(cohort, headers: list[str]) -> dict[int, str]:
    """Return, by the place of each column, the key of the answer that it seems to hold.

    What staff said before of the same header goes first: in this call, then in another one.
    Then come the questions of our own form and of the call, word by word, then ``header`` of
    ``TARGETS``. No answer is guessed twice. A column that nothing is known of is left out.
    """
    said = said_before(cohort, headers)
    asked = _asked_as(cohort)
    possible = {*TARGETS, *asked.values()}
    guessed = {}
    for place, header in enumerate(headers):
        answer = said[header].answer if header in said else ""
        if answer in possible and answer not in guessed.values():
            guessed[place] = answer
    for place, header in enumerate(headers):
        if header and header not in said:
            answer = asked.get(bare(header)) or _by_pattern(bare(header))
            if answer and answer not in guessed.values():
                guessed[place] = answer
    return guessed


def _asked_as(cohort) -> dict[str, str]:
    """The key of each answer by what our own form asks for it, in either language."""
    fields = [
        (key, each)
        for _title, form in SECTIONS.values()
        for key, each in form.base_fields.items()
        if key in TARGETS
    ]
    found = {}
    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            found |= {bare(str(each.label)): key for key, each in fields}
    for question in asked_of_all(cohort):
        for text in filter(None, (question.text_en, question.text_fr)):
            found[bare(text)] = question.field_name
    return found


def _by_pattern(words: str) -> str:
    return next((key for key, each in TARGETS.items() if re.search(each.header, words)), "")


def said_before(cohort, headers) -> dict[str, ImportedColumn]:
    """Return, by header, what staff said last of it: in ``cohort``, or else in another call.

    A header that nothing was said of is known by one that differs in accents, case or signs.
    """
    known = list(ImportedColumn.objects.order_by("said_at"))
    here = [column for column in known if column.cohort_id == cohort.pk]
    return _said_of(headers, known) | _said_of(headers, here)


def _said_of(headers, known) -> dict[str, ImportedColumn]:
    same = {column.header: column for column in known}
    alike = {bare(column.header): column for column in known if column.header not in headers}
    alike.pop("", None)
    found = {header: same.get(header) or alike.get(bare(header)) for header in headers if header}
    return {header: column for header, column in found.items() if column}
