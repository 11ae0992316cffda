"""The life of an outcome: who may move it where, what publishing asks for, two at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from cops.services import leave
from notifications import mails
from notifications.models import Message, Role
from outcomes import services
from outcomes.models import NotReady, Outcome
from tests.concurrency import at_once
from tests.factories import (
    CompleteOutcomeFactory,
    MembershipFactory,
    OutcomeFactory,
    ProgramFactory,
    StaffFactory,
)

Status = Outcome.Status
pytestmark = pytest.mark.django_db


VERBS = {
    "send_to_members": lambda outcome, staff: outcome.send_to_members(by=staff),
    "send_to_editor": lambda outcome, staff: outcome.send_to_editor(by=staff),
    "send_back": lambda outcome, staff: outcome.send_back(by=staff, reason="unclear"),
    "approve": lambda outcome, staff: outcome.approve(by=staff),
    "schedule": lambda outcome, staff: outcome.schedule(timezone.now(), by=staff),
    "unschedule": lambda outcome, staff: outcome.unschedule(by=staff),
    "publish": lambda outcome, staff: outcome.publish(by=staff),
    "withdraw": lambda outcome, staff: outcome.withdraw(by=staff, reason="wrong"),
}
LEADS_TO = {
    "send_to_members": Status.MEMBER_REVIEW,
    "send_to_editor": Status.EDITOR_CHECK,
    "send_back": Status.DRAFT,
    "approve": Status.APPROVED,
    "schedule": Status.SCHEDULED,
    "unschedule": Status.APPROVED,
    "publish": Status.PUBLISHED,
    "withdraw": Status.WITHDRAWN,
}
ALLOWED = {
    Status.DRAFT: {"send_to_members", "withdraw"},
    Status.MEMBER_REVIEW: {"send_back", "send_to_editor", "withdraw"},
    Status.EDITOR_CHECK: {"send_back", "approve", "withdraw"},
    Status.APPROVED: {"send_back", "schedule", "publish", "withdraw"},
    Status.SCHEDULED: {"unschedule", "publish", "withdraw"},
    Status.PUBLISHED: {"withdraw"},
    Status.SUPERSEDED: set(),
    Status.WITHDRAWN: set(),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", list(Status))
def test_each_verb_works_from_the_listed_statuses_alone(status, verb):
    at = timezone.now()
    facts = {
        Status.PUBLISHED: {"published_at": at},
        Status.SCHEDULED: {"publish_at": at},
    }.get(status, {})
    outcome = CompleteOutcomeFactory(status=status, **facts)
    staff = StaffFactory()

    if verb in ALLOWED[status]:
        VERBS[verb](outcome, staff)
        assert outcome.status == LEADS_TO[verb]
        assert [(c.old, c.new, c.by) for c in outcome.changes.all()] == [
            (status, LEADS_TO[verb], staff)
        ]
    else:
        with pytest.raises(InvalidTransition):
            VERBS[verb](outcome, staff)
        outcome.refresh_from_db()
        assert (outcome.status, outcome.changes.count()) == (status, 0)


def test_publishing_asks_for_what_a_reader_needs_to_judge():
    outcome = OutcomeFactory(status=Status.EDITOR_CHECK, summary_en="", summary_fr="")

    with pytest.raises(NotReady) as refused:
        outcome.approve(by=StaffFactory())

    assert refused.value.missing == [
        "A summary in one paragraph.",
        "What was tried and what happened.",
        "Whom to ask.",
        "The date of the program rules it assumes.",
        "At least one step of evidence.",
    ]


def test_publishing_a_new_version_replaces_the_old_one_in_the_same_moment():
    old = CompleteOutcomeFactory(status=Status.PUBLISHED)
    new = CompleteOutcomeFactory(
        status=Status.APPROVED, supersedes=old, number=2, community=old.community
    )

    new.publish(by=StaffFactory())

    old.refresh_from_db()
    assert (old.status, new.status) == (Status.SUPERSEDED, Status.PUBLISHED)


def test_the_members_read_it_first_and_hear_when_it_is_out():
    outcome = CompleteOutcomeFactory(status=Status.DRAFT)
    member = MembershipFactory(community=outcome.community, role=Role.MEMBER).person
    staff = StaffFactory()

    services.send_to_members(outcome, by=staff)
    outcome.send_to_editor(by=staff)
    outcome.approve(by=staff)
    services.publish(outcome, by=staff)

    assert [(m.kind, m.recipient) for m in Message.objects.order_by("pk")] == [
        ("outcome-to-read", member),
        ("outcome-published", member),
    ]


def test_what_is_scheduled_is_published_when_its_time_has_come():
    now = timezone.now()
    due = CompleteOutcomeFactory(status=Status.SCHEDULED, publish_at=now - timedelta(minutes=1))
    later = CompleteOutcomeFactory(status=Status.SCHEDULED, publish_at=now + timedelta(hours=1))

    first, second = services.publish_due(), services.publish_due()

    due.refresh_from_db()
    later.refresh_from_db()
    assert (first, second) == (1, 0)
    assert (due.status, later.status) == (Status.PUBLISHED, Status.SCHEDULED)


def test_a_search_finds_the_old_name_and_the_new_one_whatever_the_accents():
    better = ProgramFactory(name_en="Better Jobs Ontario", name_fr="Meilleurs emplois Ontario")
    second = ProgramFactory(name_en="Second Career", name_fr="Deuxième carrière", renamed_to=better)
    outcome = CompleteOutcomeFactory(status=Status.APPROVED)
    outcome.programs.add(second)
    CompleteOutcomeFactory(status=Status.PUBLISHED)

    outcome.publish(by=StaffFactory())

    for words in ("second career", "Better jobs", "deuxieme CARRIÈRE", "meilleurs emplois"):
        assert list(Outcome.objects.published().search(words)) == [outcome], words


@pytest.mark.parametrize("words", ["l'appel", "l’appel"])
def test_a_search_finds_words_by_whichever_apostrophe_a_keyboard_has(words):
    outcome = CompleteOutcomeFactory(
        status=Status.APPROVED, title_fr="Quand l’appel commence en français"
    )
    CompleteOutcomeFactory(status=Status.PUBLISHED)

    outcome.publish(by=StaffFactory())

    assert list(Outcome.objects.published().search(words)) == [outcome]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once():
    outcome = CompleteOutcomeFactory(status=Status.APPROVED)
    MembershipFactory(community=outcome.community)
    twins = [Outcome.objects.get(pk=outcome.pk) for _ in range(2)]

    results = at_once(*(lambda twin=twin: services.publish(twin, by=None) for twin in twins))

    assert [type(each) for each in results if isinstance(each, Exception)] == [InvalidTransition]
    assert outcome.changes.count() == 1
    assert Message.objects.filter(kind="outcome-published").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_two_at_once_would_publish_twice(monkeypatch):
    def unguarded(self, status, *, by, reason="", **facts):
        old = self.status
        type(self).objects.filter(pk=self.pk).update(status=status, **facts)
        self.changes.create(old=old, new=status, by=by, reason=reason)

    monkeypatch.setattr(Outcome, "_move_to", unguarded)
    outcome = CompleteOutcomeFactory(status=Status.APPROVED)
    twins = [Outcome.objects.get(pk=outcome.pk) for _ in range(2)]

    at_once(*(lambda twin=twin: services.publish(twin, by=None) for twin in twins))

    assert outcome.changes.count() == 2


def test_who_leaves_before_the_mail_goes_is_not_asked_to_read_the_draft():
    outcome = CompleteOutcomeFactory(status=Status.MEMBER_REVIEW)
    membership = MembershipFactory(community=outcome.community, role=Role.MEMBER)
    ids = {"recipient": membership.person, "outcome": outcome.pk}
    context = mails.kind("outcome-to-read").context
    before = context(ids)

    leave(membership)

    assert (before["title"], context(ids)) == (outcome.title, None)
