"""Making the applications of a file: all that are right in one act, or none."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import Language, Organization, Region, User, Zone
from accounts.places import named, zone_of
from applications.importing import checking
from applications.importing.mapping import SENT_AT
from applications.models import (
    Answer,
    Application,
    ApplicationChange,
    Experience,
    FocusChoice,
    Import,
    Status,
)
from applications.services import intake
from applications.services.imports.file import require_open_to
from cops import access
from cops.models import AccessRequest, Cohort
from notifications.consent import NOT_OUR_WORDS
from notifications.models import Consent

CHOICES = {"choice_1": 1, "choice_2": 2, "choice_3": 3}
# Columns of an application that a column of a file fills as it is.
AS_THEY_ARE = (
    "name", "phone", "town", "organization_name", "job", "level", "authority", "motivation",
    "trial_idea", "hours_plan", "availability", "mail_language", "interview_language",
    "meeting_language", "access_needs", "agrees_to_use", "wants_news",
)  # fmt: skip


@transaction.atomic
def make(file: Import, *, by: User) -> int:
    """Make an application of each row that is right, all of them or none; return how many.

    They count as sent at their time stamp. Nobody gets mail, and the record of a person who
    was known before is not touched (decision 0039). Raises InvalidTransition when the file is
    imported already, when it is too late, when ``by`` helps to choose in its call, when no row is
    right, and when somebody in it applies in this very moment.
    """
    # One file at a time; whoever writes an application of her own does not wait for it.
    cohort = Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=file.cohort_id)
    file = Import.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if not file.is_waiting:
        raise InvalidTransition(_("This file is imported already."))
    require_open_to(by, cohort)
    checked = checking.check(file)
    if not checked.right:
        raise InvalidTransition(_("No row of this file can be imported."))
    people = _people(checked.right)
    _nobody_applied(cohort, people.values())  # since the look above
    made = [
        (row, _application(file, cohort, row, people[row.email], about))
        for row, about in zip(checked.right, _places(checked.right), strict=True)
    ]
    for (_row, application), reference in zip(made, _references(len(made)), strict=True):
        application.reference = reference
    try:
        with transaction.atomic():
            Application.objects.bulk_create(application for _row, application in made)
    except IntegrityError:
        _nobody_applied(cohort, people.values())
        raise
    _write_what_comes_with(made, file, cohort, by)
    Import.objects.filter(pk=file.pk).update(
        imported_at=timezone.now(),
        made=len(made),
        left_out=len(checked.wrong),
        rows=[[row.number, row.cells] for row in checked.wrong],
    )
    return len(made)


def _nobody_applied(cohort, people) -> None:
    if checking.standing(cohort, people):
        raise InvalidTransition(
            _("Somebody in the file has just applied. Nothing was imported: look through it again.")
        )


def _people(rows) -> dict[str, User]:
    """Return the people of these rows by address, made where there are none, under lock."""
    theirs = {row.email: row for row in rows}
    known = set(User.objects.filter(email__in=theirs).values_list("email", flat=True))
    places = dict(zip(theirs, _places(rows), strict=True))
    User.objects.bulk_create(
        [
            User(
                email=email,
                name=row.name,
                phone=row.facts.get("phone", ""),
                language=row.facts.get("mail_language", Language.ENGLISH),
                time_zone=zone_of(row.facts.get("town", "")) or Zone.TORONTO,
                password=make_password(None),
                **places[email],
            )
            for email, row in theirs.items()
            if email not in known
        ],
        ignore_conflicts=True,
    )
    people = User.objects.select_for_update(of=("self",)).filter(email__in=theirs).order_by("pk")
    found = {person.email: person for person in people}
    have_one = set(
        EmailAddress.objects.filter(user__in=found.values()).values_list("user", flat=True)
    )
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=person, email=email, primary=True, verified=False)
            for email, person in found.items()
            if person.pk not in have_one
        ],
        ignore_conflicts=True,
    )
    return found


def _places(rows) -> list[dict]:
    """Return for each row the organization on file and the region, if need be the town's."""
    organizations = {
        name.casefold(): organization
        for organization in Organization.objects.order_by("-pk")
        for name in (organization.name_fr, organization.name_en)
        if name
    }
    regions = {str(region.pk): region for region in Region.objects.all()}
    towns = {
        named(place): region
        for region in regions.values()
        if region.is_catchment
        for place in (*region.places, region.name_en, region.name_fr)
    }
    return [
        {
            "organization": organizations.get(row.facts.get("organization_name", "").casefold()),
            "region": regions.get(row.facts.get("region"))
            or towns.get(named(row.facts.get("town", ""))),
        }
        for row in rows
    ]


def _application(file, cohort, row, person, places) -> Application:
    sent_at = row.facts.get(SENT_AT) or timezone.now()
    return Application(
        cohort=cohort,
        person=person,
        imported=file,
        status=Status.SUBMITTED,
        started_at=sent_at,
        touched_at=sent_at,
        submitted_at=sent_at,
        **places,
        **{name: row.facts[name] for name in AS_THEY_ARE if name in row.facts},
    )


def _references(count: int) -> set[str]:
    """Return ``count`` references that no application has."""
    free = set()
    while len(free) < count:
        drawn = {Application.draw_reference() for _each in range(count - len(free))}
        taken = Application.objects.filter(reference__in=drawn)
        free |= drawn.difference(taken.values_list("reference", flat=True))
    return free


def _write_what_comes_with(made, file, cohort, by) -> None:
    """Write the choices, answers, consents and histories of the applications ``made``."""
    why = _("Imported from the file “%(file)s”.") % {"file": file.file_name}
    ApplicationChange.objects.bulk_create(
        ApplicationChange(record=application, new=Status.SUBMITTED, by=by, reason=why)
        for _row, application in made
    )
    FocusChoice.objects.bulk_create(_choices(made))
    Experience.objects.bulk_create(
        Experience(application=application, program_id=int(program))
        for row, application in made
        for program in row.facts.get("programs", ())
    )
    asked = {question.field_name: question for question in cohort.questions.asked()}
    Answer.objects.bulk_create(
        Answer(application=application, question=asked[key], value=value)
        for row, application in made
        for key, value in row.facts.items()
        if key in asked
    )
    Consent.objects.bulk_create(_consents(made, file), ignore_conflicts=True)
    _ask_for_needs(made, cohort, by)
    began = cohort.applications.filter(
        person__in=[application.person for _row, application in made], status=Status.DRAFT
    )
    for draft in began.select_related("cohort", "person").order_by("person").distinct():
        intake.keep_owed(draft)


def _ask_for_needs(made, cohort, by) -> None:
    """Let whoever imports owe what people wrote that they need, as the form lets staff owe it."""
    for application in [each for _row, each in made if each.access_needs]:
        with translation.override(application.mail_language):
            access.ask_with(
                application.person,
                application.access_needs,
                source=AccessRequest.Source.APPLICATION,
                about=cohort.slug,
                cohort=cohort,
                by=by,
            )


def _choices(made):
    """Her focus areas by wish; where one is left out in between, the others move up."""
    for row, application in made:
        wishes = [row.facts[key] for key in CHOICES if key in row.facts]
        for rank, area in enumerate(wishes, start=1):
            yield FocusChoice(application=application, focus_area_id=int(area), rank=rank)


def _consents(made, file):
    """What the file says that people agreed to, in the words of its header and of the cell."""
    purposes = {
        "agrees_to_use": Consent.Purpose.DATA, "wants_news": Consent.Purpose.NEWS,
    }  # fmt: skip
    for row, application in made:
        for key, purpose in purposes.items():
            if row.facts.get(key):
                place = file.columns[key]
                yield Consent(
                    person=application.person,
                    purpose=purpose,
                    wording=f"{file.headers[place]}\n{row.cells[place]}",
                    version=NOT_OUR_WORDS,
                    language=row.facts.get("mail_language", Language.ENGLISH),
                    source=Application.imported_source_of(application.reference),
                    given_at=application.submitted_at,
                )
