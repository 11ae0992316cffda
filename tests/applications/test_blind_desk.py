"""The desk of a colleague who has reviews to do: nothing on it tells whose an application is.

Every list that is registered is read, searched and asked by its address, every record opened.
"""

import html
import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from accounts import concealed
from applications.models import Application, Review, Status
from applications.services import asked, intake
from cops.models import AccessRequest
from notifications import outbox
from notifications.models import Consent, Message
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    CohortFactory,
    InterviewFactory,
    MessageFactory,
    OrganizationFactory,
    PersonFactory,
    RegistrationFactory,
    ReviewFactory,
    StaffFactory,
    WebinarFactory,
    days,
)

pytestmark = pytest.mark.django_db

# What differs between two answers to the same request, whatever they tell.
ONCE_ONLY = re.compile(
    r'name="(?:csrfmiddlewaretoken|seen)" value="[^"]*"|nonce="[^"]*"|<time [^>]*>[^<]*</time>'
    r"|(?<=[?]ids=)\d+|(?<=message[-/])\d+|(?<=\bto-)\d+"
)
MODELS = {model._meta.label: model for model in admin.site._registry}


def applied(cohort, number):
    """An application being read, with all that comes about with one; every Zzyzx is who she is."""
    agency = OrganizationFactory(name_en=f"Zzyzx-agency-{number}")
    person = PersonFactory(
        name=f"Zzyzx-name-{number}", email=f"zzyzx-{number}@agency.test", organization=agency,
        phone=f"705 555-010{number}",
    )  # fmt: skip
    application = ApplicationFactory(
        cohort=cohort, person=person, name=person.name, status=Status.SUBMITTED,
        organization=agency, organization_name=agency.name_en, town=f"Zzyzx-town-{number}",
        phone=person.phone, access_needs=f"Zzyzx-need-{number}", agrees_to_use=True,
        wants_news=True,
    )  # fmt: skip
    intake._take_at_her_word(application)
    asked.send_application_link(application, by=StaffFactory())
    MessageFactory(
        recipient=person, context={"application": application.pk}, state=Message.State.SENT,
        subject=f"We have your application {application.reference}",
        body=f"Good day {person.name}, {application.reference}",
    )  # fmt: skip
    MessageFactory(
        kind="application-unsent", recipient=person, event=cohort.closing, context={},
        state=Message.State.SENT, subject="Your draft is not sent yet",
        body=f"Good day {person.name}, your application {application.reference} is saved",
    )  # fmt: skip
    need = AccessRequest.objects.get(person=person)
    outbox.write(
        "access-request-answered", person, key=f"answered-{number}", context={"request": need.pk}
    )
    RegistrationFactory(person=person, name=person.name, webinar=WebinarFactory(cohort=cohort))
    Application.objects.filter(pk=application.pk).update(status=Status.IN_REVIEW)
    application.refresh_from_db()
    return application


@pytest.fixture
def hers():
    """What she reads, and what somebody else reads in the same call."""
    cohort = CohortFactory()
    return [applied(cohort, number) for number in (1, 2)]


@pytest.fixture
def reader(client, sign_in, hers):
    person = StaffFactory(is_superuser=True)  # to whom the plumbing is open, too
    ReviewFactory(application=hers[0], reviewer=person)
    ReviewFactory(application=hers[1])
    sign_in(client, person)
    return person


@pytest.fixture
def colleague(client, sign_in, hers):
    person = StaffFactory(is_superuser=True)
    for application in hers:
        ReviewFactory(application=application)
    sign_in(client, person)
    return person


def told_together(text, applications):
    """Return which of ``applications`` stand in ``text`` beside whose they are."""
    text = text.lower()
    return [
        each.reference
        for each in applications
        if each.reference.lower() in text and ("zzyzx-" in text or each.person.email in text)
    ]


def list_of(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def looked_for(application):
    """What a colleague could type to find her: all that an applicant is known by."""
    person = application.person
    return [
        person.name, person.email, application.town, application.organization_name,
        application.phone,
    ]  # fmt: skip


def found(client, address, **query):
    """Return the rows of a list; none where the query is refused."""
    answer = client.get(address, query, follow=True)
    is_list = answer.status_code == 200 and "cl" in answer.context
    return set(answer.context["cl"].result_list) if is_list else set()


def pages_of(client, model):
    """Yield the pages of ``model`` that a list leads to, and those of every row there is."""
    yield client.get(list_of(model)).text
    for key in model._base_manager.values_list("pk", flat=True):
        for name in ("change", "history"):
            yield client.get(list_of(model, name, key), follow=True).text


def told_on_pages(client, applications):
    """Return the lists that name, or lead to a page that names, a person beside hers."""
    return {
        label
        for label, model in MODELS.items()
        if any(told_together(page, applications) for page in pages_of(client, model))
    }


def told_by_search(client, applications):
    """Return the lists on which who an applicant is finds her application."""
    lists = {
        label: model
        for label, model in MODELS.items()
        if model is Application or hasattr(model, "application")
    }
    return {
        label
        for label, model in lists.items()
        for each in applications
        for words in looked_for(each)
        if any(
            row == each or getattr(row, "application", None) == each
            for row in found(client, list_of(model), q=words)
        )
    }


def test_nothing_names_a_person_beside_an_application_that_is_read(client, reader, hers):
    assert told_on_pages(client, hers) == set()


def test_nothing_finds_an_application_by_whose_it_is(client, reader, hers):
    assert told_by_search(client, hers) == set()


def test_a_colleague_without_reviews_reads_and_finds_them_together(client, colleague, hers):
    assert told_on_pages(client, hers) == {
        "applications.Application",
        "notifications.Message",
        "notifications.Consent",
    }
    assert told_by_search(client, hers) == {"applications.Application"}


def lookups_of(model):
    """Yield every column and relation of ``model``, as an address would name it."""
    for field in model._meta.get_fields():
        names = {field.name, getattr(field, "attname", field.name)}
        for name in names:
            yield from (name, f"{name}__startswith", f"{name}__isnull")
            if field.is_relation:
                yield from (f"{name}__id__exact", f"{name}__pk")


def test_an_address_narrows_a_list_by_its_filters_alone(rf, reader):
    request = rf.get("/")
    request.user = reader

    further = {
        f"{label}: {lookup}"
        for label, model in MODELS.items()
        for model_admin in [admin.site._registry[model]]
        for lookup in lookups_of(model)
        if model_admin.lookup_allowed(lookup, "1", request)
        and lookup.partition("__")[0] not in {*model_admin.narrowed_by, *filtered(model_admin)}
    }

    assert further == set()


def filtered(model_admin):
    names = (each[0] if isinstance(each, tuple) else each for each in model_admin.list_filter)
    return {getattr(name, "parameter_name", name).partition("__")[0] for name in names}


@pytest.mark.parametrize(
    ("label", "lookup", "value"),
    [
        ("accounts.User", "applications", lambda each: each.pk),
        ("accounts.User", "applications__pk", lambda each: each.pk),
        ("accounts.Organization", "applications__id__exact", lambda each: each.pk),
        ("applications.Application", "name__startswith", lambda each: each.name),
        ("applications.Application", "person", lambda each: each.person_id),
        ("applications.Application", "person_id", lambda each: each.person_id),
        ("applications.Application", "organization__id__exact", lambda each: each.organization_id),
    ],
)
def test_no_address_asks_a_list_whose_it_is(client, reader, hers, label, lookup, value):
    answer = client.get(list_of(MODELS[label]), {lookup: value(hers[0])})

    assert answer.status_code == 400


def test_what_is_no_column_is_answered_as_ever(client, reader):
    answer = client.get(list_of(Message), {"nonsense": "1"}, follow=True)

    assert answer.redirect_chain == [(f"{list_of(Message)}?e=1", 302)]


@pytest.mark.parametrize("model", [Message, Consent, AccessRequest])
def test_all_that_came_about_with_them_is_kept_and_nothing_else(client, reader, hers, model):
    strangers = [
        MessageFactory(context={}), MessageFactory(context={"event": hers[0].pk}),
        MessageFactory(context={"application": ApplicationFactory(status=Status.IN_REVIEW).pk}),
        AccessRequestFactory(person=hers[0].person),
        Consent.objects.create(
            person=hers[0].person, purpose=Consent.Purpose.NEWS, wording="x", language="en",
            source="webinar x", withdrawn_at=days(-1),
        ),
    ]  # fmt: skip
    rows = model.objects.all()

    kept = set(rows) - set(concealed.without(rows, reader))

    people = {each.person for each in hers}
    about = {row for row in rows if getattr(row, "recipient", None) in people
             or getattr(row, "person", None) in people}  # fmt: skip
    registered = {row for row in about if getattr(row, "kind", "").startswith("webinar-")}
    assert kept == about - registered - set(strangers)
    assert len(kept) >= 2


def test_a_page_that_is_kept_says_so_and_one_that_is_not_there_does_not(client, reader, hers):
    mail = Message.objects.filter(context__application=hers[0].pk).first()

    kept = client.get(list_of(Message, "change", mail.pk), follow=True)
    gone = client.get(list_of(Message, "change", 10**6), follow=True)
    her_own = ApplicationFactory(person=reader, status=Status.SUBMITTED)
    own = client.get(list_of(Application, "change", her_own.pk), follow=True)

    words = "This is kept from you until your reviews are in. A colleague sees to it."
    assert [words in page.text for page in (kept, gone, own)] == [True, False, False]
    assert kept.status_code == 200
    assert told_together(kept.text, hers) == []


def test_no_verb_reaches_what_is_kept(client, reader, hers):
    mail = Message.objects.filter(context__application=hers[1].pk, state="queued").first()

    answer = client.post(list_of(Message, "verb", mail.pk, "cancel"))

    mail.refresh_from_db()
    assert (answer.status_code, mail.state) == (404, Message.State.QUEUED)
    drafts = reverse("admin:notifications_message_review")
    Message.objects.filter(pk=mail.pk).update(state=Message.State.DRAFT)
    assert hers[1].person.name not in client.get(drafts, {"ids": mail.pk}).text
    client.post(f"{drafts}?ids={mail.pk}")
    mail.refresh_from_db()
    assert mail.state == Message.State.DRAFT


def test_once_her_reviews_are_in_all_of_it_is_there(client, reader, hers):
    mail = Message.objects.filter(context__application=hers[0].pk).first()
    before = client.get(list_of(Application)).text

    Review.objects.update(status=Review.Status.DONE, done_at=days(0))

    after = client.get(list_of(Application)).text
    assert [told_together(page, hers) for page in (before, after)] == [
        [], [each.reference for each in hers],
    ]  # fmt: skip
    assert client.get(list_of(Message, "change", mail.pk)).status_code == 200


def test_what_she_did_last_names_nobody_beside_what_is_read(client, reader, hers):
    LogEntry.objects.log_actions(reader.pk, hers, 2, change_message="Changed.")

    text = client.get(reverse("admin:index")).text

    assert hers[0].reference in text
    assert told_together(text, hers) == []


def test_an_application_that_is_decided_is_kept_from_nobody(client, reader, hers):
    decided = InterviewFactory(
        application=ApplicationFactory(cohort=hers[0].cohort, status=Status.INTERVIEW)
    ).application

    page = client.get(list_of(Application)).text

    assert decided.reference in page
    assert decided.name in page or str(decided.person) in page


def test_every_list_asks_the_one_rule(rf, reader, monkeypatch):
    request = rf.get("/")
    request.user = reader

    def asked():
        return {
            label: str(admin.site._registry[model].get_queryset(request).query)
            for label, model in MODELS.items()
        }

    before = asked()
    rule = {model: [lambda viewer: models.Q(pk=viewer.pk)] for model in MODELS.values()}
    monkeypatch.setattr(concealed, "CONDITIONS", rule)
    after = asked()

    assert [label for label in MODELS if before[label] == after[label]] == []


# Whether a decision waits


def links_of(page):
    """Return the addresses by which a list is filtered and sorted."""
    return {html.unescape(address) for address in re.findall(r'href="(\?[^"]+)"', page)}


def shown_to(client, applications):
    """Yield (what was asked, what it shows) for every way to look at what is registered."""
    for model in MODELS.values():
        address = list_of(model)
        plain = client.get(address).text
        yield address, plain
        for query in links_of(plain) if model._meta.app_label == "applications" else ():
            yield address + query, client.get(address + query).text
        for words in (application.reference for application in applications):
            yield f"{address} for {words}", client.get(address, {"q": words}).text
        for key in model._base_manager.values_list("pk", flat=True):
            for name in ("change", "history"):
                page = list_of(model, name, key)
                yield page, client.get(page, follow=True).text
    for application in applications:
        for verb in admin.site._registry[Application].verbs:
            page = list_of(Application, "verb", application.pk, verb)
            yield page, client.get(page, follow=True).text
        page = reverse("admin:person", args=[application.person.uuid])
        yield page, client.get(page).text
        client.post(reverse("admin:people"), {"q": application.person.name})
        yield f"found {application}", client.get(reverse("admin:people")).text
    board = reverse("board")
    for page in (reverse("admin:index"), f"{board}?cohort={applications[0].cohort.slug}"):
        yield page, client.get(page).text


def done_to(client, applications):
    """Yield (what was asked, what it answered) for every verb and action, each undone after it."""
    asked = [
        (list_of(Application, "verb", application.pk, verb), {})
        for application in applications
        for verb in admin.site._registry[Application].verbs
        if verb != "send_link"  # once a minute, whatever is decided
    ]
    chosen = {"_selected_action": [application.pk for application in applications]}
    asked += [
        (list_of(Application), {"action": action, **chosen})
        for action in admin.site._registry[Application].actions
    ]
    for address, facts in asked:
        point = transaction.savepoint()
        answer = client.post(address, facts, follow=True)
        yield f"{address} {facts}", (answer.redirect_chain, answer.text)
        transaction.savepoint_rollback(point)


def told_of(client, applications):
    """Return by request what a reader is told, but for what no two answers share."""
    told = [*shown_to(client, applications), *done_to(client, applications)]
    return {asked: ONCE_ONLY.sub("", str(answer)) for asked, answer in told}


@pytest.fixture
def decider(sign_in):
    person, browser = StaffFactory(name="Zzyzx who decides"), Client()
    sign_in(browser, person)
    return person, browser


def decide_both(applications, decider):
    """Let a colleague note a decision for each: one on its page, where that is logged."""
    one, other = applications
    person, browser = decider
    browser.post(list_of(Application, "verb", one.pk, "decide_decline"), {"reason": "Zzyzx"})
    other.decide(Status.INTERVIEW, by=person, reason="Zzyzx")
    assert Application.objects.pending().count() == 2


def test_nothing_tells_a_reader_whether_a_decision_waits(client, reader, hers, decider):
    before = told_of(client, hers)

    decide_both(hers, decider)

    after = told_of(client, hers)
    assert [asked for asked in before if before[asked] != after.get(asked)] == []
    assert before.keys() == after.keys()


def test_a_colleague_is_told_that_a_decision_waits(client, colleague, hers, decider):
    pages = [
        list_of(Application), f"{list_of(Application)}?is_pending=yes",
        list_of(Application, "change", hers[0].pk), list_of(Application, "history", hers[0].pk),
        list_of(Application, "verb", hers[0].pk, "release"),
        reverse("admin:person", args=[hers[0].person.uuid]),
        f"{reverse('board')}?cohort={hers[0].cohort.slug}",
    ]  # fmt: skip

    def told():
        return [ONCE_ONLY.sub("", client.get(page, follow=True).text) for page in pages]

    before = told()
    decide_both(hers, decider)
    after = told()

    assert [
        page for page, *texts in zip(pages, before, after, strict=True) if len({*texts}) == 1
    ] == []
