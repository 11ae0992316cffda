"""The frame of a round: its cohort, criteria, focus areas, questions and webinar."""

from datetime import datetime, timedelta

from accounts import clock
from accounts.models import Zone
from applications.models import CONSENTS
from cops.models import (
    Anchor,
    Cohort,
    CohortRole,
    Criterion,
    FocusArea,
    FocusAreaVersion,
    Program,
    Registration,
    Webinar,
)
from notifications.models import Consent, Invitee, Kind, Role
from outcomes.sample import rows
from outcomes.sample.people import wording
from outcomes.sample.texts import read

COLUMNS = {field.name for field in Cohort._meta.fields}


def make_cohort(facts: dict, people, *, partners: list[str]) -> Cohort:
    """Make a published cohort; times in ``facts`` are naive, on the clock of Toronto."""
    times = {
        name: clock.instant(value, Zone.TORONTO)
        for name, value in facts.items()
        if isinstance(value, datetime)
    }
    words = {name: value.strip() for name, value in facts.items() if isinstance(value, str)}
    cohort = Cohort.objects.create(
        convenor=people.organization("First Work"),
        is_sample=True,
        published_at=times["opens_at"],
        **{**facts, **words, **times},
    )
    cohort.partners.set(people.organization(name) for name in partners)
    return cohort


def make_criteria(cohort: Cohort, hours: dict) -> list[Criterion]:
    """Give ``cohort`` the five criteria of the 2021 call, with an anchor sentence per value.

    ``hours`` replaces the words of the fifth, which name the months of the call.
    """
    *facts, fifth = read("call_2021")["criterion"]
    facts.append(fifth | hours)
    criteria = rows.insert(
        Criterion(
            cohort=cohort,
            number=number,
            **{name: value for name, value in each.items() if not name.startswith("anchors")},
        )
        for number, each in enumerate(facts, 1)
    )
    rows.insert(
        Anchor(criterion=criterion, value=value, sentence_en=english, sentence_fr=french)
        for criterion, each in zip(criteria, facts, strict=True)
        for value, (english, french) in enumerate(
            zip(each["anchors_en"], each["anchors_fr"], strict=True), 1
        )
    )
    return criteria


def make_focus_areas(facts: list[dict], origin: dict) -> dict[str, FocusArea]:
    """Return the focus areas by their key in the texts; one that exists is taken up again."""
    programs = {program.key: program for program in Program.objects.all()}
    return {
        each["key"]: FocusArea.objects.get_or_create(
            slug=each["slug"],
            defaults={
                "program": programs.get(each.get("program")),
                "origin_en": origin["en"],
                "origin_fr": origin["fr"],
                **{
                    name: each[name]
                    for name in ("name_en", "name_fr", "problem_en", "problem_fr")
                    if name in each
                },
            },
        )[0]
        for each in facts
    }


def ask(cohort, areas, facts, *, number, by, when) -> dict[str, FocusAreaVersion]:
    """Write version 1 or 2 of each guiding question that the texts give; by the area's key."""
    name = {1: "question", 2: "refined"}[number]
    chosen = [each for each in facts if f"{name}_en" in each]
    versions = rows.insert(
        [
            FocusAreaVersion(
                focus_area=areas[each["key"]],
                cohort=cohort,
                number=number,
                question_en=each[f"{name}_en"],
                question_fr=each[f"{name}_fr"],
                reason=each.get(f"{name}_because", ""),
                written_by=by,
                written_at=when,
            )
            for each in chosen
        ]
    )
    return {each["key"]: version for each, version in zip(chosen, versions, strict=True)}


def give_roles(cohort, people, named, role) -> list:
    """Let the named people review or interview; returns the people."""
    persons = people.make(
        ((name, organization, "", "en") for name, organization, _french in named),
        since=cohort.opens_at,
    )
    rows.insert(
        CohortRole(
            cohort=cohort,
            person=person,
            role=role,
            organization=person.organization,
            speaks_french=french,
        )
        for person, (_name, _organization, french) in zip(persons, named, strict=True)
    )
    return persons


def make_webinar(cohort: Cohort, facts: dict) -> Webinar:
    facts = dict(facts)
    where = {name: facts.pop(name, "") for name in ("join_link", "dial_in")}
    event = rows.event(
        Kind.WEBINAR,
        facts.pop("wall"),
        minutes=facts.pop("minutes"),
        told=cohort.opens_at,
        series=cohort.series,
        title_en=facts["title_en"],
        title_fr=facts["title_fr"],
        **where,
    )
    event.save()
    answers = facts.pop("answers", [])
    webinar = Webinar.objects.create(cohort=cohort, event=event, **facts)
    for position, answer in enumerate(answers, start=1):
        webinar.answers.create(position=position, **answer)
    return webinar


def register(webinar: Webinar, persons, rng, people, pile, *, until: datetime) -> None:
    """Register ``persons`` between the opening and ``until``; where it is over, note who came."""
    opened = webinar.cohort.opens_at
    span = (until - opened).total_seconds()
    texts = read("people")
    registrations = [
        Registration(
            webinar=webinar,
            person=person,
            name=person.name,
            organization=person.organization.name_en,
            region=person.region,
            question=rng.choice(texts["questions"][person.language]) if rng.random() < 0.2 else "",
            access_needs=rng.choice(texts["needs"][person.language]) if rng.random() < 0.06 else "",
            consent_wording=wording(Consent.Purpose.DATA, person.language),
            wants_news=rng.random() < 0.5,
            registered_at=opened + timedelta(seconds=rng.uniform(0.02, 1) * span),
        )
        for person in persons
    ]
    pile.add(registrations)
    came = Invitee.Attendance
    pile.add(
        rows.part(
            webinar.event,
            each.person,
            Role.GUEST,
            since=each.registered_at,
            attendance=rng.choices([came.PRESENT, came.LATE, came.ABSENT], [70, 6, 24])[0]
            if webinar.event.is_over
            else "",
        )
        for each in registrations
    )
    for each in registrations:
        for purpose in CONSENTS:
            if purpose == Consent.Purpose.DATA or each.wants_news:
                people.agree(
                    pile,
                    each.person,
                    purpose,
                    wording=wording(purpose, each.person.language),
                    source=f"webinar {webinar.slug}",
                    when=each.registered_at,
                )
