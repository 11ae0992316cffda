"""An application: her own, and somebody else’s."""

from datetime import timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Region
from applications.models import Answer, Question, Review, Status
from cops.models import Program
from tests.applications.applying import complete, seen_by
from tests.factories import (
    AccessCodeFactory,
    AnswerFactory,
    ApplicationFactory,
    AssessmentFactory,
    CohortFactory,
    ImportFactory,
    PersonFactory,
    QuestionFactory,
    ReviewFactory,
    SupportFactory,
)
from tests.permissions.targets.aim import Aim, owner


def application_of(world, person, own, **facts):
    """Somebody's application: hers is in another call than the one she has a part in."""
    cohort = facts.pop("cohort", world.applies_to)
    return ApplicationFactory(cohort=cohort, person=owner(world, person, own), **facts)


def open_call(world, person, own):
    return Aim([world.applies_to.slug], {"name": "N", "email": "new@start.test"})


def own_draft(world, person, own):
    return Aim([application_of(world, person, own).uuid])


def own_section(world, person, own):
    return section(application_of(world, person, own))


def section(application, key="ideas", **typed):
    typed = typed or {"motivation": "Typed", "trial_idea": "Typed", "hours_plan": "Typed"}
    seen = seen_by(application, key)
    return Aim([application.uuid, key], typed | {"seen": seen, "later": "1"})


def own_about(world, person, own):
    typed = {name: f"New {name}" for name in ("name", "organization_name", "job", "town", "phone")}
    typed |= {"region": Region.objects.latest("pk").pk, "mail_language": "fr"}
    return section(application_of(world, person, own), "about", **typed)


def own_experience(world, person, own):
    typed = {"level": "newer", "authority": "decide", "programs": [Program.objects.first().pk]}
    return section(application_of(world, person, own), "experience", **typed)


def own_programs(world, person, own):
    application = application_of(world, person, own)
    program = Program.objects.filter(key="other").get()
    application.experiences.create(program=program)
    typed = {f"years_{program.pk}": "3", f"part_{program.pk}": "deliver"}
    return section(application, "programs", **typed, **{f"named_{program.pk}": "Skills Ahead"})


def own_times(world, person, own):
    typed = {"availability": ["mon-am"], "access_needs": "Captions"}
    typed |= {"interview_language": "fr", "meeting_language": "both"}
    return section(application_of(world, person, own), "times", **typed)


def own_consent_to_use(world, person, own):
    typed = {"agrees_to_use": "on", "wants_news": "on"}
    return section(application_of(world, person, own), "consent", **typed)


def own_unconfirmed(world, person, own):
    return Aim([application_of(world, person, own, awaits_confirmation=True).uuid])


def closed_call(world, person, own):
    return Aim([past_call().slug])


def closed_call_and_code(world, person, own):
    code = AccessCodeFactory(cohort=past_call())
    return Aim([code.cohort.slug], {"code": code.code})


def past_call():
    now = timezone.now()
    return CohortFactory(opens_at=now - timedelta(days=30), closes_at=now - timedelta(days=1))


def own_late(world, person, own):
    application = application_of(world, person, own)
    type(application.cohort).objects.filter(pk=application.cohort_id).update(
        closes_at=timezone.now() - timedelta(hours=1)
    )
    code = AccessCodeFactory(cohort=application.cohort)
    return Aim([application.uuid], {"code": code.code})


def own_sent(world, person, own):
    return Aim([application_of(world, person, own, status=Status.SUBMITTED).uuid])


def own_withdrawn(world, person, own):
    return Aim([application_of(world, person, own, status=Status.WITHDRAWN).uuid])


def own_entered(world, person, own):
    told = {"status": Status.SUBMITTED, "came_by": "phone"}
    return Aim([application_of(world, person, own, **told).uuid])


def to_enter(world, person, own):
    typed = {"name": "N", "address": "new@paper.test", "came_by": "paper", "language": "en"}
    return Aim(data=typed | {"cohort": world.other_call.pk})


def section_being_entered(world, person, own):
    return section(ApplicationFactory(cohort=world.other_call, came_by="phone"))


def code_to_send(world, person, own):
    return Aim([AccessCodeFactory(cohort=past_call(), person=PersonFactory()).pk, "send"])


def code_to_revoke(world, person, own):
    return Aim([AccessCodeFactory(cohort=world.call).pk, "revoke"])


def own_submitted(world, person, own):
    application = application_of(world, person, own, status=Status.SUBMITTED)
    return Aim([application.uuid], {"reason": "A new job"})


def own_file(world, person, own):
    application = application_of(world, person, own, status=Status.SUBMITTED)
    question = QuestionFactory(cohort=application.cohort, kind=Question.Kind.FILE)
    answer = AnswerFactory(application=application, question=question, value="cv.pdf")
    answer.file.save("cv.pdf", ContentFile(b"%PDF-"))
    return Aim([application.uuid, question.key])


def own_question(world, person, own):
    application = application_of(world, person, own, status=Status.SUBMITTED)
    return Aim([application.uuid], {"name": "A supervisor", "email": "boss@agency.test"})


def own_asked(world, person, own):
    support = SupportFactory(
        application=application_of(world, person, own, status=Status.SUBMITTED)
    )
    return Aim([support.application.uuid, support.uuid])


def asked_of_me(world, person, own):
    support = SupportFactory(
        application=ApplicationFactory(status=Status.SUBMITTED), person=owner(world, person, own)
    )
    return Aim([support.uuid], {"answer": "if", "words": "If it is a Tuesday.", "phone": ""})


def support_to_call(world, person, own):
    return Aim([world.support.pk, "note_call"])


def answers_to_take(world, person, own):
    return Aim([world.call.pk], {"reason": "For the committee"})


def answers_to_read(world, person, own):
    answer = Answer.objects.filter(question__cohort=world.call, question__is_identifying=True).get()
    return Aim(query=f"cohort={world.call.pk}&key={answer.question.key}")


def own_complete(world, person, own):
    return Aim([complete(application_of(world, person, own)).uuid])


def own_reopened(world, person, own):
    application = application_of(world, person, own, status=Status.SUBMITTED)
    application.reopen(by=world.people["Stf"])
    type(world.other_call).objects.filter(pk=world.other_call.pk).update(
        closes_at=timezone.now() - timedelta(days=1)
    )
    return section(application)


def own_declined(world, person, own):
    return Aim([application_of(world, person, own, status=Status.DECLINED).uuid])


def own_reviewed(world, person, own):
    return Aim([reviewed(world, person, own).uuid])


def reviewed(world, person, own):
    """An application in review, with what somebody wrote about it."""
    application = application_of(world, person, own, status=Status.IN_REVIEW)
    ReviewFactory(
        application=application,
        reviewer=world.second_reader,
        status=Review.Status.DONE,
        remark=world.mark("remark about her", "" if own else "Stf Sup"),
    )
    return application


def own_assessed(world, person, own):
    return Aim([assessed(world, person, own).uuid])


def assessed(world, person, own):
    application = application_of(world, person, own, status=Status.INTERVIEW)
    interview = world.booked(application, world.slot(world.past(), world.second_interviewer))
    AssessmentFactory(
        interview=interview,
        interviewer=world.second_interviewer,
        notes=world.mark("notes about her", "" if own else "Stf"),
        done_at=timezone.now(),
    )
    return interview


def review_of_own(world, person, own):
    return Aim([reviewed(world, person, own=True).reviews.get().pk])


def desk_of_own(world, person, own):
    return Aim([reviewed(world, person, own=True).pk])


def desk_of_own_interview(world, person, own):
    return Aim([assessed(world, person, own=True).pk])


# --------------------------------------------------------------- Somebody else's application


def desk_of_read(world, person, own):
    return Aim([world.read.pk])


def desk_of_talked(world, person, own):
    return Aim([world.interview.pk])


def answers_to_correct(world, person, own):
    return Aim([world.read.pk], {"motivation": "Mended", "name": "Mended", "status": "draft"})


def section_of_another(world, person, own):
    return section(application_of(world, person, own=False))


def decision(world, person, own):
    return Aim([world.read.pk, "decide_interview"], {"reason": "Good"})


def give_back(world, person, own):
    application = application_of(world, person, own=False, status=Status.SUBMITTED)
    return Aim([application.pk, "give_back"], {"reason": "A phone number is missing"})


# ------------------------------------------------------------------- Answered in another form


class File(str):
    """A file as a browser sends it; a text wherever no form is sent."""

    name = "answers.csv"

    def read(self):
        return self.encode()


def file_to_read(world, person, own):
    text = "Email,Name\namy@imported.test,Amy\n"
    return Aim([], {"cohort": world.other_call.pk, "file": File(text)})


def file_read(world, person, own):
    return Aim([ImportFactory(cohort=world.other_call).pk])


def columns_to_choose(world, person, own):
    return Aim(file_read(world, person, own).args, {"column_0": "email", "order": "day"})


def words_to_explain(world, person, own):
    name = f"word_level_{sha256(b'green').hexdigest()[:12]}"
    return Aim(file_read(world, person, own).args, {name: "newer"})


def file_to_import(world, person, own):
    return Aim([*file_read(world, person, own).args, "make"])
