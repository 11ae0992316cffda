from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import User
from cops import services
from cops.models import Cohort, Membership, Registration
from notifications import calendar
from notifications.models import Consent, Invitee, Message, Role
from tests.factories import (
    CohortFactory,
    CommunityFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    PersonFactory,
    RegistrationFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db

TYPED = {"name": "Noor Example", "email": "noor@agency.test", "agrees": "on"}


def page(response):
    return response.content.decode()


def register_url(webinar):
    return reverse("cops:webinar-register", args=[webinar.slug])


def open_mailed_link(client, registration, verb="cops:registration"):
    url = links.url(registration.person, verb, registration.uuid)
    return client.get(url[url.index("/go/") :], follow=True)


def test_home_puts_the_open_call_first_with_its_two_actions(client):
    open_call = CohortFactory(name_en="The open one")
    webinar = WebinarFactory(cohort=open_call)
    CohortFactory(name_en="The meeting one", opens_at=timezone.now() - timedelta(days=100))
    FocusAreaVersionFactory(cohort=open_call, question_en="How can we help?")

    response = client.get("/")

    assert response.context["lead"] == open_call
    assert [cohort.name_en for cohort, _timeline in response.context["others"]] == [
        "The meeting one"
    ]
    assert reverse("applications:apply-to", args=[open_call.slug]) in page(response)
    assert register_url(webinar) in page(response)
    assert "How can we help?" in page(response)


def test_home_without_any_call_says_so(client):
    assert "No call is open today" in page(client.get("/"))


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (
            -100,
            ["No call is open today.", "The communities are meeting", "Next: Outcomes published"],
        ),
        (5, ["Applications open on", "Next: Applications open"]),
    ],
)
def test_home_without_an_open_call_says_what_is_and_what_comes(client, opened, words):
    cohort = CohortFactory(opens_at=timezone.now() + timedelta(days=opened))
    Cohort.objects.update(published_at=timezone.now())

    text = page(client.get("/"))

    assert [one for one in words if one not in text] == []
    assert reverse("applications:apply-to", args=[cohort.slug]) not in text


def test_home_with_a_finished_call_only_lists_it_as_earlier(client):
    cohort = CohortFactory(opens_at=timezone.now() - timedelta(days=900))

    response = client.get("/")

    assert (response.context["lead"], list(response.context["earlier"])) == (None, [cohort])


def test_home_asks_as_many_questions_for_three_rounds_as_for_one(client, django_assert_num_queries):
    make_round()
    with django_assert_num_queries(5):
        client.get("/")
    make_round()
    make_round()
    with django_assert_num_queries(5):
        client.get("/")


def test_a_call_and_a_community_ask_as_many_questions_for_three_rows_as_for_one(
    client, django_assert_num_queries
):
    membership = MembershipFactory()
    community = membership.community
    cohort = community.cohort
    client.force_login(membership.person)

    def more():
        MembershipFactory(community=community)
        CommunityFactory(cohort=cohort)
        CriterionFactory(cohort=cohort)
        FocusAreaVersionFactory(cohort=cohort)
        WebinarFactory(cohort=cohort)

    more()
    for rows in (1, 3):
        with django_assert_num_queries(8):
            client.get(cohort.get_absolute_url())
        with django_assert_num_queries(12):
            client.get(community.get_absolute_url())
        if rows == 1:
            more()
            more()


def make_round():
    cohort = CohortFactory()
    WebinarFactory(cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort)


def test_an_unpublished_call_is_for_staff(client):
    cohort = CohortFactory(published_at=None)

    assert client.get(cohort.get_absolute_url()).status_code == 404
    client.force_login(PersonFactory())
    assert client.get(cohort.get_absolute_url()).status_code == 404


def test_the_call_tells_who_is_sought_when_and_whom_to_ask(client):
    cohort = CohortFactory(invitation_en="Join us.", commitment_en="Ten hours.")
    CriterionFactory(cohort=cohort, text_en="Eager to collaborate across the province")
    community = CommunityFactory(cohort=cohort)

    text = page(client.get(cohort.get_absolute_url()))

    for words in (
        "Join us.",
        "Ten hours.",
        "Eager to collaborate across the province",
        community.name_en,
        cohort.mailbox,
    ):
        assert words in text


def test_a_finished_call_no_longer_tells_how_people_are_chosen(client):
    open_call = CohortFactory()
    finished = CohortFactory(opens_at=timezone.now() - timedelta(days=900))

    texts = [page(client.get(cohort.get_absolute_url())) for cohort in (open_call, finished)]

    assert ["How people are chosen" in text for text in texts] == [True, False]
    assert ["Apply by" in text for text in texts] == [True, False]
    assert "This round is finished." in texts[1]


@pytest.mark.parametrize("published", [True, False])
def test_a_focus_area_shows_the_questions_of_published_calls_only(client, published):
    cohort = CohortFactory(published_at=timezone.now() if published else None)
    version = FocusAreaVersionFactory(cohort=cohort, question_en="First words?")
    FocusAreaVersionFactory(
        cohort=cohort, focus_area=version.focus_area, number=2, question_en="Refined words?"
    )

    response = client.get(version.focus_area.get_absolute_url())

    assert response.status_code == (200 if published else 404)
    assert ("Refined words?" in page(response)) == published
    assert ("How the question moved" in page(response)) == published


def test_a_community_is_public_in_summary_and_open_inside_to_its_own(client):
    membership = MembershipFactory(community__summary_en="What we do, in public.")
    community = membership.community

    public = client.get(community.get_absolute_url())
    client.force_login(PersonFactory())
    stranger = client.get(community.get_absolute_url())
    client.force_login(membership.person)
    member = client.get(community.get_absolute_url())

    assert "What we do, in public." in page(public)
    assert membership.person.name not in page(public) + page(stranger)
    assert [response.context["is_inside"] for response in (public, stranger, member)] == [
        False,
        False,
        True,
    ]


def test_pages_below_an_open_call_lead_to_its_application(client):
    version = FocusAreaVersionFactory(cohort=CohortFactory())
    group = CommunityFactory(cohort=version.cohort, focus_area=version.focus_area)
    apply = f'href="{reverse("applications:apply-to", args=[version.cohort.slug])}"'

    while_open = [client.get(each.get_absolute_url()) for each in (version.focus_area, group)]
    with time_machine.travel(version.cohort.closes_at + timedelta(minutes=1), tick=False):
        closed = [client.get(each.get_absolute_url()) for each in (version.focus_area, group)]

    assert [page(response).count(apply) for response in while_open] == [1, 1]
    assert [page(response).count(apply) for response in closed] == [0, 0]


def test_a_group_without_members_has_no_balance_to_show(client):
    membership = MembershipFactory(role=Membership.As.FACILITATOR)
    client.force_login(membership.person)

    alone = client.get(membership.community.get_absolute_url())
    MembershipFactory(community=membership.community)
    together = client.get(membership.community.get_absolute_url())

    assert ['id="balance"' in page(response) for response in (alone, together)] == [False, True]


def test_who_left_a_community_reads_only_its_public_summary(client):
    membership = MembershipFactory()
    services.leave(membership)
    client.force_login(membership.person)

    response = client.get(membership.community.get_absolute_url())

    assert response.context["is_inside"] is False


def test_registering_leads_to_the_confirmation_without_an_account(client):
    webinar = WebinarFactory()

    response = client.post(register_url(webinar), TYPED, follow=True)

    registration = Registration.objects.get()
    assert response.redirect_chain == [(registration.get_absolute_url(), 302)]
    assert "You are registered" in page(response)
    assert "noor@agency.test" in page(response)
    assert registration.consent_wording.startswith("First Work may use")
    assert not Consent.objects.exists()


def without_keys(text, registration):
    return text.replace(str(registration.uuid), "KEY").replace(registration.person.email, "MAIL")


def test_a_known_and_an_unknown_address_get_the_same_answer(client, django_user_model):
    webinar = WebinarFactory()
    known = PersonFactory(name="Secret Name")
    first = RegistrationFactory(
        webinar=webinar, person=known, name="Secret Name", access_needs="Secret need"
    )

    answers = []
    for email in (known.email, "noor@agency.test"):
        answer = client.post(register_url(webinar), {**TYPED, "email": email}, follow=True)
        registration = Registration.objects.get(person__email=email)
        answers.append((answer.status_code, without_keys(page(answer), registration)))

    assert strip_tokens(answers[0]) == strip_tokens(answers[1])
    assert "Secret" not in answers[0][1]
    first.refresh_from_db()
    assert (first.name, first.access_needs) == ("Secret Name", "Secret need")


def strip_tokens(answer):
    lines = answer[1].splitlines()
    return answer[0], [line for line in lines if "csrfmiddlewaretoken" not in line]


def test_who_only_typed_a_known_address_cannot_cancel(client):
    registration = RegistrationFactory()
    client.post(register_url(registration.webinar), {**TYPED, "email": registration.person.email})

    response = client.post(reverse("cops:registration-cancel", args=[registration.uuid]))

    assert response.status_code == 403
    registration.refresh_from_db()
    assert registration.is_live


def test_the_mailed_link_opens_the_registration_and_lets_her_cancel(client):
    registration = RegistrationFactory()
    calendar.owe(registration.webinar.event, registration.person, Role.GUEST)
    cancel_url = reverse("cops:registration-cancel", args=[registration.uuid])

    opened = open_mailed_link(client, registration)
    asked = client.get(cancel_url)
    done = client.post(cancel_url, follow=True)

    assert cancel_url in page(opened)
    assert "Your seat goes to somebody else" in page(asked)
    assert "Your registration is cancelled" in page(done)
    registration.refresh_from_db()
    assert not registration.is_live
    assert not Invitee.objects.current().exists()


def test_a_stranger_neither_sees_nor_cancels_a_registration(client):
    registration = RegistrationFactory()
    urls = [
        reverse(f"cops:{name}", args=[registration.uuid])
        for name in ("registration", "registration-cancel", "registration-calendar")
    ]

    anonymous = [client.get(url).status_code for url in urls]
    client.force_login(PersonFactory())
    strangers = [client.get(url).status_code for url in urls]
    strangers.append(client.post(urls[1]).status_code)
    strangers.append(
        client.post(reverse("cops:registration-news", args=[registration.uuid])).status_code
    )

    assert (anonymous, strangers) == ([302] * 3, [404] * 5)
    registration.refresh_from_db()
    assert registration.is_live


def test_cancelling_after_the_start_is_too_late_and_says_so(client):
    registration = RegistrationFactory()
    with time_machine.travel(registration.webinar.event.starts_at + timedelta(minutes=1)):
        client.force_login(registration.person)
        url = reverse("cops:registration-cancel", args=[registration.uuid])
        response = client.post(url, follow=True)

    assert "This webinar has begun or is cancelled." in page(response)


@pytest.mark.parametrize(("minutes", "shown"), [(-61, False), (-59, True), (30, True), (61, False)])
def test_the_join_link_shows_from_an_hour_before_until_the_end(client, minutes, shown):
    registration = RegistrationFactory()
    event = registration.webinar.event
    with time_machine.travel(event.starts_at + timedelta(minutes=minutes)):
        client.force_login(registration.person)
        response = client.get(registration.get_absolute_url())

    assert (event.join_link in page(response)) == shown


def test_from_her_mail_a_person_confirms_that_it_was_she_who_wants_news(client):
    registration = RegistrationFactory(wants_news=True)
    url = reverse("cops:registration-news", args=[registration.uuid])

    opened = open_mailed_link(client, registration)
    client.post(url)

    assert url in page(opened)
    assert list(Consent.objects.values_list("person", "purpose")) == [
        (registration.person.pk, "news")
    ]
    assert url not in page(client.get(registration.get_absolute_url()))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("name", "nul \x00 byte"),
        ("email", "not an address"),
        ("email", "x" * 300 + "@agency.test"),
        ("access_needs", "x" * 1001),
        ("question", "y" * 1_000_000),
        ("agrees", ""),
    ],
)
def test_bad_input_is_answered_by_the_field_and_keeps_what_was_typed(client, field, value):
    webinar = WebinarFactory()

    response = client.post(
        register_url(webinar), {**TYPED, "organization": "Kept words", field: value}
    )

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert "Kept words" in page(response)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("state", ["begun", "full", "cancelled"])
def test_a_webinar_that_takes_nobody_says_why(client, state):
    webinar = WebinarFactory(seats=1)
    if state == "full":
        RegistrationFactory(webinar=webinar)
    if state == "cancelled":
        calendar.cancel(webinar.event)
    later = timedelta(seconds=1) if state == "begun" else timedelta(days=-1)
    words = {
        "begun": "This webinar has begun.",
        "full": "This webinar is full.",
        "cancelled": "This webinar is cancelled.",
    }

    with time_machine.travel(webinar.event.starts_at + later):
        shown = client.get(webinar.get_absolute_url())
        refused = client.post(register_url(webinar), TYPED)

    assert words[state] in page(shown)
    assert refused.status_code == 409
    assert words[state] in page(refused)
    assert not User.objects.filter(email="noor@agency.test").exists()


def test_the_public_calendar_file_keeps_the_link_to_join_for_those_registered(client):
    registration = RegistrationFactory()
    webinar = registration.webinar
    public = client.get(reverse("cops:webinar-calendar", args=[webinar.slug]))
    client.force_login(registration.person)
    hers = client.get(reverse("cops:registration-calendar", args=[registration.uuid]))

    assert public["Content-Type"].startswith("text/calendar")
    assert b"METHOD:PUBLISH" in public.content
    assert (b"meet.example" in public.content, b"meet.example" in hers.content) == (False, True)


def test_webinars_of_an_unpublished_call_are_not_there(client):
    webinar = WebinarFactory(cohort__published_at=None)

    for name in ("webinar", "webinar-register", "webinar-calendar"):
        assert client.get(reverse(f"cops:{name}", args=[webinar.slug])).status_code == 404


def test_staff_who_register_themselves_are_treated_like_everybody(client):
    staff = StaffFactory()
    client.force_login(staff)
    services.register(
        WebinarFactory(), email=staff.email, name="Staff", consent_wording="Yes.", by=staff
    )

    assert list(Message.objects.values_list("kind", "recipient")) == [
        ("webinar-registered", staff.pk)
    ]


def test_what_was_done_stands_once_and_above_the_call(client, sign_in):
    CohortFactory(headline_en="Join us")
    sign_in(client, PersonFactory())
    client.post(reverse("account_logout"))

    text = page(client.get(reverse("cops:home")))

    assert text.count('id="messages"') == 1
    assert text.index("You have signed out") < text.index("Join us")


def test_applying_comes_before_the_timeline_and_the_phone_can_be_tapped(client):
    cohort = CohortFactory(contact_phone="705 555-0100")

    text = page(client.get(cohort.get_absolute_url()))

    assert text.count(reverse("applications:apply-to", args=[cohort.slug])) == 1
    assert text.index(reverse("applications:apply-to", args=[cohort.slug])) < text.index(
        f"timeline-{cohort.slug}"
    )
    assert 'href="tel:705555-0100">705 555-0100</a>' in text
