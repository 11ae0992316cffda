"""The world that every cell is asked in, with marked text wherever something is private.

Three calls (one read and interviewed for, one to apply to, one unpublished), a round that
meets with two communities, one person per column of the table, and those whose records
nobody else may see. ``ours`` is the community of Mem and Fac, ``theirs`` that of Fac'.
"""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from applications.models import Interview, Question, Review, Status, Support
from cops import services as communities
from cops.models import CohortRole, Membership
from meetings.forms.notes import NotesForm
from notifications import calendar, outbox
from notifications.models import Invitee, Kind, Reminder, Role
from outcomes.models import Outcome
from tests.factories import (
    AccessCodeFactory,
    AccessRequestFactory,
    ActionItemFactory,
    AnchorFactory,
    AnswerFactory,
    ApplicationFactory,
    AssessmentFactory,
    BounceFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    CompleteOutcomeFactory,
    ConsentFactory,
    CriterionFactory,
    DecisionFactory,
    EventFactory,
    FeedbackFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    HoursEntryFactory,
    ImportFactory,
    InsightFactory,
    InterviewFactory,
    InviteeFactory,
    MailTemplateFactory,
    MeetingFactory,
    NoteFactory,
    OfferFactory,
    OutcomeFactory,
    PanelistFactory,
    PersonFactory,
    ProposalFactory,
    QuestionFactory,
    RegistrationFactory,
    ReviewFactory,
    ScoreFactory,
    SeriesFactory,
    SlotFactory,
    StaffFactory,
    SupportFactory,
    TrialFactory,
    WebinarFactory,
    days,
    wall,
)

NOVEMBER_2040 = datetime(2040, 11, 14, 15, tzinfo=UTC)
STAFF = "Stf Sup"
MARKED = re.compile(r"zq\d{3}")  # how each marked text begins


class World:
    def __init__(self):
        self.marks, self.hours = {}, 1
        self.handler = Client().handler  # its middleware is loaded once for all
        self.people = {}
        self.sessions = {}
        self.tried = set()  # who knocked where by which method, see asking
        self.pages = {}  # of the desk, by address and whose browser: what each would send
        self.calls()
        self.persons()
        self.groups()
        self.applications()
        self.webinars()
        self.mail()
        for column, person in self.people.items():
            if column != "Pub":
                self.sessions[column] = self.signed_in(person).cookies

    # ------------------------------------------------------------------------------ marked text

    def mark(self, key, readers=""):
        """Return a text that only the columns in ``readers`` may find in an answer."""
        text = f"zq{len(self.marks):03d}{''.join(c for c in key if c.isalpha())}"
        self.marks[key] = SimpleNamespace(text=text, readers=frozenset(readers.split()))
        return text

    def leaks(self, column, body, allowed=()):
        """The keys of marked texts in ``body`` that ``column`` may not read."""
        begun = set(MARKED.findall(body))
        return [
            key
            for key, mark in self.marks.items()
            if mark.text[:5] in begun and mark.text in body
            and column not in mark.readers and key not in allowed
        ]  # fmt: skip

    # ---------------------------------------------------------------------------------- sessions

    def client(self, column):
        """A browser in which the person of ``column`` is signed in; nobody is for Pub."""
        client = Client()
        client.handler = self.handler
        if column != "Pub":
            client.cookies = deepcopy(self.sessions[column])
        return client

    def signed_in(self, person, *, second_factor=True):
        """A browser with the records that a real sign-in leaves in the session."""
        client = Client()
        client.force_login(person)
        session = client.session
        assert isinstance(session, SessionStore)
        request = SimpleNamespace(session=session)
        record_authentication(request, person, "code", email=person.email)
        if person.is_staff and second_factor:
            record_authentication(request, person, "mfa", type="totp")
        session.save()
        return client

    def past(self):
        """An instant that is over, a new one each time."""
        self.hours += 1
        return timezone.now() - timedelta(hours=2 * self.hours)

    def future(self):
        self.hours += 1
        return NOVEMBER_2040 + timedelta(hours=2 * self.hours)

    def seen(self, meeting):
        """What the screen of the notes carries of what stood there when it was opened."""
        return {"was": NotesForm(meeting=meeting).initial["was"]}

    # --------------------------------------------------------------------------------- the rounds

    def calls(self):
        self.call = CohortFactory(name_en="The call", slug="call", name_fr="L’appel")
        self.other_call = CohortFactory(name_en="Another call", slug="another-call")
        self.draft = CohortFactory(
            name_en=self.mark("call.draft", STAFF), slug="draft", published_at=None
        )
        # Where whoever has a part in the call may apply herself.
        self.applies_to = self.other_call
        self.running = CohortFactory(name_en="A round", slug="round", opens_at=days(-120))
        self.focus_area = FocusAreaFactory(slug="focus")
        for cohort in (self.call, self.other_call, self.running):
            question = FocusAreaVersionFactory(
                focus_area=self.focus_area,
                cohort=cohort,
                reason=self.mark(f"why the question changed {cohort.pk}", STAFF),
            )
            criterion = CriterionFactory(cohort=cohort, number=1)
            AnchorFactory(criterion=criterion)
        self.question = question
        self.draft_focus_area = FocusAreaFactory(
            slug="draft-focus", name_en=self.mark("focus.draft", STAFF)
        )
        FocusAreaVersionFactory(focus_area=self.draft_focus_area, cohort=self.draft)
        self.draft_community = CommunityFactory(
            cohort=self.draft,
            slug="draft-community",
            name_en=self.mark("community.draft", STAFF),
        )

    def persons(self):
        make = PersonFactory
        self.people = {
            "Pub": make(name="Guest"),
            "App": make(name="Applicant"),
            "Mem": make(name="Member"),
            "Fac": make(name="Facilitator"),
            "Fac'": make(name="Facilitator elsewhere"),
            "Rev": make(name="Reviewer"),
            "Int": make(name="Interviewer"),
            "Stf": StaffFactory(name="Staff"),
            "Sup": StaffFactory(name="Superuser", is_superuser=True),
        }
        self.second_reader = make(name="Second reader")
        self.second_interviewer = make(name="Second interviewer")
        self.free_interviewer = make(name="Interviewer Free")
        self.stranger = make(name="Stranger")
        reviewer, interviewer = CohortRole.Role.REVIEWER, CohortRole.Role.INTERVIEWER
        for person, role in [
            (self.people["Rev"], reviewer),
            (self.second_reader, reviewer),
            (self.people["Int"], interviewer),
            (self.second_interviewer, interviewer),
            (self.free_interviewer, interviewer),
        ]:
            CohortRoleFactory(cohort=self.call, person=person, role=role)
        CohortRoleFactory(cohort=self.other_call, person=self.free_interviewer, role=interviewer)

    # --------------------------------------------------------------------------------- the groups

    def groups(self):
        self.ours = self.group("own", "Mem Fac Stf Sup", fac="Fac", mem="Mem")
        self.theirs = self.group("theirs", "Fac' Stf Sup", fac="Fac'")

    def group(self, key, inside, *, fac, mem=None):
        """One community with a meeting ahead, one whose notes are out and one whose are not."""
        person = self.people
        running = f"{fac} {STAFF}"
        community = CommunityFactory(
            cohort=self.running, focus_area=self.focus_area, slug=f"group-{key}"
        )
        facilitator = communities.join(community, person[fac], Role.FACILITATOR)
        member = communities.join(community, person[mem] if mem else PersonFactory(name="M"))
        other = communities.join(
            community,
            PersonFactory(
                name=self.mark(f"member.{key}", inside),
                phone=self.mark(f"contact.{key}", STAFF),
            ),
        )
        left = communities.join(community, PersonFactory(name=self.mark(f"left.{key}", STAFF)))
        communities.leave(left, because=self.mark(f"why she left {key}", STAFF))
        everyone = [facilitator, member, other]
        ahead = self.meeting(community, 1, 7, everyone)
        sent = self.meeting(community, 2, -21, everyone, status="circulated")
        ready = self.meeting(community, 3, -7, everyone, status="notes-ready")
        NoteFactory(meeting=sent, body=self.mark(f"notes.{key}", inside))
        NoteFactory(meeting=sent, audience="shared", body=self.mark(f"shared.{key}", inside))
        decision = DecisionFactory(meeting=sent, text=self.mark(f"decision.{key}", inside))
        action = ActionItemFactory(
            meeting=sent, owner=member.person, text=self.mark(f"action.{key}", inside)
        )
        facilitators_action = ActionItemFactory(
            meeting=sent, owner=facilitator.person, text=self.mark(f"promise.{key}", inside)
        )
        TrialFactory(
            community=community,
            decision=decision,
            lead=member.person,
            title=self.mark(f"trial.{key}", inside),
        )
        NoteFactory(meeting=ready, body=self.mark(f"unsent.{key}", running))
        came = sent.event.invitees
        came.filter(person=member.person).update(attendance=Invitee.Attendance.PRESENT)
        came.filter(person=facilitator.person).update(attendance=Invitee.Attendance.PRESENT)
        came.filter(person=other.person).update(attendance=Invitee.Attendance.LATE)
        today = timezone.localdate()
        hours = HoursEntryFactory(
            membership=other, worked_on=today, hours="17.25", note=self.mark(f"hours.{key}", STAFF)
        )
        draft = OutcomeFactory(community=community, title_en=self.mark(f"outcome.{key}", inside))
        published = CompleteOutcomeFactory(
            community=community, slug=f"published-{key}", status=Outcome.Status.PUBLISHED
        )
        FeedbackFactory(outcome=published, text=self.mark(f"feedback.{key}", STAFF))
        return SimpleNamespace(
            community=community, facilitator=facilitator, member=member, other=other,
            ahead=ahead, sent=sent, ready=ready, action=action,
            facilitators_action=facilitators_action, hours=hours,
            draft=draft, published=published,
        )  # fmt: skip

    def meeting(self, community, number, day, memberships, **facts):
        event = EventFactory(wall=wall(day), series=community.series)
        for membership in memberships:
            calendar.owe(event, membership.person, membership.role)
        return MeetingFactory(community=community, number=number, event=event, **facts)

    def group_of(self, person, *, own=True):
        """The group that ``person`` belongs to, or with ``own=False`` one that she does not.

        Who belongs to none is asked about that of Mem and Fac.
        """
        hers = self.theirs if person == self.people["Fac'"] else self.ours
        if own or not self.belongs(person):
            return hers
        return self.ours if hers is self.theirs else self.theirs

    def belongs(self, person):
        return Membership.objects.current().filter(person=person).exists()

    # ------------------------------------------------------------------------------- applications

    def applications(self):
        self.reading()
        self.answering()
        self.talking()
        self.selecting()

    def reading(self):
        """One that is read: ``Rev`` has not handed in, a colleague has; staff have decided."""
        reader = self.people["Rev"]
        self.read = self.application("read", "Rev", status=Status.IN_REVIEW)
        self.review = ReviewFactory(application=self.read, reviewer=reader)
        calendar.owe(self.review.deadline, reader, Role.REVIEWER)
        self.other_review = ReviewFactory(
            application=self.read,
            reviewer=self.second_reader,
            status=Review.Status.DONE,
            done_at=timezone.now(),
            remark=self.mark("remark.read", STAFF),
        )
        ScoreFactory(review=self.other_review, criterion=self.call.criteria.get(), value=5)
        reason = self.mark("reason.read", STAFF)
        self.read.decide(Status.DECLINED, by=self.people["Stf"], reason=reason)

    def answering(self):
        """What the call asks beyond its own fields, answered for several readers; a supervisor's
        answer; a file of answers from elsewhere.
        """
        ImportFactory(cohort=self.other_call)
        QuestionFactory(cohort=self.call)
        self.support = SupportFactory(
            application=self.application("supported", "", status=Status.SUBMITTED),
            answer=Support.Answer.CALL,
            words=self.mark("support.words", STAFF),
        )
        for facts, readers in (
            ({}, f"Rev {STAFF}"),
            ({"is_identifying": True}, STAFF),
            ({"reader": Question.Reader.STAFF}, STAFF),
        ):
            AnswerFactory(
                application=self.read,
                question=QuestionFactory(cohort=self.call, **facts),
                value=self.mark("answer.read", readers),
            )

    def talking(self):
        """An interview of ``Int`` that has begun, one of others, and times that are free."""
        interviewer = self.people["Int"]
        self.talked = self.application("talked", "Int", status=Status.INTERVIEW)
        begun = timezone.now() - timedelta(hours=2)
        self.interview = self.booked(
            self.talked, self.slot(begun, interviewer, self.second_interviewer)
        )
        # What the other one noted opens once her own is done: conditions say when.
        self.noted("talked", self.interview, self.second_interviewer)
        InsightFactory(
            interview=self.interview,
            author=self.second_interviewer,
            focus_area=self.focus_area,
            text=self.mark("insight.talked", f"Int {STAFF}"),
        )
        self.elsewhere = self.application("others", "", status=Status.INTERVIEW)
        self.other_interview = self.booked(self.elsewhere, self.slot(begun, self.free_interviewer))
        self.noted("others", self.other_interview, self.free_interviewer)
        self.own_slot = self.slot(NOVEMBER_2040, interviewer)
        self.free_slot = self.slot(NOVEMBER_2040, self.free_interviewer)
        self.other_free_slot = self.slot(
            NOVEMBER_2040 + timedelta(hours=1), self.free_interviewer, cohort=self.other_call
        )

    def noted(self, key, interview, interviewer):
        AssessmentFactory(
            interview=interview,
            interviewer=interviewer,
            notes=self.mark(f"notes.{key}", "Stf"),
            done_at=timezone.now(),
        )

    def selecting(self):
        """A proposal, an offer, and a group to place people in."""
        self.proposal = ProposalFactory(cohort=self.call, note=self.mark("proposal", STAFF))
        OfferFactory(application=ApplicationFactory(cohort=self.call, status=Status.OFFERED))
        self.to_place = CommunityFactory(
            cohort=self.call, focus_area=self.focus_area, slug="to-place"
        )

    def application(self, key, reader, **facts):
        """An application in the call, its text marked for its readers; ``reader`` is assigned."""
        knows = f"{reader if reader == 'Int' else ''} {STAFF}"
        person = PersonFactory(
            name=self.mark(f"name.{key}", knows),
            email=f"{self.mark(f'mail.{key}', knows)}@applicant.test",
        )
        return ApplicationFactory(
            cohort=self.call,
            person=person,
            reference=f"REF{key[:4].upper()}",
            phone=self.mark(f"phone.{key}", knows),
            organization_name=self.mark(f"employer.{key}", knows),
            town=self.mark(f"town.{key}", knows),
            job=self.mark(f"job.{key}", knows),
            access_needs=self.mark(f"needs.{key}", knows),
            motivation=self.mark(f"motivation.{key}", f"{reader} {STAFF}"),
            **facts,
        )

    def slot(self, starts_at, *panel, cohort=None):
        slot = SlotFactory(
            cohort=cohort or self.call,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
        )
        for person in panel:
            PanelistFactory(slot=slot, person=person)
        return slot

    def booked(self, application, slot):
        event = EventFactory(
            kind=Kind.INTERVIEW,
            wall=slot.local_start.replace(tzinfo=None),
            minutes=45,
            series=application.cohort.series,
        )
        for person in [application.person, *slot.interviewers]:
            calendar.owe(event, person, Role.INTERVIEWER)
        return InterviewFactory(
            application=application, status=Interview.Status.BOOKED, slot=slot, event=event
        )

    # ------------------------------------------------------------------------- webinars and mail

    def webinars(self):
        self.webinar = WebinarFactory(cohort=self.call, slug="webinar")
        self.draft_webinar = WebinarFactory(
            cohort=self.draft, slug="draft-webinar", title_en=self.mark("webinar.draft", STAFF)
        )
        self.registration = RegistrationFactory(
            webinar=self.webinar,
            person=PersonFactory(name=self.mark("registration.name", STAFF)),
            question=self.mark("registration.question", STAFF),
            access_needs=self.mark("registration.needs", STAFF),
        )
        event = EventFactory(kind=Kind.WEBINAR, wall=wall(-3), minutes=60)
        self.past_webinar = WebinarFactory(cohort=self.call, slug="past", event=event)
        InviteeFactory(event=event, person=self.registration.person, role=Role.GUEST)

    def mail(self):
        AccessCodeFactory(cohort=self.call, note="Her server was down")
        self.access_request = AccessRequestFactory(words=self.mark("access.words", STAFF))
        ConsentFactory(wording=self.mark("consent", STAFF))
        Reminder.objects.create(
            event=self.webinar.event,
            person=self.stranger,
            mail="webinar-reminder",
            offset_key="1d",
            schedule_version=0,
            due_at=timezone.now(),
            useful_until=timezone.now(),
        )
        self.code_mail = outbox.write(
            "sign-in-code", self.stranger, key="code", secret=self.mark("code")
        )
        BounceFactory()
        MailTemplateFactory(series=SeriesFactory())
        self.link_mail = outbox.write(
            "application-started",
            self.stranger,
            key="link",
            context={"application": ApplicationFactory(cohort=self.call, person=self.stranger).pk},
        )
