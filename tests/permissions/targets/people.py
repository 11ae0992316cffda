"""What is a person’s own: feeds, details, requests; and setting up."""

from uuid import uuid4

from accounts.models import SignIn
from notifications import people
from notifications.consent import agrees_to_news
from tests.factories import (
    AccessRequestFactory,
    ConsentFactory,
    InviteeFactory,
    OrganizationFactory,
    PersonFactory,
)
from tests.permissions.targets.aim import Aim, owner


def feed(world, person, own):
    return Aim([person.calendar_secret if own else uuid4()])


def event_invited_to(world, person, own):
    return Aim([InviteeFactory(person=owner(world, person, own)).event.uuid])


def details(world, person, own):
    typed = {"name": "New name", "phone": "", "language": "en", "time_zone": "America/Toronto"}
    typed["employer"] = OrganizationFactory().name_en
    return Aim([], typed)


def another_address(world, person, own):
    return Aim([], {"address": "another@elsewhere.test"})


def new_address(world, person, own):
    url = people.new_address_url(owner(world, person, own), "another@elsewhere.test")
    return Aim([url.rstrip("/").rpartition("/")[2]])


# ----------------------------------------------------------- Own data, requests, setting up


def own_sign_ins(world, person, own):
    SignIn.objects.create(person=person)
    return Aim()


def own_consent(world, person, own):
    ConsentFactory(person=owner(world, person, own))
    return Aim(["news"])


def mail_chosen(world, person, own):
    return Aim([], {"initial-wants_reminders": "True", "wants_last_hours": "on"})


def own_news(world, person, own):
    if not agrees_to_news(person):
        ConsentFactory(person=person)
    return Aim()


def own_copy(world, person, own):
    return Aim([], {"form": "json"})


def news_asked(world, person, own):
    return Aim([], {"email": "n@new.test", "name": "N", "wants_news": "on"})


def news_to_confirm(world, person, own):
    return Aim([owner(world, person, own).uuid])


def access_asked(world, person, own):
    typed = {"kind": "format", "words": "Large print", "name": "N", "email": "n@new.test"}
    return Aim([], typed)


def correction_asked(world, person, own):
    return Aim([], {"words": "My name is spelled with an e."})


def erasure_asked(world, person, own):
    return Aim([], {"words": "", "sure": "on"})


def access_request(world, person, own):
    return Aim([AccessRequestFactory(person=owner(world, person, own)).uuid])


def access_to_take(world, person, own):
    return Aim([world.access_request.pk, "take"])


def search(world, person, own):
    return Aim([], {"q": "Nobody of this name"})


def member_page(world, person, own):
    return Aim([world.ours.other.person.uuid])


def office(world, person, own):
    typed = {"name": "Us", "convenor": world.call.convenor.pk, "postal_address": "1 King Street"}
    return Aim([], typed | {"mailbox": "us@firstwork.test", "phone": "416 555 0100"})


def invitation(world, person, own):
    return Aim([], {"email": "colleague@new.test", "name": "C", "reason": "Starts on Monday"})


def own_test_mail(world, person, own):
    reader = person if person.is_staff else world.people["Stf"]
    return Aim([reader.uuid if own else world.stranger.uuid], reader=reader)


def two_records(world, person, own):
    kept, lost = PersonFactory(), PersonFactory(organization=None, phone="416 555 0199")
    return Aim([kept.uuid, lost.uuid], {"reason": "She phoned"})
