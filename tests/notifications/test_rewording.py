"""Staff write the words of a kind of mail: checked, tried on, in versions; the nearest wins."""

import logging
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.lifecycle import InvalidTransition
from notifications import mails, outbox, rewording, sender
from notifications.models import MailTemplate, Message
from notifications.render import NoLongerTrue, render
from notifications.wording import Wordings
from tests.concurrency import at_once
from tests.factories import (
    EventFactory,
    MailTemplateFactory,
    MessageFactory,
    PersonFactory,
    SeriesFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

KIND = "event-moved"
REWORDED = [
    "application-declined", "application-interview", "application-offered", "application-received",
    "application-waitlisted", "call-announced", "community-joined", "event-cancelled",
    "event-moved", "interview-reminder", "meeting-notes", "meeting-reminder",
    "meetings-scheduled", "outcome-published", "reviews-assigned", "webinar-registered",
    "webinar-reminder",
]  # fmt: skip
NEEDED = "{when_and_where}\n\n{join}\n\n{answer}"


@pytest.fixture
def kinds():
    """The kinds as they are, not those that the other tests make of them."""


def words(**changes):
    return rewording.Words(
        **{
            "subject_en": "Moved: {title}",
            "subject_fr": "Reporté : {title}",
            "body_en": f"**{{title}}** moves to {{when}}.\n\n{NEEDED}",
            "body_fr": f"**{{title}}** passe au {{when}}.\n\n{NEEDED}",
            **changes,
        }
    )


def saved(series=None, **changes):
    about = mails.kind(KIND)
    newest = rewording.newest_version(about, series)
    return rewording.save(about, series, words(**changes), read=newest, by=StaffFactory())


def moved(person=None, key="moved", **facts):
    return outbox.write(KIND, person or PersonFactory(), key=key, event=EventFactory(**facts))


def write_address(series=None):
    address = reverse("admin:notifications_mailtemplate_write", args=[KIND])
    return f"{address}?series={series.pk}" if series else address


def typed(**changes):
    return {**vars(words()), "read": "0", "act": "save", **changes}


# What may be reworded


def test_these_kinds_are_reworded_and_no_code_ever():
    listed = [kind.name for kind in mails.reworded_by_staff()]

    assert sorted(listed) == REWORDED
    assert Message.Lane.CODE not in {mails.kind(name).lane for name in listed}
    placeholders = mails.kind(KIND).placeholders
    with pytest.raises(ValueError, match="code"):
        mails.register("a-code", "", lane=Message.Lane.CODE, placeholders=placeholders)


@pytest.mark.parametrize("name", REWORDED)
def test_the_built_in_text_is_one_that_staff_could_have_written(name):
    about = mails.kind(name)
    built_in = rewording.built_in(about)

    for language in ("en", "fr"):
        subject, body = (getattr(built_in, f"{part}_{language}") for part in ("subject", "body"))
        assert rewording.faults_of_subject(about, subject) == []
        assert rewording.faults_of_body(about, body) == []
    assert built_in.body_en != built_in.body_fr


def spoken(text):
    """The words of a part, in order, without marks, addresses and the blanks between them."""
    return re.findall(r"\w+", re.sub(r"https?://\S+", "", text))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", REWORDED)
def test_text_and_html_of_every_kind_say_the_same(name, language):
    about = mails.kind(name)

    mail = rewording.tried_on(about, rewording.built_in(about), language, None)

    text, _sign, _signature = mail.text.partition("\n-- \n")
    assert spoken(text) == spoken(unescape(strip_tags(mail.body)))
    assert f'<html lang="{language}">' in mail.html
    # Every address of the HTML part stands in the text part, as often or more.
    addresses = re.findall(r'href="([^"]+)"', mail.body)
    assert [address for address in addresses if address not in text] == []
    assert "{" not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_built_in_text_saved_as_it_stands_changes_no_mail(language):
    message = moved(PersonFactory(language=language), join_link="https://meet.example/a_b")
    before = render(message).masked()

    about = mails.kind(KIND)
    built_in = rewording.built_in(about)
    template = rewording.save(about, None, built_in, read=0, by=StaffFactory())

    after = render(message).masked()
    assert (after.subject, after.text, after.html) == (before.subject, before.text, before.html)
    assert (before.template, after.template) == (None, template)


# Which text goes out


def test_the_nearest_text_wins_and_the_built_in_one_is_last():
    cohort = SeriesFactory()
    community = SeriesFactory(parent=cohort)
    message = moved(series=community, title_en="It")
    subjects = [render(message).subject]
    for place in (None, cohort, community):
        saved(place, subject_en=f"{place or 'everywhere'}: {{title}}")
        subjects.append(render(message).subject)
    saved(SeriesFactory(), subject_en="Another call")

    assert subjects[0].startswith("Changed – It")
    assert subjects[1:] == ["everywhere: It", f"{cohort}: It", f"{community}: It"]
    assert render(message).subject == f"{community}: It"


def test_the_newest_version_that_is_on_holds_and_giving_up_leads_back():
    message = moved(title_en="It")
    saved(subject_en="One")
    two = saved(subject_en="Two")
    assert render(message).subject == "Two"
    assert [one.version for one in MailTemplate.objects.order_by("version")] == [1, 2]

    assert rewording.give_up(two) == 2

    assert render(message).subject.startswith("Changed – It")
    assert MailTemplate.objects.count() == 2


def test_an_old_version_is_brought_back_as_a_new_one():
    message, staff = moved(), StaffFactory()
    one = saved(subject_en="One")
    saved(subject_en="Two")

    three = rewording.bring_back(one, by=staff)

    assert (three.version, three.saved_by, render(message).subject) == (3, staff, "One")


def test_a_value_stays_text_and_links_stay_whole_in_words_of_staff():
    saved(body_en=f"[Join]({{add_url}})\n\nAbout {{title}}.\n\n{NEEDED}")
    title = "[x](http://evil.example) **b** {when}"

    mail = render(moved(title_en=title))

    assert mail.subject == f"Moved: {title}"
    assert f"About {title}." in " ".join(mail.text.split())
    assert 'href="http://evil' not in mail.html
    assert '<p class="action"><a href="http' in mail.html


def test_what_cannot_be_rendered_falls_back_says_so_and_poisons_nothing(desk, mailoutbox, caplog):
    template = MailTemplateFactory(kind=KIND, subject_en="{gone}")
    message = moved(title_en="It")

    with caplog.at_level(logging.ERROR, "notifications.render"):
        sender.deliver_due()

    message.refresh_from_db()
    page = desk.get(reverse("admin:notifications_message_change", args=[message.pk])).text
    its_own = desk.get(reverse("admin:notifications_mailtemplate_change", args=[template.pk])).text
    assert (message.state, message.template, message.fell_back) == ("sent", template, True)
    assert mailoutbox[0].subject.startswith("Changed – It")
    assert "cannot be rendered, the built-in one goes" in caplog.text
    assert "It cannot be rendered: the built-in text goes instead." in page
    went = r"the built-in text went instead.*?<div[^>]*>1</div>"
    assert re.search(went, its_own, re.DOTALL | re.IGNORECASE)


def test_the_page_of_a_mail_says_whose_words_it_has(desk):
    built_in, reworded = moved(key="a"), moved(key="b")
    sender.deliver_due()
    Message.objects.filter(pk=reworded.pk).update(template=saved())

    pages = [
        desk.get(reverse("admin:notifications_message_change", args=[one.pk])).text
        for one in (built_in, reworded)
    ]

    assert "the built-in text" in pages[0]
    assert "Change of an event, everywhere, version 1" in pages[1]


def test_a_text_saved_after_the_release_does_not_change_what_was_released(staff, mailoutbox):
    saved(subject_en="As released")
    outbox.draft(KIND, PersonFactory(), key="d", by=staff, event=EventFactory())
    outbox.release(Message.objects.all(), by=staff)
    saved(subject_en="Later")

    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    assert [mail.subject for mail in mailoutbox] == ["As released"]


@pytest.mark.parametrize("number", [1, 3])
def test_many_mails_look_for_their_words_once(number, django_assert_num_queries):
    series = SeriesFactory(parent=SeriesFactory())
    saved(series.parent)
    messages = [moved(key=f"m{n}", series=series) for n in range(number)]
    about = [(message.kind, message.event.series_id) for message in messages]
    wordings = Wordings()

    with django_assert_num_queries(2):
        found = [wordings.nearest(*one) for one in about]

    assert len(set(found)) == 1


# What is refused


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject_en": "Hello {nobody}"}, "This email knows no {nobody}."),
        ({"subject_en": "{join}"}, "{join} cannot stand in a subject."),
        ({"subject_en": "x" * 201}, "A subject has at most 200 characters."),
        ({"subject_en": ""}, "Fill in"),
        ({"subject_fr": ""}, "Fill in"),
        ({"body_fr": " "}, "Fill in"),
        ({"body_en": "{title\n\n" + NEEDED}, "“{” is no placeholder"),
        ({"body_en": "{{ title }}\n\n" + NEEDED}, "is no placeholder"),
        ({"body_en": "{% load x %}\n\n" + NEEDED}, "is no placeholder"),
        ({"body_en": f"{{Title}}\n\n{NEEDED}"}, "“{Title}” is no placeholder"),
        ({"body_en": "{when_and_where}\n\n{join}"}, "{answer} is missing"),
        ({"body_en": f"See {{join}} here\n\n{NEEDED}"}, "{join} stands on a line of its own."),
        ({"body_en": f"[x]({{title}})\n\n{NEEDED}"}, "A link leads to"),
        ({"body_en": f"[x](/admin/)\n\n{NEEDED}"}, "A link leads to"),
        ({"body_en": f"![x](https://x.example/a.png)\n\n{NEEDED}"}, "holds no pictures"),
        ({"body_en": f"```\nx\n```\n\n{NEEDED}"}, "does not show everywhere"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(desk, changes, said):
    page = desk.post(write_address(), typed(**changes))

    errors = [fault for faults in page.context["form"].errors.values() for fault in faults]
    assert page.status_code == 200
    assert any(said in fault for fault in errors) or (said == "Fill in" and errors), errors
    assert page.context["form"]["body_en"].value() == typed(**changes)["body_en"]
    assert MailTemplate.objects.count() == 0


def test_a_subject_with_a_line_break_is_refused():
    faults = rewording.faults_of_subject(mails.kind(KIND), "Hello\r\nBcc: all@x.example")

    assert faults == ["A subject is one line."]


@pytest.mark.parametrize("address", ["sign-in-code", "mail-test", "nothing"])
def test_what_has_no_placeholders_is_not_reworded(desk, address):
    address = reverse("admin:notifications_mailtemplate_write", args=[address])

    assert desk.get(address).status_code == 404


@pytest.mark.parametrize("series", ["x", "-1", "9" * 30, "999999", "²"])
def test_a_place_that_is_none_is_not_found(desk, series):
    assert desk.get(write_address(), {"series": series}).status_code == 404


# The page


def test_staff_write_see_and_save_a_text(desk, staff):
    message = moved(PersonFactory(name="Amal Haddad"), title_en="Kick-off", title_fr="Lancement")

    page = desk.get(write_address())
    shown = desk.post(write_address(), typed(act="preview", sample=message.pk))
    answer = desk.post(write_address(), typed())

    template = MailTemplate.objects.get()
    assert "{when_and_where}" in page.text
    assert page.context["form"].initial["subject_en"] == "{news} – {title}"
    assert [(language, mail.subject) for language, mail in shown.context["shown"]] == [
        ("en", "Moved: Kick-off"),
        ("fr", "Reporté : Lancement"),
    ]
    assert "<strong>Kick-off</strong> moves to" in shown.text
    assert "<strong>Lancement</strong> passe au" in shown.text
    assert answer.status_code == 302
    assert (template.version, template.saved_by, template.series) == (1, staff, None)


def test_a_preview_and_a_test_hold_no_link_that_acts_for_somebody(desk, staff, mailoutbox):
    message = moved()
    body = f"[Other ways]({{add_url}})\n\n{NEEDED}"

    data = typed(body_en=body, body_fr=body, sample=message.pk)
    shown = desk.post(write_address(), {**data, "act": "preview"})
    desk.post(write_address(), {**data, "act": "test"})
    sender.deliver_due()

    to_me = [mail for mail in mailoutbox if mail.to == [staff.email]]
    assert "/go/…/" in shown.text
    assert len(to_me) == 2
    for mail in to_me:
        assert "/go/…" in mail.body
        assert set(re.findall(r"/go/([^/\s\"]+)", mail.body + mail.alternatives[0].content)) <= {
            "…",
            "%E2%80%A6",
        }
    assert MailTemplate.objects.count() == 0


@pytest.mark.parametrize("hers", ["en", "fr"])
def test_a_test_says_in_which_language_it_is_whatever_hers_is(desk, staff, mailoutbox, hers):
    staff.language = hers
    staff.save()

    desk.post(write_address(), {**typed(sample=moved().pk), "act": "test"})
    sender.deliver_due()

    tests = [mail for mail in mailoutbox if mail.to == [staff.email]]
    html = [re.search(r'<html lang="(..)"', mail.alternatives[0].content)[1] for mail in tests]
    assert [mail.subject for mail in tests] == [
        "Test: Moved: Meeting",
        "Essai\xa0:\xa0Reporté : Rencontre",
    ]
    assert [mail.extra_headers["Content-Language"] for mail in tests] == ["en", "fr"]
    assert html == ["en", "fr"]
    for message in Message.objects.filter(kind=rewording.TRIED):
        page = desk.get(reverse("admin:notifications_message_change", args=[message.pk]))
        assert f'<div lang="{message.context["language"]}"><p><strong>' in page.text


def test_a_test_stays_in_its_language_where_she_changes_hers_before_it_goes(
    desk, staff, mailoutbox
):
    desk.post(write_address(), {**typed(sample=moved().pk), "act": "test"})
    staff.language = "fr"
    staff.save()

    sender.deliver_due()

    tests = [mail for mail in mailoutbox if mail.to == [staff.email]]
    assert [mail.extra_headers["Content-Language"] for mail in tests] == ["en", "fr"]


def test_without_any_email_of_the_kind_it_is_tried_on_examples(desk):
    shown = desk.post(write_address(), typed(act="preview"))

    subjects = [mail.subject for _language, mail in shown.context["shown"]]
    assert subjects == ["Moved: First steps: meeting 3", "Reporté : Premiers pas\xa0: rencontre 3"]
    assert shown.text.count('<p class="action"><a href="https://example.org/page">') == 4


def test_a_sample_that_is_no_longer_true_is_said(desk):
    message = moved()
    message.event.cancelled_at = message.event.starts_at
    message.event.save()

    page = desk.post(write_address(), typed(act="preview", sample=message.pk))

    assert page.status_code == 409
    assert "no longer true" in page.text


def test_the_list_of_words_says_what_goes_out_where(desk):
    saved(SeriesFactory(name_en="Winter"))

    page = desk.get(reverse("admin:notifications_mailtemplate_words")).text

    assert page.count("The built-in text goes out.") == len(REWORDED) - 1
    assert "Winter: version 1" in page


@pytest.mark.parametrize("name", sorted(REWORDED))
def test_the_built_in_text_as_a_browser_sends_it_can_be_saved(desk, name):
    address = reverse("admin:notifications_mailtemplate_write", args=[name])
    form = desk.get(address).context["form"]
    facts = {field.html_name: field.value() for field in form if field.value() is not None}
    sent = {key: str(value).replace("\n", "\r\n") for key, value in facts.items()}

    answer = desk.post(address, {**sent, "act": "save"})

    assert answer.status_code == 302, answer.context["form"].errors
    assert "\r" not in MailTemplate.objects.get().body_en


def test_a_person_who_is_not_staff_writes_no_words(client, sign_in):
    template = saved()
    sign_in(client, PersonFactory())

    answers = [
        client.post(write_address(), typed()),
        client.post(
            reverse("admin:notifications_mailtemplate_verb", args=[template.pk, "give_up"])
        ),
        client.get(reverse("admin:notifications_mailtemplate_words")),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert MailTemplate.objects.get().is_on


def test_a_text_saved_meanwhile_is_not_overwritten_and_hers_is_kept(desk):
    saved(subject_en="Theirs")

    page = desk.post(write_address(), typed(subject_en="Hers"))

    assert page.status_code == 409
    assert "Somebody else has just saved a version" in page.text
    assert page.context["form"]["subject_en"].value() == "Hers"
    assert MailTemplate.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_make_one_version():
    staff, about = StaffFactory(), mails.kind(KIND)

    results = at_once(*[lambda: rewording.save(about, None, words(), read=0, by=staff)] * 2)

    assert sorted(type(one) for one in results if isinstance(one, InvalidTransition)) == [
        InvalidTransition
    ]
    assert [one.version for one in MailTemplate.objects.all()] == [1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_second_would_follow_unseen():
    """The guard is the version she read: one looked up while saving is always the newest."""
    staff, about = StaffFactory(), mails.kind(KIND)

    def save():
        read = rewording.newest_version(about, None)
        return rewording.save(about, None, words(), read=read, by=staff).version

    assert [at_once(save), at_once(save)] == [[1], [2]]


def test_a_test_mail_is_for_staff_alone():
    message = MessageFactory(
        kind=rewording.TRIED, recipient=PersonFactory(), context={}, event=None
    )

    with pytest.raises(NoLongerTrue):
        render(message)


# Which of the versions goes out


def standing(page):
    """Number and standing of each version below the form, the newest first."""
    part = page.text.partition('id="versions"')[2].partition("</ol>")[0]
    lines = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    said = [strip_tags(line).split() for line in lines]
    return [(int(words[1]), words[2]) for words in said]


def test_of_all_versions_one_is_on_and_the_others_are_earlier(desk):
    for title in ("One", "Two", "Three"):
        saved(subject_en=title)
    assert standing(desk.get(write_address())) == [(3, "On"), (2, "Earlier"), (1, "Earlier")]

    MailTemplate.objects.filter(version=3).update(is_on=False)

    assert standing(desk.get(write_address())) == [(3, "Earlier"), (2, "On"), (1, "Earlier")]


def test_the_list_of_versions_tells_by_place_what_goes_out(desk):
    community = SeriesFactory()
    for series in (None, None, community):
        saved(series=series)
    address = reverse("admin:notifications_mailtemplate_changelist")

    rows = {
        asked: {
            (row.series, row.version, row.goes_out, row.holds)
            for row in desk.get(address, {"on": asked}).context["cl"].result_list
        }
        for asked in ("yes", "no", "nonsense")
    }

    assert rows["yes"] == {(None, 2, True, True), (community, 1, True, True)}
    assert rows["no"] == {(None, 1, False, False)}
    assert rows["nonsense"] == rows["yes"] | rows["no"]


def test_what_does_not_fit_is_marked_as_everywhere(desk):
    page = desk.post(write_address(), typed(body_en="Hello {nobody}"))

    assert '<div class="invalid-feedback" id="id_body_en_error">' in page.text
    assert re.search(r'<textarea[^>]*class="[^"]*is-invalid', page.text)
    assert 'aria-describedby="id_body_en_error"' in page.text


def test_the_pages_of_words_are_marked_in_the_sidebar(desk):
    for address in (write_address(), reverse("admin:notifications_mailtemplate_words")):
        nav = desk.get(address).text.partition('id="desk-nav"')[2].partition("</nav>")[0]

        assert re.findall(r'aria-current="\w+">([^<]*)<', nav) == ["Texts of email"]
