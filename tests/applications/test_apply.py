"""The way in: which call, eligibility, the draft."""

import re

import pytest
from django.test import Client

from accounts.models import User
from applications.models import Application, Status
from notifications.models import Message
from notifications.render import render
from tests.factories import ApplicationFactory, CohortFactory, PersonFactory, WebinarFactory, days

pytestmark = pytest.mark.django_db

YES = {"works_in_sector": "yes", "has_hours": "yes"}
PRIYA = {"name": "Priya Raman", "email": "Priya@Kenora.test"}


def start(client, cohort, **who):
    return client.post(f"/apply/{cohort.slug}/start/", {**PRIYA, **who})


def test_with_one_open_call_eligibility_is_asked_at_once(client):
    cohort = CohortFactory()
    CohortFactory(opens_at=days(5))

    page = client.get("/apply/")

    assert page.context["cohort"] == cohort
    assert list(page.context["form"].fields) == ["works_in_sector", "has_hours"]


def test_with_several_open_calls_the_one_that_closes_first_is_on_top(client):
    later = CohortFactory(opens_at=days(-1))
    sooner = CohortFactory(opens_at=days(-10))

    page = client.get("/apply/")

    assert page.context["cohorts"] == [sooner, later]
    assert client.get(f"/apply/{later.slug}/").context["cohort"] == later


def test_with_no_open_call_the_page_says_what_comes(client):
    upcoming = CohortFactory(opens_at=days(5))

    page = client.get("/apply/")

    assert list(page.context["upcoming"]) == [upcoming]


@pytest.mark.parametrize("opens", [-30, 5])
def test_a_call_that_is_not_open_takes_no_draft(client, opens):
    cohort = CohortFactory(opens_at=days(opens))

    pages = [client.get(f"/apply/{cohort.slug}/"), start(client, cohort)]

    assert [page.templates[0].name for page in pages] == ["applications/apply_closed.html"] * 2
    assert Application.objects.count() == 0


def test_a_call_that_is_not_published_does_not_exist(client):
    cohort = CohortFactory(published_at=None)

    assert client.get(f"/apply/{cohort.slug}/").status_code == 404
    assert start(client, cohort).status_code == 404


def test_who_may_apply_goes_straight_on(client):
    cohort = CohortFactory()

    answer = client.post("/apply/", YES)

    assert (answer.status_code, answer.url) == (302, f"/apply/{cohort.slug}/start/")


@pytest.mark.parametrize("no", ["works_in_sector", "has_hours"])
def test_who_may_not_finds_a_person_and_the_webinar_instead_of_a_wall(client, no):
    cohort = CohortFactory()
    webinar = WebinarFactory(cohort=cohort)

    page = client.post("/apply/", YES | {no: "no"})

    text = page.content.decode()
    assert page.status_code == 200
    assert f"mailto:{cohort.mailbox}" in text
    assert webinar.get_absolute_url() in text


@pytest.mark.parametrize("value", ["", "maybe", "\x00"])
def test_a_question_that_is_not_answered_says_so(client, value):
    CohortFactory()

    page = client.post("/apply/", YES | {"has_hours": value})

    assert list(page.context["form"].errors) == ["has_hours"]


def test_starting_leads_straight_into_the_form_and_mails_the_link(client):
    cohort = CohortFactory()

    answer = start(client, cohort)

    application = Application.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/applications/{application.uuid}/edit/")
    assert client.get(answer.url).status_code == 200
    assert (application.person.email, application.name, application.status) == (
        "priya@kenora.test", "Priya Raman", Status.DRAFT,
    )  # fmt: skip
    assert application.awaits_confirmation
    assert [(m.kind, m.recipient) for m in Message.objects.all()] == [
        ("application-started", application.person)
    ]


def test_known_and_unknown_addresses_get_the_same_answers():
    """Whoever types an address learns nothing, and alters nothing, whatever is there already."""
    cohort = CohortFactory()
    sent = ApplicationFactory(
        cohort=cohort, status=Status.SUBMITTED, person=PersonFactory(email="sent@a.test")
    )
    draft = ApplicationFactory(cohort=cohort, person=PersonFactory(email="draft@a.test"))
    known = PersonFactory(email="known@a.test", name="Known")
    before = list(Application.objects.order_by("pk").values())

    def what_is_shown(email):
        client = Client()
        answer = start(client, cohort, email=email, name="Typed")
        page = client.get(answer.url)
        application = page.context["application"]
        text = page.content.decode()
        for own in (str(application.uuid), application.reference, email):
            text = text.replace(own, "…")
        return answer.status_code, re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", text)

    shown = {
        what_is_shown(email)
        for email in ("new@a.test", "sent@a.test", "draft@a.test", "known@a.test")
    }

    assert len(shown) == 1
    assert list(Application.objects.filter(pk__in=[sent.pk, draft.pk]).order_by("pk").values()) == (
        before
    )
    assert User.objects.get(pk=known.pk).name == "Known"


def test_her_own_mail_tells_her_that_she_has_one_already(client):
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort, person=PersonFactory(email="draft@a.test"))

    start(client, cohort, email="draft@a.test", name="BUY NOW")

    mail = render(Message.objects.get())
    assert "You already have one in this call" in " ".join(mail.text.split())
    assert "BUY NOW" not in mail.text


def test_an_address_has_so_many_unconfirmed_drafts_and_no_more(client):
    cohort = CohortFactory()

    answers = [start(client, cohort) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert list(answers[-1].context["form"].errors) == ["email"]
    assert Application.objects.count() == 5


def test_withdrawing_a_draft_does_not_make_room_for_another_mail(client):
    cohort = CohortFactory()
    for _number in range(5):
        client.post(start(client, cohort).url.replace("edit", "withdraw"), {"reason": "Oh."})

    answer = start(client, cohort)

    assert list(answer.context["form"].errors) == ["email"]
    assert set(Application.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}
    assert Message.objects.count() == 5


@pytest.mark.parametrize(
    "who",
    [
        {"email": ""}, {"email": "x"}, {"email": "a@b\x00.ca"}, {"email": "a" * 300 + "@b.ca"},
        {"name": ""}, {"name": "n\x00"}, {"name": "n" * 1_000_000}, {"name": "n" * 151},
    ],
)  # fmt: skip
def test_nonsense_is_answered_by_its_field(client, who):
    page = start(client, CohortFactory(), **who)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == list(who)
    assert Application.objects.count() == 0


def test_who_is_signed_in_types_no_address_and_has_one_draft(client, sign_in):
    cohort, person = CohortFactory(), PersonFactory()
    sign_in(client, person)

    answers = [client.post(f"/apply/{cohort.slug}/start/") for _ in range(2)]

    application = Application.objects.get()
    assert {answer.url for answer in answers} == {f"/applications/{application.uuid}/edit/"}
    assert (application.person, application.awaits_confirmation) == (person, False)
