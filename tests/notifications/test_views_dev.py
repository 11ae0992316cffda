import pytest
from django.urls import reverse

from notifications import outbox, sender
from tests.factories import EventFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAIL_FOLDER
    return settings.MAIL_FOLDER


def send(number):
    event = EventFactory(title_en="Kick-off -" + "-" * 90)
    for place in range(number):
        outbox.write("event-moved", PersonFactory(), key=f"moved:{place}", event=event)
    sender.deliver_due()


def test_an_empty_folder_says_so(client, folder):
    answer = client.get(reverse("dev-mail"))

    assert "No email yet" in answer.content.decode()


def test_several_mails_of_one_connection_are_listed_each(client, folder):
    send(3)

    answer = client.get(reverse("dev-mail"))

    assert len(list(folder.iterdir())) == 1
    assert len(answer.context["page_obj"].object_list) == 3


def test_a_mail_shows_its_parts_and_only_it_may_style_itself(client, folder):
    send(1)
    letter = client.get(reverse("dev-mail")).context["page_obj"][0]

    page = client.get(reverse("dev-mail-letter", args=[letter.name, 0]))
    html = client.get(reverse("dev-mail-html", args=[letter.name, 0]))
    number = letter.attachments[-1][0]
    attachment = client.get(reverse("dev-mail-part", args=[letter.name, 0, number]))

    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "sandbox" in html["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in html["Content-Security-Policy"]
    assert '<base target="_top">' in html.content.decode()
    assert attachment.content.startswith(b"BEGIN:VCALENDAR")
    assert attachment["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "address", ["/dev/mail/x.log/0/", "/dev/mail/..%2Fx/0/", "/dev/mail/x.log/0/7/"]
)
def test_what_is_not_there_is_not_found(client, folder, address):
    assert client.get(address).status_code == 404
