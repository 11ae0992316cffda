"""The record that a door leads to, made or found for whoever knocks.

Each function takes the world, the person who asks, and ``own``: whether the record is
to be hers (or, of a group, her group's), or somebody else's. It returns an ``Aim``.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import SignIn
from applications.models import Interview, Review, Status
from cops import services as communities
from notifications import calendar, outbox
from notifications.models import Message, Role
from outcomes.models import Outcome
from tests.applications.applying import complete, seen_by
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    AssessmentFactory,
    ConsentFactory,
    HoursEntryFactory,
    InterviewFactory,
    OfferFactory,
    OutcomeFactory,
    PersonFactory,
    RegistrationFactory,
    ReviewFactory,
    wall,
)


@dataclass
class Aim:
    """What stands in the address, what is sent along, and what a signed link names."""

    args: list = field(default_factory=list)
    data: dict = field(default_factory=dict)
    query: str = ""
    # Marked texts that are opened to her by this very way.
    own_words: tuple = ()
    # Who got the mail with the link, where that is not who asks.
    reader: object = None


def owner(world, person, own):
    return person if own else world.stranger


# ------------------------------------------------------------------------------------ Calls


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


def call_to_open(world, person, own):
    world.draft_community.focus_area.versions.create(cohort=world.draft, number=1, question_en="?")
    world.draft.criteria.create(number=1, text_en="t", question_en="q")
    return Aim([world.draft.pk, "open_call"])


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


def attendance_list(world, person, own):
    return Aim([world.past_webinar.pk, "attendance"])


# --------------------------------------------------------------------- An own application


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


def section(application):
    typed = {"seen": seen_by(application, "ideas"), "motivation": "Typed", "later": "1"}
    return Aim([application.uuid, "ideas"], typed)


def own_unconfirmed(world, person, own):
    return Aim([application_of(world, person, own, awaits_confirmation=True).uuid])


def own_submitted(world, person, own):
    application = application_of(world, person, own, status=Status.SUBMITTED)
    return Aim([application.uuid], {"reason": "A new job"})


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


# ----------------------------------------------------------------------------------- Review


def review(world, person, own):
    """Hers to write: an assignment in the call; of somebody else: another reader's."""
    if not own:
        return other_open_review(world)
    return Aim([review_for(world, person).uuid], {"remark": "Mine", "criterion_1": "4"})


def review_for(world, person, **facts):
    if person == world.people["Rev"] and not facts:
        return world.review
    if person == world.people["Rev"]:
        Review.objects.filter(pk=world.review.pk).update(**facts)
        return Review.objects.get(pk=world.review.pk)
    return ReviewFactory(application=world.read, reviewer=person, role=person.is_staff, **facts)


def other_open_review(world):
    application = ApplicationFactory(cohort=world.call, status=Status.IN_REVIEW)
    theirs = ReviewFactory(application=application, reviewer=world.second_reader)
    return Aim([theirs.uuid], {"remark": "Mine", "criterion_1": "4"})


def other_review(world, person, own):
    return Aim([world.other_review.uuid])


def review_done(world, person, own):
    if not own:
        return other_review(world, person, own)
    return Aim([review_for(world, person, status=Review.Status.DONE).uuid])


def desk_of_other_review(world, person, own):
    return Aim([world.other_review.pk])


def recusal(world, person, own):
    aim = review(world, person, own)
    return Aim(aim.args, {"reason": "I know her"})


def assignment(world, person, own):
    application = ApplicationFactory(cohort=world.call, status=Status.SUBMITTED)
    return Aim([], {"action": "assign_reviews", "_selected_action": [application.pk]})


def review_to_reopen(world, person, own):
    return Aim([world.other_review.pk, "give_back"])


# -------------------------------------------------------------------------------- Interviews


def interview_invitation(world, person, own, **facts):
    """An invitation to an interview; of somebody who reads for a call or interviews: there."""
    takes_part = person in (world.people["Rev"], world.people["Int"])
    facts.setdefault("cohort", world.call if own and takes_part else world.other_call)
    application = application_of(world, person, own, status=Status.INTERVIEW, **facts)
    return InterviewFactory(application=application)


def own_invitation(world, person, own):
    return Aim([interview_invitation(world, person, own).uuid])


def own_booking(world, person, own):
    interview = interview_invitation(world, person, own)
    free = world.free_slot if interview.application.cohort == world.call else world.other_free_slot
    return Aim([interview.uuid], {"slot": str(free.uuid)})


def own_booked(world, person, own):
    interview = interview_invitation(world, person, own)
    application = interview.application
    interview.delete()
    slot = world.slot(world.future(), world.free_interviewer, cohort=application.cohort)
    return Aim([world.booked(application, slot).uuid], {"reason": "Ill"})


def interview_to_hold(world, person, own):
    return Aim([(world.interview if own else world.other_interview).uuid])


def interview_of_others(world, person, own):
    return Aim([world.other_interview.uuid])


def new_slots(world, person, own):
    day = world.call.interviews_from
    typed = {"on": day.isoformat(), "at": "10:00", "zone": "America/Toronto", "minutes": "45"}
    return Aim([], typed | {"cohort": world.call.pk, "count": "1", "pause": "0"})


def slot(world, person, own):
    return Aim([(world.own_slot if own else world.free_slot).uuid])


def slot_at_desk(world, person, own):
    return Aim([world.free_slot.pk, "withdraw"])


def booking_for_her(world, person, own):
    application = ApplicationFactory(cohort=world.call, status=Status.INTERVIEW)
    interview = InterviewFactory(application=application)
    return Aim([interview.pk], {"slot": world.free_slot.pk})


def panel_of(world, person, own):
    """The interview of her own panel; staff are put on it."""
    if own and person.is_staff:
        application = ApplicationFactory(cohort=world.call, status=Status.INTERVIEW)
        return world.booked(application, world.slot(world.past(), person))
    return world.interview if own else world.other_interview


def notes_to_write(world, person, own):
    return Aim([panel_of(world, person, own).uuid], {"notes": "I heard", "version": "0"})


def interview_begun(world, person, own):
    return Aim([panel_of(world, person, own).uuid])


def insight_to_add(world, person, own):
    typed = {"focus_area": world.focus_area.pk, "sort": "priority", "theme": "T", "text": "Said"}
    return Aim([panel_of(world, person, own).uuid], typed)


def interview_noted(world, person, own):
    """Her own notes are done, so she may read the other's."""
    if not own:
        return interview_of_others(world, person, own)
    if person == world.people["Int"]:
        AssessmentFactory(interview=world.interview, interviewer=person, done_at=timezone.now())
    return Aim([world.interview.uuid], own_words=("notes.talked",))


# --------------------------------------------------------------------------------- Selection


def proposal(world, person, own):
    held(world)
    return Aim([world.proposal.pk])


def held(world):
    Interview.objects.filter(pk=world.interview.pk).update(status=Interview.Status.HELD)


def placement(world, person, own):
    held(world)
    return Aim([world.proposal.pk], {str(world.talked.pk): str(world.to_place.pk)})


def question_to_refine(world, person, own):
    return Aim([world.question.pk], {"question_en": "And now?", "reason": "Heard"})


def release(world, person, own):
    return Aim([], {"action": "release_decisions", "_selected_action": [world.read.pk]})


def letters(world, person, own):
    letter = outbox.draft(
        "application-declined", world.read.person, key="letter", by=world.people["Stf"],
        context={"application": world.read.pk},
    )  # fmt: skip
    return Aim([], query=f"ids={letter.pk}")


def offer_of(world, person, own):
    takes_part = person in (world.people["Rev"], world.people["Int"])
    cohort = world.call if own and takes_part else world.other_call
    application = application_of(world, person, own, cohort=cohort, status=Status.OFFERED)
    return OfferFactory(
        application=application, community__focus_area=world.focus_area, community__cohort=cohort
    )


def own_offer(world, person, own):
    return Aim([offer_of(world, person, own).uuid])


def own_answer(world, person, own):
    return Aim([offer_of(world, person, own).uuid], {"answer": "turn-down", "reason": "Ill"})


# --------------------------------------------------------------------------------- Communities


def community(world, person, own):
    return Aim([world.group_of(person, own=own).community.slug])


inside = inside_with_hours = community


def member_at_desk(world, person, own):
    return Aim([world.ours.other.person.pk])


def community_to_edit(world, person, own):
    return from_desk(world, "cops_community", world.ours.community, summary_en="New summary")


def newcomer(world, person, own):
    typed = {"person": PersonFactory().email, "role": "member"}
    return Aim([world.ours.community.pk, "add_person"], typed)


def membership_to_end(world, person, own):
    return Aim([world.ours.other.pk, "end"], {"reason": "Moved"})


# ------------------------------------------------------------------------------------ Meetings


def meeting_ahead(world, person, own):
    return Aim([world.group_of(person, own=own).ahead.uuid])


def meeting_ahead_to_answer(world, person, own):
    aim = meeting_ahead(world, person, own)
    if person == world.people["Pub"] and own:
        event = world.ours.ahead.event
        calendar.owe(event, person, Role.MEMBER)
    return Aim(aim.args, {"answer": "no"})


def meeting_circulated(world, person, own):
    return Aim([world.group_of(person, own=own).sent.uuid])


meeting_attended = meeting_circulated


def meeting_ready(world, person, own):
    return Aim([world.group_of(person, own=own).ready.uuid])


def meeting_ready_at_desk(world, person, own):
    return Aim([world.ours.ready.pk, "circulate"])


def new_series(world, person, own):
    typed = when(wall(30).date())
    typed |= {"how_many": "1", "confirm": "1"}
    return Aim([world.group_of(person, own=own).community.slug], typed)


def meeting_to_move(world, person, own):
    typed = when(wall(9).date()) | {"version": "0"}
    return Aim([world.group_of(person, own=own).ahead.uuid], typed)


def when(day):
    return {"on": day.isoformat(), "at": "10:00", "zone": "America/Toronto", "minutes": "60"}


def notes_of_meeting(world, person, own):
    meeting = world.group_of(person, own=own).ahead
    return Aim([meeting.uuid], {"group": "We met.", **world.seen(meeting)})


def attendance(world, person, own):
    meeting = world.group_of(person, own=own).ready
    return Aim([meeting.uuid], {"everyone": "on", **world.seen(meeting)})


def action(world, person, own):
    group = world.group_of(person, own=own)
    mine = own and person == world.people["Mem"]
    return Aim([(group.action if mine else group.facilitators_action).uuid])


# --------------------------------------------------------------------------------------- Hours


def entry(world, person, own):
    group = world.group_of(person, own=own)
    part = {group.member.person: group.member, group.facilitator.person: group.facilitator}
    membership = part.get(person) if own else group.other
    return HoursEntryFactory(membership=membership or group.other)


def hours_entry(world, person, own):
    return Aim([entry(world, person, own).uuid])


def hours_to_edit(world, person, own):
    return Aim([entry(world, person, own).uuid], hours())


def new_hours(world, person, own):
    return Aim([], hours() | {"membership": world.ours.other.pk})


def hours():
    return {"worked_on": timezone.localdate().isoformat(), "hours": "2.5", "note": "Calls"}


def hours_at_desk(world, person, own):
    return from_desk(world, "meetings_hoursentry", world.ours.hours, hours="3")


# ------------------------------------------------------------------------------------ Outcomes


def outcome_draft(world, person, own):
    return Aim([world.group_of(person, own=own).draft.slug])


def outcome_draft_by_link(world, person, own):
    if person == world.people["Pub"]:
        if not own:
            return Aim([world.theirs.draft.slug])
        communities.join(world.ours.community, person)
        return Aim([world.ours.draft.slug], own_words=("outcome.own",))
    return outcome_draft(world, person, own)


def outcome_to_edit(world, person, own):
    return from_desk(world, "outcomes_outcome", world.ours.draft, summary_en="New words")


def outcome_for_editor(world, person, own):
    outcome = OutcomeFactory(community=world.ours.community, status=Outcome.Status.MEMBER_REVIEW)
    return Aim([outcome.pk, "to_editor"])


def outcome_to_withdraw(world, person, own):
    return Aim([world.ours.published.pk, "withdraw"], {"reason": "Wrong"})


def outcome_published(world, person, own):
    return Aim([world.ours.published.slug])


def feedback(world, person, own):
    return Aim([world.ours.published.slug], {"text": "We tried this."})


def new_version(world, person, own):
    typed = from_desk(world, "outcomes_outcome", None).data
    typed |= {"community": world.ours.community.pk, "slug": "second", "title_en": "Second"}
    return Aim([], typed | {"number": "2", "supersedes": world.ours.published.pk})


# --------------------------------------------------------------------------------------- Admin


def app_label(world, person, own):
    return Aim(["cops"])


def autocomplete(world, person, own):
    asks = "app_label=cops&model_name=cohort&field_name=convenor&term=a"
    return Aim([], query=asks)


def on_site(world, person, own):
    return Aim([ContentType.objects.get_for_model(world.call).pk, world.call.pk])


def another_day(world, person, own):
    return Aim([], {"day": "2021-02-01"})


def promotion(world, person, own):
    typed = from_desk(world, "accounts_user", world.stranger, column="Sup").data
    return Aim([world.stranger.pk], typed | {"is_staff": "on", "is_superuser": "on"})


def mail_to_cancel(world, person, own):
    return Aim([world.link_mail.pk, "cancel"])


def mail_to_send_again(world, person, own):
    Message.objects.filter(pk=world.link_mail.pk).update(state=Message.State.SENT)
    return Aim([world.link_mail.pk, "send_again"])


def mail_with_a_code(world, person, own):
    return Aim([world.code_mail.pk])


def mail_with_a_link(world, person, own):
    return Aim([world.link_mail.pk])


def history(world, person, own):
    return Aim([world.call.pk])


# -------------------------------------------------------------------------------- Feeds, own page


def feed(world, person, own):
    return Aim([person.calendar_secret if own else uuid4()])


def details(world, person, own):
    typed = {"name": "New name", "phone": "", "language": "en", "time_zone": "America/Toronto"}
    return Aim([], typed)


# ------------------------------------------------------------------------------------ The site


def mail_link(world, person, own):
    return Aim([token_of(links.url(world.stranger, "accounts:me"))])


def sign_in_link(world, person, own):
    return Aim([token_of(links.sign_in_url(world.stranger))])


def token_of(url):
    return url.rstrip("/").rpartition("/")[2]


def no_letter(world, person, own):
    return Aim(["none.log", 0])


def no_part(world, person, own):
    return Aim(["none.log", 0, 0])


def rest(world, person, own):
    return Aim(["change/"])


def authenticator(world, person, own):
    return Aim([1])


# ----------------------------------------------------------- Own data, requests, setting up


def own_sign_ins(world, person, own):
    SignIn.objects.create(person=person)
    return Aim()


def own_consent(world, person, own):
    ConsentFactory(person=owner(world, person, own))
    return Aim(["news"])


def own_copy(world, person, own):
    return Aim([], {"form": "json"})


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


# ------------------------------------------------------------------------- What a page would send


class FormFields(HTMLParser):
    """What a browser would send of the form on a page that was opened and not touched."""

    def __init__(self, page):
        super().__init__()
        self.data, self.select, self.area = {}, "", ""
        self.feed(page)

    def add(self, name, value):
        self.data.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        name, kind = facts.get("name", ""), facts.get("type", "text")
        if tag == "input" and name and not name.startswith("_"):
            if kind in {"checkbox", "radio"}:
                if "checked" in facts:
                    self.add(name, facts.get("value", "on"))
            elif kind not in {"submit", "file", "button"}:
                self.add(name, facts.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.add(self.select, facts.get("value", ""))
        elif tag == "textarea" and name:
            self.area, self.data[name] = name, [""]

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data):
        if self.area:
            self.data[self.area][0] += data


def from_desk(world, name, record, *, column="Stf", **changed):
    """What the desk's page of ``record`` would send, with some fields changed."""
    page = "change" if record else "add"
    address = reverse(f"admin:{name}_{page}", args=[record.pk] if record else [])
    data = untouched(world, address, column)
    return Aim([record.pk] if record else [], data | changed)


def untouched(world, address, column="Stf"):
    answer = world.client(column).get(address)
    assert answer.status_code == 200, address
    data = FormFields(answer.text).data
    data.pop("csrfmiddlewaretoken", None)
    return data
