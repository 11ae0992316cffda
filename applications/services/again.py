"""Applying again in a call after withdrawing: the new draft begins with what she wrote before."""

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from applications.forms.application import SECTIONS
from applications.models import AccessCode, Answer, Application, Experience, FocusChoice, Status
from applications.services import intake
from cops.models import Cohort

# To what she agrees she is asked anew.
ASKED_ANEW = {"consent"}


@transaction.atomic
def start(
    cohort: Cohort, person: User, code: AccessCode | None = None
) -> tuple[Application, Application | None]:
    """Do as ``intake.start_own`` does; a new draft begins with what she withdrew last.

    Returns the application, and what it begins with, if it does. What she withdrew stays as it
    is. Raises InvalidTransition as ``intake.start`` does.
    """
    User.objects.select_for_update().get(pk=person.pk)
    hers = cohort.applications.confirmed().filter(person=person)
    is_new = not hers.exclude(status=Status.WITHDRAWN).exists()
    before = hers.filter(status=Status.WITHDRAWN).order_by("-started_at").first()
    application = intake.start_own(cohort, person, code)
    if not is_new or before is None:
        return application, None
    _copy(before, application)
    application.refresh_from_db()
    return application, before


def _copy(before: Application, application: Application) -> None:
    columns = {
        name: getattr(before, name)
        for key, (_title, form) in SECTIONS.items()
        if key not in ASKED_ANEW
        for name in form.columns
    }
    Application.objects.filter(pk=application.pk).update(
        organization=before.organization, **columns
    )
    Experience.objects.bulk_create(
        Experience(
            application=application,
            program_id=one.program_id,
            named=one.named,
            years=one.years,
            part=one.part,
        )
        for one in before.experiences.all()
    )
    FocusChoice.objects.bulk_create(
        FocusChoice(application=application, focus_area_id=one.focus_area_id, rank=one.rank)
        for one in before.choices.all()
    )
    for answer in before.answers.filter(question__is_asked=True):
        _copy_answer(answer, application)


def _copy_answer(answer: Answer, application: Application) -> None:
    """A file is kept a second time: each goes with the application that it belongs to.

    What stays as it was answered stays so in the copy: it is as old as the first.
    """
    kept = ("question_id", "value", "given_at")
    new = Answer(application=application, **{name: getattr(answer, name) for name in kept})
    if answer.file:
        with answer.file.open() as content:
            new.file.save(answer.value, File(content), save=False)
    new.save()
