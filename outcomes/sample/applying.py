"""Applications as they were written and sent: answers, experience, choices and consents."""

from datetime import datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress

from applications.models import (
    CONSENTS,
    HALF_DAYS,
    Application,
    Experience,
    FocusChoice,
    Status,
)
from cops.models import Program
from notifications.models import Consent, Role
from outcomes.sample import rows
from outcomes.sample.chance import between
from outcomes.sample.desk import Applicant, Desk
from outcomes.sample.people import wording
from outcomes.sample.texts import read

AREA_CODES = (
    "226", "249", "289", "343", "365", "416", "437", "519", "548", "613", "647", "705", "807",
    "905",
)  # fmt: skip
NUMBERS = [f"{code}-555-01{number}" for code in AREA_CODES for number in range(20, 100)]
OTHER_PROGRAMS = ["employment-service", "youth-job-link", "ontario-works", "lbs", "apprenticeship"]
PARTS = {"lead": "deliver supervise", "manager": "supervise", "intake": "refer"}


def apply(desk: Desk, lines, *, sent: dict[str, datetime] | None = None, until: datetime):
    """Write an application for each line of the texts, sent between the opening and ``until``.

    ``sent`` may fix the instant for some names. Returns the applicants.
    """
    applicants = [Applicant(*line) for line in lines]
    opened = desk.cohort.opens_at
    persons = desk.people.make(
        ((each.name, each.agency, each.town, each.language) for each in applicants), since=opened
    )
    for each, person in zip(applicants, persons, strict=True):
        each.person = person
        when = (sent or {}).get(each.name) or between(
            desk.rng, opened + (until - opened) * 0.25, until
        )
        each.application = _application(desk, each, when)
        if each.fate != "draft":
            desk.note(each, (Status.DRAFT,), (Status.SUBMITTED, person, when))
    desk.pile.add(each.application for each in applicants)
    _owed(desk, [each for each in applicants if each.fate == "draft"])
    told = [each for each in applicants if each.application.level]
    _experiences(desk, told)
    _choices(desk, told)
    desk.asked.answer(desk.pile, [each for each in applicants if each.fate != "draft"])
    _consents(desk, [each for each in applicants if each.fate not in {"draft", "unconfirmed"}])
    unconfirmed = [each.person.email for each in applicants if each.fate == "unconfirmed"]
    if unconfirmed:
        EmailAddress.objects.filter(email__in=unconfirmed).update(verified=False)
    return applicants


def _owed(desk, drafts):
    closing = desk.cohort.closing
    desk.pile.add(
        rows.part(closing, each.person, Role.APPLICANT, since=each.application.started_at)
        for each in drafts
    )


def _application(desk, each, when):
    rng, language, is_draft = desk.rng, each.language, each.fate == "draft"
    organization = desk.people.organization(each.agency)
    application = Application(
        cohort=desk.cohort,
        person=each.person,
        name=each.name,
        **_answers(desk, each),
        reference=desk.people.reference(rng),
        phone="" if rng.random() < 0.06 else _phone(desk.people, each.name),
        town=each.town,
        region=desk.people.region(each.town),
        organization_name=organization.in_language("name", language),
        organization=organization,
        job=desk.people.job(each.role, language),
        level=each.level,
        authority=_authority(rng, each),
        availability=_availability(rng),
        mail_language=language,
        interview_language=language,
        meeting_language="both" if language == "fr" and each.focus != "fr" else language,
        access_needs=rng.choice(read("people")["needs"][language]) if rng.random() < 0.04 else "",
        agrees_to_use=not is_draft,
        wants_news=not is_draft and rng.random() < 0.6,
        started_at=max(desk.cohort.opens_at, when - timedelta(hours=rng.uniform(1, 130))),
        submitted_at=None if is_draft else when,
        seconds_spent=0 if is_draft else round(60 * Random(each.name).uniform(9, 24)),
        status=Status.DRAFT if is_draft else Status.SUBMITTED,
        awaits_confirmation=each.fate == "unconfirmed",
    )
    if is_draft:
        _leave_half_way(rng, application)
    return application


def _leave_half_way(rng, application):
    """Empty what somebody had not come to yet: the sections after one that differs."""
    sections = [
        ("phone", "town", "organization_name", "job"),
        ("level", "authority"),
        ("motivation", "trial_idea", "hours_plan"),
        ("mail_language", "interview_language", "meeting_language", "access_needs"),
    ]
    done = rng.randint(0, len(sections))
    for section in sections[done:]:
        for name in section:
            setattr(application, name, "")
    if done == 0:
        application.region = application.organization = None
    if done < len(sections):
        application.availability = []


def _answers(desk, each) -> dict:
    """Return the three written answers; a draft has the first at most."""
    words, rng, deal = read("answers"), desk.rng, desk.deck.in_language
    is_draft = each.fate == "draft"
    is_begun = not is_draft or rng.random() < 0.5
    years = rng.randint(2, 3) if each.level == "newer" else rng.randint(6, 19)
    opening = deal(words["opening"], each.language, "opening")
    body = deal(words["motivation"][each.focus], each.language, "motivation", each.focus)
    trial = deal(words["trial"][each.focus], each.language, "trial", each.focus)
    hours = deal(words["hours"], each.language, "hours")
    closing = deal(words["closing"], each.language, "closing")
    measured = deal(words["measured"], each.language, "measured").format(town=each.town)
    opened = opening.format(town=each.town, years=years)
    return {
        "motivation": f"{opened} {body} {closing}".strip() if is_begun else "",
        "trial_idea": "" if is_draft else f"{trial} {measured}".strip(),
        "hours_plan": "" if is_draft else hours,
    }


def _phone(people, name):
    """Return a number of her own, or that of her office where the texts say so."""
    return read("people")["office_phones"].get(name) or people.phones.draw("phone", NUMBERS)


def _authority(rng, each):
    if each.role in {"manager", "lead"}:
        return "decide"
    return rng.choice(["recommend", "recommend", "approval"])


def _availability(rng):
    half_days = [key for key, _label in HALF_DAYS]
    chosen = {"tue-pm", *rng.sample(half_days, rng.randint(3, 6))}
    return [key for key in half_days if key in chosen]


def _experiences(desk, applicants):
    programs = {program.key: program for program in Program.objects.all()}
    desk.pile.add(
        Experience(
            application=each.application,
            program=program,
            years=1 if each.level == "newer" else desk.rng.randint(3, 12),
            part=PARTS.get(each.role, "deliver"),
        )
        for each in applicants
        for program in dict.fromkeys(
            [desk.areas[each.focus].program, programs[desk.rng.choice(OTHER_PROGRAMS)]]
        )
        if program
    )


def _choices(desk, applicants):
    keys = list(desk.areas)
    for each in applicants:
        others = [key for key in keys if key != each.focus]
        ranked = [each.focus, *desk.rng.sample(others, desk.rng.randint(0, len(others)))]
        desk.pile.add(
            FocusChoice(application=each.application, focus_area=desk.areas[key], rank=rank)
            for rank, key in enumerate(ranked, 1)
        )


def _consents(desk, applicants):
    for each in applicants:
        for purpose in CONSENTS:
            if purpose == Consent.Purpose.DATA or each.application.wants_news:
                desk.people.agree(
                    desk.pile,
                    each.person,
                    purpose,
                    wording=wording(purpose, each.language),
                    source=each.application.source_of(each.application.reference),
                    when=each.application.submitted_at,
                )
