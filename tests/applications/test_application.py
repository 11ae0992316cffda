"""The form in sections, sending, the status page, withdrawing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from accounts import links
from applications.forms.application import SECTIONS, is_complete
from applications.models import Application, Experience, Status
from applications.services import intake
from applications.words import standing
from cops.models import Program
from notifications import calendar
from notifications.models import Consent, Invitee, Kind, Message, Role
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    EventFactory,
    FocusAreaVersionFactory,
    InterviewFactory,
    OfferFactory,
    OrganizationFactory,
    PersonFactory,
    ProgramFactory,
    RegionFactory,
    ReviewFactory,
    SlotFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

ABOUT = {
    "name": "Priya Raman", "organization_name": "Kenora Jobs", "job": "Counsellor",
    "town": "Kenora", "region": "", "phone": "", "mail_language": "en",
}  # fmt: skip


@pytest.fixture
def draft(client, sign_in):
    """A draft of somebody who is signed in, in a call with three focus areas."""
    application = ApplicationFactory(mail_language="en", organization=None, organization_name="")
    FocusAreaVersionFactory.create_batch(3, cohort=application.cohort)
    sign_in(client, application.person)
    return application


def complete(application):
    """Fill in what has to be filled in."""
    area = application.cohort.focus_versions.first().focus_area
    application.choices.create(focus_area=area, rank=1)
    Application.objects.filter(pk=application.pk).update(
        name="Priya Raman", organization_name="Kenora Jobs", job="Counsellor", town="Kenora",
        level="newer", authority="decide", motivation="a", trial_idea="b", hours_plan="c",
        availability=["mon-am"], mail_language="en", interview_language="en",
        meeting_language="both", agrees_to_use=True,
    )  # fmt: skip
    application.refresh_from_db()
    return application


def url(application, section=""):
    return f"/applications/{application.uuid}/edit/" + (f"{section}/" if section else "")


def save(client, application, section, data, *, seen=None):
    if seen is None:
        page = client.get(url(application, section)).content.decode()
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    return client.post(url(application, section), {"seen": seen, **data})


def test_the_list_of_parts_tells_what_is_done_and_what_is_not(client, draft):
    page = client.get(url(draft))

    assert [(str(task["name"]), task["state"]) for task in page.context["tasks"]] == [
        ("About you", "todo"), ("Your experience", "todo"), ("Your ideas", "todo"),
        ("When you can meet", "todo"), ("Consent", "todo"), ("Check and send", "waiting"),
    ]  # fmt: skip


def test_a_part_is_saved_and_leads_to_the_next(client, draft):
    northwest = RegionFactory(places=["Kenora", "Dryden"])
    on_file = OrganizationFactory(name_en="Kenora Jobs")

    answer = save(client, draft, "about", ABOUT | {"town": " kenora "})

    draft.refresh_from_db()
    assert answer.url == url(draft, "experience")
    assert (draft.town, draft.region, draft.organization) == ("kenora", northwest, on_file)


def test_a_region_she_chose_stays(client, draft):
    RegionFactory(places=["Kenora"])
    chosen = RegionFactory()

    save(client, draft, "about", ABOUT | {"region": chosen.pk})

    draft.refresh_from_db()
    assert draft.region == chosen


def test_what_is_incomplete_is_kept_and_said(client, draft):
    page = save(client, draft, "about", ABOUT | {"job": "", "town": "Dryden"})

    draft.refresh_from_db()
    assert (draft.job, draft.town) == ("", "Dryden")
    assert list(page.context["form"].errors) == ["job"]
    answer = save(client, draft, "about", ABOUT | {"job": "", "town": "Ignace", "later": "1"})
    draft.refresh_from_db()
    assert (answer.url, draft.town) == (url(draft), "Ignace")


def test_an_answer_that_is_too_long_is_kept_and_counted(client, draft):
    long_text = "word " * 162

    page = save(client, draft, "ideas", {"motivation": long_text})

    draft.refresh_from_db()
    assert draft.motivation == long_text.strip()
    assert page.context["form"].errors["motivation"] == [
        "This is 12 words too long: shorten it to 150 words."
    ]
    tasks = {str(task["name"]): task["state"] for task in client.get(url(draft)).context["tasks"]}
    assert tasks["Your ideas"] == "problem"


def test_only_programmes_that_are_ticked_ask_for_years_and_part(client, draft):
    ticked, other = ProgramFactory(), ProgramFactory()
    assert client.get(url(draft, "programs")).status_code == 404

    answer = save(
        client,
        draft,
        "experience",
        {"level": "newer", "authority": "decide", "programs": [ticked.pk]},
    )
    assert answer.url == url(draft, "programs")
    page = client.get(answer.url)
    assert list(page.context["form"].fields) == [f"years_{ticked.pk}", f"part_{ticked.pk}"]
    save(client, draft, "programs", {f"years_{ticked.pk}": "0", f"part_{ticked.pk}": "deliver"})
    save(
        client,
        draft,
        "experience",
        {"level": "newer", "authority": "decide", "programs": [ticked.pk, other.pk]},
    )

    assert list(draft.experiences.values_list("program", "years", "part")) == [
        (ticked.pk, 0, "deliver"), (other.pk, None, ""),
    ]  # fmt: skip


def test_focus_areas_are_ranked_and_none_twice(client, draft):
    first, second, third = [v.focus_area for v in draft.cohort.focus_versions.all()]

    page = save(client, draft, "ideas", {"choice_1": second.pk, "choice_2": second.pk})
    assert "choice_2" in page.context["form"].errors
    save(client, draft, "ideas", {"choice_1": third.pk, "choice_2": first.pk})

    assert list(draft.choices.values_list("rank", "focus_area")) == [(1, third.pk), (2, first.pk)]


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("about", "name", "n" * 151),
        ("about", "name", "a\x00b"),
        ("about", "region", "999999"),
        ("about", "region", "x"),
        ("about", "mail_language", "tlh"),
        ("experience", "programs", "999999"),
        ("experience", "programs", "\x00"),
        ("experience", "level", "expert"),
        ("ideas", "motivation", "w" * 1_000_000),
        ("ideas", "choice_1", "999999"),
        ("times", "availability", "sun-am"),
        ("times", "access_needs", "\x00"),
    ],
)
def test_nonsense_is_answered_by_its_field_and_stays_on_the_page(
    client, draft, section, field, value
):
    page = save(client, draft, section, {field: value})

    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert page.context["form"][field].value() in (value, [value])


def test_facts_that_no_field_asks_for_are_ignored(client, draft):
    save(client, draft, "about", ABOUT | {"status": "offered", "person": "1", "reference": "AAA"})

    again = Application.objects.get(pk=draft.pk)
    assert (again.status, again.person, again.reference) == (
        Status.DRAFT, draft.person, draft.reference,
    )  # fmt: skip


def test_two_windows_lose_no_word(client, draft):
    """The second to save sees both texts, and decides which stays."""
    page = client.get(url(draft, "ideas")).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    save(client, draft, "ideas", {"motivation": "From the phone"}, seen=seen)

    conflict = save(client, draft, "ideas", {"motivation": "From the laptop"}, seen=seen)

    draft.refresh_from_db()
    assert (conflict.status_code, draft.motivation) == (409, "From the phone")
    text = conflict.content.decode()
    assert "From the phone" in text
    assert "From the laptop" in text
    seen_now = re.search(r'name="seen" value="(\w+)"', text)[1]
    save(client, draft, "ideas", {"motivation": "From the laptop"}, seen=seen_now)
    draft.refresh_from_db()
    assert draft.motivation == "From the laptop"


def test_two_windows_with_different_parts_do_not_disturb_each_other(client, draft):
    seen = {}
    for section in ("about", "ideas"):
        page = client.get(url(draft, section)).content.decode()
        seen[section] = re.search(r'name="seen" value="(\w+)"', page)[1]

    save(client, draft, "about", ABOUT, seen=seen["about"])
    save(client, draft, "ideas", {"motivation": "Both stay"}, seen=seen["ideas"])

    draft.refresh_from_db()
    assert (draft.town, draft.motivation) == ("Kenora", "Both stay")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_that_it_is_stale():
    application = ApplicationFactory()
    _title, form = SECTIONS["times"]
    seen = intake.fingerprint(form.stored(application))

    results = at_once(
        *[
            lambda text=text: intake.save(
                Application.objects.get(pk=application.pk), form, {"access_needs": text}, seen=seen
            )
            for text in ("one", "two")
        ]
    )

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_version_the_second_of_two_saves_overwrites_the_first(monkeypatch):
    application = ApplicationFactory()
    _title, form = SECTIONS["times"]
    seen = intake.fingerprint(form.stored(application))
    monkeypatch.setattr(intake, "fingerprint", lambda answers: seen)

    for text in ("one", "two"):
        intake.save(application, form, {"access_needs": text}, seen=seen)

    application.refresh_from_db()
    assert application.access_needs == "two"


# Sending


def test_a_complete_draft_is_checked_and_sent(client, draft):
    complete(draft)

    check = client.get(draft.get_absolute_url()).content.decode()
    assert "Send my application" in check
    with time_machine.travel(days(1), tick=False):
        now = timezone.now()
        answer = client.post(f"{draft.get_absolute_url()}submit/")
    draft.refresh_from_db()

    assert answer.url == draft.get_absolute_url()
    assert (draft.status, draft.submitted_at) == (Status.SUBMITTED, now)
    assert [m.kind for m in Message.objects.all()] == ["application-received"]
    assert [c.purpose for c in Consent.objects.filter(person=draft.person)] == ["data"]


def test_an_incomplete_draft_leads_to_what_is_missing(client, draft):
    assert client.get(draft.get_absolute_url()).url == url(draft)

    answer = client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert (answer.url, draft.status) == (url(draft), Status.DRAFT)


def test_sending_twice_sends_once_and_says_nothing_alarming(client, draft):
    complete(draft)

    pages = [client.post(f"{draft.get_absolute_url()}submit/", follow=True) for _ in range(2)]

    assert draft.changes.count() == 1
    assert [m.level_tag for m in pages[1].context["messages"]] == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sending_twice_at_once_counts_and_mails_once():
    application = ApplicationFactory()
    copies = [Application.objects.select_related("cohort", "person").get() for _ in range(2)]

    results = at_once(*[lambda a=a: intake.submit(a) for a in copies])

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]
    assert application.changes.count() == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("seconds", "status"), [(-1, Status.SUBMITTED), (1, Status.DRAFT)])
def test_the_deadline_is_the_second_at_which_it_arrives(client, draft, seconds, status):
    complete(draft)
    closes_at = draft.cohort.closes_at

    with time_machine.travel(closes_at + timedelta(seconds=seconds), tick=False):
        client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert draft.status == status


def test_after_the_call_has_closed_a_draft_is_read_but_neither_changed_nor_sent(client, draft):
    complete(draft)
    with time_machine.travel(days(11), tick=False):
        page = client.get(draft.get_absolute_url())
        changed = save(client, draft, "about", ABOUT | {"town": "Dryden"}, seen="x")

    assert "cannot be sent" in page.content.decode()
    assert "Send my application" not in page.content.decode()
    draft.refresh_from_db()
    assert (changed.status_code, draft.town) == (302, "Kenora")


# Whose it is


def other_device():
    return Client()


def link_in(message):
    path = re.search(r"\S+(/go/\S+)", render(message).text)[1]
    return path


@pytest.fixture
def started(client):
    """A draft that a browser started by typing an address, complete."""
    cohort = CohortFactory()
    FocusAreaVersionFactory(cohort=cohort)
    client.post(f"/apply/{cohort.slug}/start/", {"name": "Priya", "email": "priya@kenora.test"})
    return complete(Application.objects.get())


def test_on_another_device_the_mailed_link_asks_whether_it_is_hers(client, started):
    laptop = other_device()

    page = laptop.get(link_in(Message.objects.get()), follow=True)
    started.refresh_from_db()
    assert (page.redirect_chain[-1][0], started.awaits_confirmation) == (
        f"/applications/{started.uuid}/confirm/", True,
    )  # fmt: skip

    laptop.post(f"/applications/{started.uuid}/confirm/")
    started.refresh_from_db()
    assert not started.awaits_confirmation
    assert laptop.get(url(started)).status_code == 200


def test_once_confirmed_the_browser_that_started_it_sees_it_no_more(client, started):
    laptop = other_device()
    laptop.get(link_in(Message.objects.get()))
    assert client.get(url(started)).status_code == 200

    laptop.post(f"/applications/{started.uuid}/confirm/")

    assert client.get(url(started)).status_code == 302
    typed = client.post(url(started, "ideas"), {"motivation": "typed here"})
    assert typed.status_code == 403
    assert "typed here" in typed.content.decode()


def test_sent_before_it_is_confirmed_it_counts_and_asks_to_be_confirmed(client, started):
    client.post(f"{started.get_absolute_url()}submit/")

    started.refresh_from_db()
    assert (started.status, started.awaits_confirmation) == (Status.SUBMITTED, True)
    assert "confirm your address" in client.get(started.get_absolute_url()).content.decode()
    assert Consent.objects.count() == 0
    message = Message.objects.get(kind="application-received")
    assert "within 72 hours" in " ".join(render(message).text.split())

    phone = other_device()
    phone.get(link_in(message))
    phone.post(f"/applications/{started.uuid}/confirm/")
    started.refresh_from_db()
    assert not started.awaits_confirmation
    assert Consent.objects.get().person == started.person
    assert started.person.is_verified


@pytest.mark.parametrize(
    ("press", "kept", "dropped"), [("drop", "first", "second"), ("instead", "second", "first")]
)
def test_with_two_applications_she_chooses_which_stays(client, started, press, kept, dropped):
    first = started
    intake.confirm(first)
    client.post(f"/apply/{first.cohort.slug}/start/", {"name": "P", "email": "priya@kenora.test"})
    second = Application.objects.exclude(pk=first.pk).get()
    phone = other_device()
    phone.get(link_in(Message.objects.get(context={"application": second.pk})))

    phone.post(f"/applications/{second.uuid}/confirm/")
    second.refresh_from_db()
    assert second.awaits_confirmation, "two cannot stand"
    phone.post(f"/applications/{second.uuid}/confirm/", {press: "1"})

    by_name = {"first": first, "second": second}
    for application in (first, second):
        application.refresh_from_db()
    assert by_name[dropped].status == Status.WITHDRAWN
    assert by_name[kept].status == Status.DRAFT


def test_what_she_throws_away_asks_no_more_and_agrees_to_nothing(client, started):
    link = link_in(Message.objects.get())
    Application.objects.filter(pk=started.pk).update(
        agrees_to_use=True, wants_news=True, status=Status.SUBMITTED, submitted_at=timezone.now()
    )
    phone = other_device()
    phone.get(link)
    confirm = f"/applications/{started.uuid}/confirm/"

    phone.post(confirm, {"drop": "1"})
    page = phone.get(started.get_absolute_url())
    phone.post(confirm)

    started.refresh_from_db()
    assert (started.status, started.awaits_confirmation) == (Status.WITHDRAWN, True)
    assert "You have withdrawn this application." in page.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_confirmed_at_once_one_stands():
    cohort, person = CohortFactory(), PersonFactory()
    ApplicationFactory.create_batch(2, cohort=cohort, person=person, awaits_confirmation=True)

    results = at_once(*[lambda a=a: intake.confirm(a) for a in Application.objects.all()])

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]
    assert Application.objects.confirmed().count() == 1


PAGES = ["", "edit/", "edit/about/", "confirm/", "withdraw/"]
VERBS = ["submit/", "edit/about/", "confirm/", "withdraw/"]


def test_a_stranger_finds_nothing(client, sign_in, draft):
    sign_in(client, PersonFactory())

    answers = [client.get(f"{draft.get_absolute_url()}{page}").status_code for page in PAGES]
    answers += [client.post(f"{draft.get_absolute_url()}{verb}").status_code for verb in VERBS]

    assert set(answers) <= {404, 405}
    assert 404 in answers
    draft.refresh_from_db()
    assert (draft.status, draft.version) == (Status.DRAFT, 0)


def test_without_a_session_reading_leads_to_sign_in_and_typing_is_kept(draft):
    guest = other_device()

    for page in PAGES:
        assert guest.get(f"{draft.get_absolute_url()}{page}").url.startswith("/accounts/login/")
    answer = guest.post(url(draft, "about"), {"town": "Red Lake"})

    assert answer.status_code == 403
    assert "Red Lake" in answer.content.decode()


def test_staff_do_not_open_the_applicants_pages(client, sign_in, draft):
    sign_in(client, StaffFactory())

    assert client.get(url(draft, "about")).status_code == 404


# Afterwards


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_status_says_what_comes_next(client, sign_in, status, language):
    application = ApplicationFactory(status=status)
    if status == Status.OFFERED:
        OfferFactory(application=application)
    sign_in(client, application.person)

    with translation.override(language):
        page = client.get(application.get_absolute_url())
        words = standing(application)

    assert all(words[key] for key in ("tone", "label", "sentence"))
    assert page.status_code == (302 if status == Status.DRAFT else 200)


@pytest.mark.parametrize(
    ("answer", "label", "leads_to_community"),
    [("open", "A place for you", False), ("accepted", "Accepted", True),
     ("turned-down", "Turned down", False), ("lapsed", "Time is over", False),
     ("withdrawn", "Withdrawn", False)],
)  # fmt: skip
def test_after_an_offer_the_page_tells_what_became_of_it(
    client, sign_in, answer, label, leads_to_community
):
    offer = OfferFactory(application__status=Status.OFFERED, status=answer)
    sign_in(client, offer.application.person)

    pages = [client.get(url) for url in (offer.application.get_absolute_url(), "/me/")]

    assert standing(offer.application)["label"] == label
    for page in pages:
        text = page.content.decode()
        assert label in text
        assert (offer.community.get_absolute_url() in text) == leads_to_community
        assert ("See the offer and answer" in text) == (answer == "open")


@pytest.mark.parametrize(
    ("status", "label"), [("held", "Interviewed"), ("missed", "Interview missed")]
)
def test_after_an_interview_the_page_no_longer_invites_to_one(client, sign_in, status, label):
    interview = InterviewFactory(
        application__status=Status.INTERVIEW, status=status, slot=SlotFactory(),
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )  # fmt: skip
    sign_in(client, interview.application.person)

    page = client.get(interview.application.get_absolute_url()).content.decode()

    assert label in page
    assert "Choose a time" not in page


def test_a_programme_that_is_not_on_the_list_is_named(client, draft):
    other = Program.objects.get(key="other")
    save(client, draft, "experience", {"level": "newer", "authority": "decide",
                                       "programs": [other.pk]})  # fmt: skip
    typed = {f"years_{other.pk}": "2", f"part_{other.pk}": "refer"}

    unnamed = save(client, draft, "programs", typed)
    save(client, draft, "programs", typed | {f"named_{other.pk}": "Skills Ahead"})

    assert list(unnamed.context["form"].errors) == [f"named_{other.pk}"]
    assert draft.programs == ["Skills Ahead (2 years, referral)"]


def test_a_decision_that_is_not_released_leaves_no_trace_on_her_pages(client, sign_in):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    sign_in(client, application.person)
    pages = [application.get_absolute_url(), "/me/"]
    before = [client.get(page).content for page in pages]

    application.decide(Status.DECLINED, by=StaffFactory(), reason="Too far")

    def without_tokens(content):
        return re.sub(rb'(csrfmiddlewaretoken" value=")\w+', b"", content)

    after = [client.get(page).content for page in pages]
    assert list(map(without_tokens, after)) == list(map(without_tokens, before))


def test_she_withdraws_with_a_reason_and_nobody_reads_any_more(client, sign_in):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    review = ReviewFactory(application=application)
    calendar.owe(review.deadline, review.reviewer, Role.REVIEWER)
    sign_in(client, application.person)

    page = client.get(f"{application.get_absolute_url()}withdraw/")
    client.post(f"{application.get_absolute_url()}withdraw/", {"reason": "New job"})

    assert page.status_code == 200
    application.refresh_from_db()
    review.refresh_from_db()
    assert (application.status, application.changes.get().reason) == ("withdrawn", "New job")
    assert review.status == "recused"
    assert Invitee.objects.current().count() == 0


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN])
def test_what_is_closed_is_not_withdrawn(client, sign_in, status):
    application = ApplicationFactory(status=status)
    sign_in(client, application.person)

    client.post(f"{application.get_absolute_url()}withdraw/")

    assert application.changes.count() == 0


def test_reopened_by_staff_she_corrects_and_sends_again_also_after_closing(client, draft):
    complete(draft)
    client.post(f"{draft.get_absolute_url()}submit/")
    draft.refresh_from_db()
    first_sent = draft.submitted_at

    intake.reopen(draft, by=StaffFactory(), reason="The town is missing")
    with time_machine.travel(days(11), tick=False):
        save(client, draft, "about", ABOUT | {"town": "Dryden"}, seen=_seen(draft, "about"))
        client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert (draft.status, draft.town, draft.submitted_at) == ("submitted", "Dryden", first_sent)
    assert sorted(Message.objects.values_list("kind", flat=True)) == [
        "application-received", "application-received", "application-reopened",
    ]  # fmt: skip


def _seen(application, section):
    _title, form = SECTIONS[section]
    return intake.fingerprint(form.stored(Application.objects.get(pk=application.pk)))


def test_a_programme_that_is_unticked_takes_its_years_along(client, draft):
    program = ProgramFactory()
    Experience.objects.create(application=draft, program=program, years=3, part="refer")

    save(client, draft, "experience", {"level": "newer", "authority": "decide"})

    assert draft.experiences.count() == 0


def test_complete_means_complete(draft):
    assert not is_complete(draft)
    assert is_complete(complete(draft))


def test_the_signed_link_of_one_application_opens_no_other(draft):
    other = ApplicationFactory(person=draft.person, cohort=CohortFactory())
    phone = other_device()

    path = links.url(draft.person, "applications:application", draft.uuid)
    phone.get(path[path.index("/go/") :])

    assert phone.get(url(draft)).status_code == 200
    assert phone.get(url(other)).status_code == 302


@pytest.mark.parametrize(
    ("page", "asked"),
    [("", 11), ("edit/", 8), ("edit/about/", 5), ("edit/ideas/", 7), ("edit/times/", 4)],
)
def test_a_page_of_the_draft_asks_so_many_questions(
    client, draft, page, asked, django_assert_num_queries
):
    complete(draft)
    for _number in range(3):
        Experience.objects.create(
            application=draft, program=ProgramFactory(), years=1, part="refer"
        )
    address = draft.get_absolute_url() + page
    client.get(address)

    with django_assert_num_queries(asked):
        assert client.get(address).status_code == 200


def test_the_page_of_what_is_sent_asks_so_many_questions(client, draft, django_assert_num_queries):
    complete(draft).submit()
    client.get(draft.get_absolute_url())

    with django_assert_num_queries(10):
        assert client.get(draft.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_same_number_of_questions_for_three_applications(
    client, sign_in, count, django_assert_num_queries
):
    person = PersonFactory()
    for _number in range(count):
        OfferFactory(application__person=person, application__status=Status.OFFERED)
    sign_in(client, person)
    client.get("/me/")

    with django_assert_num_queries(20):
        client.get("/me/")
