"""A supervisor is asked for the hours: sees nothing of the application, is heard by her first."""

import pytest
from django.urls import reverse

from accounts import links
from accounts.lifecycle import InvalidTransition
from applications.models import Status, Support
from applications.services import support as services
from notifications import sender
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.concurrency import at_once
from tests.factories import (
    AccessCodeFactory,
    ApplicationFactory,
    CohortFactory,
    StaffFactory,
    SupportFactory,
    days,
)

pytestmark = pytest.mark.django_db
A = Support.Answer
BOSS = {"name": "Jo Tremblay", "email": "jo@agency.test"}
WITHIN = "admin:applications_support_changelist"


@pytest.fixture
def application(client, sign_in):
    application = ApplicationFactory(
        status=Status.SUBMITTED, motivation="What nobody else may read", town="Kenora"
    )
    sign_in(client, application.person)
    return application


def page(application) -> str:
    return reverse("applications:application-supervisor", args=[application.uuid])


def go(client, support):
    """Come by the link in the mail, signed in as nobody."""
    client.logout()
    token = links.url(support.person, "applications:support", support.uuid)
    return client.get(token[token.index("/go/") :], follow=True)


def words_of(response) -> str:
    return " ".join(response.text.split())


def test_a_supervisor_is_asked_by_mail(client, application):
    client.post(page(application), BOSS)

    support = Support.objects.get()
    mail = render(Message.objects.get(kind="support-asked"))
    assert (support.name, support.person.email) == (BOSS["name"], BOSS["email"])
    assert support.person.email == Message.objects.get(kind="support-asked").recipient.email
    assert "asks for your support" in mail.subject
    assert "What nobody else may read" not in mail.text


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        (A.YES, {}),
        (A.IF, {"words": "If it is never a Monday."}),
        (A.NOT_NOW, {}),
        (A.CALL, {"phone": "416-555-0199"}),
    ],
)
def test_one_press_without_an_account_is_an_answer(client, application, said, typed):
    support = SupportFactory(application=application)
    go(client, support)

    client.post(support.get_absolute_url(), {"answer": said, "words": "", "phone": "", **typed})

    support.refresh_from_db()
    assert support.answer == said
    assert (support.words, support.phone) == (typed.get("words", ""), typed.get("phone", ""))
    assert Message.objects.get(kind="support-answered").recipient == application.person


def test_the_supervisor_reads_nothing_of_the_application(client, application):
    support = SupportFactory(application=application)

    text = words_of(go(client, support))

    assert f"{application.name} asks for your support" in text
    for secret in (application.motivation, application.town, application.reference):
        assert secret not in text


@pytest.mark.parametrize(
    ("said", "name", "words"),
    [
        ({}, "answer", "Choose one of the four answers."),
        ({"answer": A.IF}, "words", "Write your condition."),
        ({"answer": A.CALL}, "phone", "Enter the number to call."),
    ],
)
def test_what_an_answer_needs_is_asked_for_beside_it(client, application, said, name, words):
    support = SupportFactory(application=application)
    go(client, support)

    answer = client.post(support.get_absolute_url(), said)

    support.refresh_from_db()
    assert answer.context["form"].errors == {name: [words]}
    assert support.answer == ""


def test_she_reads_the_answer_and_staff_do_after_her(client, application, sign_in, mailoutbox):
    support = SupportFactory(application=application)
    services.answer(support, A.IF, words="If it is never a Monday.")
    staff = StaffFactory(is_superuser=True)

    hers = client.get(page(application)).text
    sign_in(client, staff)
    before = client.get(reverse(WITHIN)).text
    sender.deliver_due()
    after = client.get(reverse(WITHIN)).text

    assert "If it is never a Monday." in hers
    assert ["If it is never a Monday." in text for text in (before, after)] == [False, True]


def test_no_answer_holds_nothing_up(client, application):
    SupportFactory(application=application)

    text = words_of(client.get(page(application)))

    assert "No answer yet; nothing waits for it." in text
    assert Support.objects.get().answer == ""


def test_a_question_is_taken_back_and_its_link_ends(client, application):
    support = SupportFactory(application=application)
    take_back = reverse(
        "applications:application-supervisor-take-back", args=[application.uuid, support.uuid]
    )

    client.post(take_back)

    support.refresh_from_db()
    assert support.taken_back_at is not None
    assert go(client, support).status_code == 404


def test_a_supervisor_who_was_asked_again_after_that_may_answer(application):
    first = services.ask(application, **BOSS)
    first.take_back()

    second = services.ask(application, **BOSS)

    assert (second.person, second.may_be_answered) == (first.person, True)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("own", "This is your own address. Enter your supervisor’s."),
        (BOSS["email"], "You have asked this person already."),
        ("nobody", "Enter an address like name@example.ca."),
    ],
)
def test_whom_nobody_can_ask_is_told_beside_the_address(client, application, email, words):
    services.ask(application, **BOSS)
    typed = application.person.email if email == "own" else email

    answer = client.post(page(application), {"name": "Jo", "email": typed})

    assert answer.context["form"].errors == {"email": [words]}
    assert Support.objects.count() == 1


def test_three_people_are_asked_at_most(client, application):
    for number in range(3):
        services.ask(application, name="Jo", email=f"jo{number}@agency.test").take_back()

    answer = client.post(page(application), BOSS)

    assert answer.status_code == 409
    assert Support.objects.count() == 3


def test_nobody_is_asked_before_the_address_is_confirmed(client, application):
    type(application).objects.filter(pk=application.pk).update(awaits_confirmation=True)
    application.refresh_from_db()

    with pytest.raises(InvalidTransition):
        services.ask(application, **BOSS)


@pytest.mark.parametrize("status", [Status.OFFERED, Status.DECLINED, Status.WITHDRAWN])
def test_once_it_is_decided_it_is_too_late_to_ask_and_to_answer(client, application, status):
    support = SupportFactory(application=application)
    type(application).objects.filter(pk=application.pk).update(status=status)

    asked = client.post(page(application), BOSS)
    go(client, support)
    answered = client.post(support.get_absolute_url(), {"answer": A.YES})

    support.refresh_from_db()
    assert (asked.status_code, answered.status_code, support.answer) == (409, 409, "")


ASKS = "Ask your supervisor about the hours"
OPEN, CHOOSING, CHOSEN = [{"closes_at": days(number)} for number in (5, -1, -90)]


def draft_in(sign_in, client, **call):
    """A draft of somebody who is signed in, in a call with these dates."""
    cohort = CohortFactory(opens_at=days(-120), **call)
    draft = ApplicationFactory(cohort=cohort, status=Status.DRAFT)
    sign_in(client, draft.person)
    return draft


@pytest.mark.parametrize("call", [CHOOSING, CHOSEN], ids=["is choosing", "has chosen"])
def test_once_a_call_has_closed_a_draft_is_asked_about_no_more(client, sign_in, call):
    draft = draft_in(sign_in, client, **call)

    hers, asking = client.get(draft.get_absolute_url()), client.get(page(draft))
    asked = client.post(page(draft), BOSS)

    assert (ASKS in hers.text, "Send the question" in asking.text) == (False, False)
    assert "Your supervisor can no longer be asked." in asking.text
    assert (asked.status_code, Support.objects.count()) == (409, 0)
    with pytest.raises(InvalidTransition):
        services.ask(draft, **BOSS)


ASKED = "Whom you asked"


@pytest.mark.parametrize(
    ("call", "facts", "is_linked"),
    [
        (CHOOSING, {}, True),
        (CHOOSING, {"taken_back_at": days(-2)}, False),
        (CHOSEN, {}, False),
        (OPEN, {}, False),
    ],
    ids=["waits", "taken back", "too late for an answer", "may still be asked there"],
)
def test_who_waits_for_an_answer_when_the_call_closes_finds_the_question(
    client, sign_in, call, facts, is_linked
):
    draft = draft_in(sign_in, client, **call)
    SupportFactory(application=draft, **facts)

    hers = client.get(draft.get_absolute_url(), follow=True).text
    asking = client.get(page(draft)).text

    link = f'<a href="{page(draft)}">{ASKED}</a>'
    assert (link in hers, ASKS in hers) == (is_linked, call == OPEN)
    assert ("Take the question back" in asking) == (not facts)


@pytest.mark.parametrize(
    "may_be_sent", ["the call is open", "staff gave it back", "a code lets in"]
)
def test_a_draft_that_may_still_be_sent_is_asked_about(client, sign_in, may_be_sent):
    call = OPEN if may_be_sent == "the call is open" else CHOOSING
    draft = draft_in(sign_in, client, **call)
    if may_be_sent == "staff gave it back":
        type(draft).objects.filter(pk=draft.pk).update(submitted_at=days(-2))
    elif may_be_sent == "a code lets in":
        code = AccessCodeFactory(cohort=draft.cohort)
        type(draft).objects.filter(pk=draft.pk).update(access_code=code)

    hers = client.get(reverse("applications:application-edit", args=[draft.uuid]))
    client.post(page(draft), BOSS)

    assert ASKS in hers.text
    assert Support.objects.get().application == draft


@pytest.mark.parametrize(
    ("call", "said"),
    [(CHOOSING, A.YES), (CHOSEN, "")],
    ids=["a code may still let it in", "too late for anything"],
)
def test_an_answer_about_a_draft_counts_while_it_can_get_somewhere(client, sign_in, call, said):
    support = SupportFactory(application=draft_in(sign_in, client, **call))

    offered = "Send my answer" in go(client, support).text
    answered = client.post(support.get_absolute_url(), {"answer": A.YES})

    support.refresh_from_db()
    assert (offered, answered.status_code == 302, support.answer) == (bool(said), bool(said), said)


def test_a_stranger_can_neither_ask_nor_answer(client, application, sign_in):
    support = SupportFactory(application=application)
    sign_in(client, ApplicationFactory().person)

    asked = client.post(page(application), BOSS)
    answered = client.post(support.get_absolute_url(), {"answer": A.YES})

    support.refresh_from_db()
    assert (asked.status_code, answered.status_code, support.answer) == (404, 404, "")
    assert Support.objects.count() == 1


def changed(support, said, **facts):
    """Another answer of the same supervisor."""
    support = Support.objects.get(pk=support.pk)
    services.answer(support, said, **facts)
    support.refresh_from_db()
    return support


def test_a_supervisor_thinks_again_by_the_same_link(client, application):
    support = SupportFactory(application=application, answer=A.NOT_NOW, words="Not this spring")
    page = words_of(go(client, support))

    client.post(support.get_absolute_url(), {"answer": A.YES, "words": "", "phone": ""})

    support.refresh_from_db()
    assert "Change my answer" in page
    assert (support.answer, support.words) == (A.YES, "")
    kept = [(former.answer, former.words) for former in support.former_answers.all()]
    assert kept == [(A.NOT_NOW, "Not this spring")]
    mail = render(Message.objects.get(dedupe_key=support.answer_letter))
    assert mail.subject == f"{support.name} has changed the answer"


def test_a_condition_goes_with_the_answer_that_it_belongs_to(client, application):
    support = SupportFactory(application=application, answer=A.IF, words="If Thursdays stay free")
    go(client, support)
    told = Message.objects.filter(kind="support-answered").count()
    sent = {"answer": A.NOT_NOW, "words": "If Thursdays stay free", "phone": ""}

    for _press in range(2):
        client.post(support.get_absolute_url(), sent)

    support.refresh_from_db()
    assert (support.answer, support.words) == (A.NOT_NOW, "")
    assert [former.words for former in support.former_answers.all()] == ["If Thursdays stay free"]
    assert Message.objects.filter(kind="support-answered").count() == told + 1


def test_a_remark_goes_with_any_answer(client, application):
    support = SupportFactory(application=application, answer=A.IF, words="If Thursdays stay free")
    go(client, support)

    client.post(support.get_absolute_url(), {"answer": A.NOT_NOW, "words": "Ask me in May"})

    support.refresh_from_db()
    assert (support.answer, support.words) == (A.NOT_NOW, "Ask me in May")


def test_she_reads_both_answers_and_staff_the_new_one_after_her(client, application, sign_in):
    support = SupportFactory(application=application, answer=A.NOT_NOW, words="Not this spring")
    changed(support, A.YES, words="After all")

    hers = words_of(client.get(page(application)))
    sign_in(client, StaffFactory(is_superuser=True))
    before = client.get(reverse(WITHIN)).text
    sender.deliver_due()
    after = client.get(reverse(WITHIN)).text
    record = client.get(reverse("admin:applications_support_change", args=[support.pk])).text

    assert "After all" in hers
    assert "Not now: Not this spring" in hers
    assert ["After all" in text for text in (before, after)] == [False, True]
    assert "Not this spring" in record


def test_the_same_answer_once_more_is_no_other(client, application):
    support = SupportFactory(application=application, answer=A.YES, words="Gladly")
    told = Message.objects.count()
    go(client, support)

    client.post(support.get_absolute_url(), {"answer": A.YES, "words": "Gladly", "phone": ""})

    assert support.former_answers.count() == 0
    assert Message.objects.count() == told


def test_only_the_newest_answer_is_mailed(application):
    support = changed(SupportFactory(application=application), A.NOT_NOW)
    first = Message.objects.get(dedupe_key=support.answer_letter)
    support = changed(support, A.YES)

    with pytest.raises(NoLongerTrue):
        render(first)
    second = render(Message.objects.get(dedupe_key=support.answer_letter))
    assert "Yes" in second.text


def test_who_was_called_and_asks_for_a_call_again_is_called_again(application):
    support = SupportFactory(application=application, answer=A.CALL, phone="416-555-0199")
    support.note_call()

    support = changed(support, A.CALL, phone="416-555-0142")

    assert support.called_at is None
    assert support.former_answers.get().called_at is not None


def test_so_is_who_leaves_the_same_number(client, application):
    support = SupportFactory(application=application, answer=A.CALL, phone="416-555-0199")
    support.note_call()
    go(client, support)
    again = {"answer": A.CALL, "words": "", "phone": "416-555-0199"}

    for _press in range(2):
        client.post(support.get_absolute_url(), again)

    support.refresh_from_db()
    letter = Message.objects.get(dedupe_key=support.answer_letter)
    assert (support.answer, support.called_at, letter.recipient) == (
        A.CALL, None, application.person,
    )  # fmt: skip
    assert support.former_answers.get().called_at is not None


def test_once_it_is_decided_no_answer_is_changed(client, application):
    support = SupportFactory(application=application, answer=A.YES)
    type(application).objects.filter(pk=application.pk).update(status=Status.DECLINED)

    page = words_of(go(client, support))
    answered = client.post(support.get_absolute_url(), {"answer": A.NOT_NOW, "words": "No"})

    support.refresh_from_db()
    assert "Change my answer" not in page
    assert (answered.status_code, support.answer) == (409, A.YES)


@pytest.mark.parametrize(("answer", "asks"), [("", 1), (A.YES, 0)])
def test_her_page_asks_nobody_any_more_once_an_answer_is_there(client, application, answer, asks):
    support = SupportFactory(application=application, answer=answer, name="Jo Tremblay")

    text = words_of(client.get(application.get_absolute_url()))

    assert text.count("Ask your supervisor about the hours") == asks
    assert text.count(f"{support.name} answered: Yes") == 1 - asks


def give_two(support):
    """Answer yes and not now at once; returns the answers that were told to the applicant."""
    at_once(
        *[
            lambda said=said: services.answer(Support.objects.get(), said)
            for said in (A.YES, A.NOT_NOW)
        ]
    )
    return Message.objects.filter(kind="support-answered").count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["", "if"])
def test_of_two_answers_at_once_one_counts_and_is_told(before):
    support = SupportFactory(answer=before)

    told = give_two(support)

    support.refresh_from_db()
    assert told == 1 + bool(before)
    assert support.answer in {A.YES, A.NOT_NOW}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_second_would_write_over_the_first(monkeypatch):
    SupportFactory()

    def unguarded(self, unchanged, **facts):
        Support.objects.filter(pk=self.pk).update(**facts)

    monkeypatch.setattr(Support, "_change", unguarded)
    results = at_once(
        *[
            lambda said=said: Support.objects.get().give(said, words="", phone="", letter=said)
            for said in (A.YES, A.NOT_NOW)
        ]
    )

    assert results == [None, None]


def test_staff_note_that_they_called(client, sign_in):
    support = SupportFactory(answer=A.CALL, phone="416-555-0199")
    sign_in(client, StaffFactory(is_superuser=True))
    verb = reverse("admin:applications_support_verb", args=[support.pk, "note_call"])

    client.post(verb)

    support.refresh_from_db()
    assert support.called_at is not None
    assert not Support.objects.to_be_called().exists()
