"""Calls and their webinars."""

from datetime import timedelta

from cops.admin.deadline import deadlines
from tests.factories import ConsentFactory, PersonFactory, RegistrationFactory
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.pages import from_desk


def published_call(world, person, own):
    return Aim([world.call.slug])


def focus_area(world, person, own):
    return Aim([world.focus_area.slug])


def webinar(world, person, own):
    return Aim([world.webinar.slug])


def draft_call(world, person, own):
    return Aim([world.draft.slug])


def draft_focus_area(world, person, own):
    return Aim([world.draft_focus_area.slug])


def draft_webinar(world, person, own):
    return Aim([world.draft_webinar.slug])


def draft_community(world, person, own):
    return Aim([world.draft_community.slug])


def call_to_edit(world, person, own):
    return from_desk(world, "cops_cohort", world.draft, name_en="Another name")


def role_to_give(world, person, own):
    rows = {"roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "0", "roles-0-role": "reviewer"}
    given = {"roles-0-person": world.stranger.pk, "roles-0-organization": world.call.convenor.pk}
    return from_desk(world, "cops_cohort", world.draft, **rows, **given)


def call_to_open(world, person, own):
    world.draft_community.focus_area.versions.create(cohort=world.draft, number=1, question_en="?")
    world.draft.criteria.create(number=1, text_en="t", question_en="q")
    return Aim([world.draft.pk, "open_call"])


def call_to_extend(world, person, own):
    until = world.call.closes_at + timedelta(days=400)
    seen = deadlines(world.call, until)
    typed = {"closes_at": until.isoformat(), "seen": seen, "shift": "on"}
    return Aim([world.call.pk, "extend"], typed)


def call_to_copy(world, person, own):
    opens_on = (world.call.opens_at + timedelta(weeks=52)).date().isoformat()
    typed = {"name_en": "Next", "name_fr": "Suivante", "slug": "next", "opens_on": opens_on}
    return Aim([world.call.pk, "copy"], typed)


def call_to_announce(world, person, own):
    ConsentFactory(person=PersonFactory())
    return Aim([world.call.pk, "announce"])


def call_to_delete(world, person, own):
    return Aim([world.call.pk], {"post": "yes"})


# --------------------------------------------------------------------------------- Webinars


def webinar_to_register(world, person, own):
    typed = {"name": "N", "email": person.email if person else "n@new.test", "agrees": "on"}
    return Aim([world.webinar.slug], typed)


def registration(world, person, own):
    if not own:
        return Aim([world.registration.uuid])
    return Aim([RegistrationFactory(webinar=world.webinar, person=person, wants_news=True).uuid])


def link_again(world, person, own):
    return Aim([world.webinar.slug], {"email": world.registration.person.email})


def attendance_list(world, person, own):
    return Aim([world.past_webinar.pk, "attendance"])


def attendance_file(world, person, own):
    return Aim([world.past_webinar.pk, "attendance_file"])


def attendance_to_note(world, person, own):
    event = world.past_webinar.event
    return Aim([world.past_webinar.pk, "attendance"], {"present": event.invitees.get().pk})


def questions_to_take(world, person, own):
    return Aim([world.webinar.pk, "questions"], {"asked": world.registration.pk})
