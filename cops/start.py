"""What has to be there before the first call: five things, each read off the data."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock, office
from accounts.counts import lengths
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops.models import Cohort
from notifications import outbox
from notifications.models import Message

STAFF_NEEDED = 2
TEST_MAIL = "mail-test"


@dataclass(frozen=True)
class Task:
    """One thing to set up. ``verb`` names what is done at ``url``, a page of its own."""

    key: str
    name: str
    is_done: bool
    sentence: str
    url: str
    verb: str


def tasks() -> list[Task]:
    """Return the five tasks in their order; asks the database once, besides for the office."""
    we, staff, cohorts = office.current(), *_staff_and_cohorts()
    organization, address, mail, company, call = _done(we, staff, cohorts)
    form = reverse("start-office")
    return [
        Task("organization", _("Your organization"), organization,
             _("Its name, as email is signed with it, and who convenes the calls."),
             form, _("Say who you are")),
        Task("address", _("How people reach you"), address,
             _("A postal address, a mailbox that a person reads and a phone number. "
               "News goes out only once the postal address is here."),
             f"{form}#div_id_postal_address", _("Write them down")),
        Task("mail", _("Email arrives"), mail,
             _("A test email came through on %(day)s.")
             % {"day": clock.spoken_day(timezone.localdate(we.mail_arrived_at))}
             if we.mail_arrived_at
             else _("Send yourself a test email and open the link in it."),
             reverse("start-test-mail"), _("Send a test email")),
        Task("staff", _("Two of you"), company,
             ngettext(
                 "%(count)s person works here as staff. With two, nobody is missed while away.",
                 "%(count)s people work here as staff.", staff,
             ) % {"count": staff},
             reverse("start-invite"), _("Invite a colleague")),
        Task("cohort", _("Your first call"), call,
             _("Its dates, words, questions and criteria. Nobody sees it before you open it."),
             reverse("admin:cops_cohort_add"), _("Write the first call")),
    ]  # fmt: skip


def left() -> int:
    """Return how many of the five are to be done, without their words: pages of the desk ask."""
    return _done(office.current(), *_staff_and_cohorts()).count(False)


def _staff_and_cohorts() -> list[int]:
    return lengths([User.objects.filter(is_staff=True, is_active=True), Cohort.objects.all()])


def _done(we, staff, cohorts) -> tuple[bool, ...]:
    """Return of each task, in their order, whether it is done."""
    return (
        we.convenor is not None,
        bool(we.postal_address and we.mailbox and we.phone),
        we.mail_arrived_at is not None,
        staff >= STAFF_NEEDED,
        cohorts > 0,
    )


def send_test_mail(to: User) -> Message:
    """Mail ``to`` a link that shows that mail arrives; twice in a minute it is one mail."""
    minute = f"{timezone.now():%Y%m%d%H%M}"
    return outbox.write(TEST_MAIL, to, key=f"{TEST_MAIL}:{to.pk}:{minute}", by=to)


def last_test_mail() -> Message | None:
    return Message.objects.filter(kind=TEST_MAIL).order_by("-created_at", "-pk").first()


def note_arrival() -> None:
    """Record that a test mail was opened by the person it went to."""
    office.write(mail_arrived_at=timezone.now())


@transaction.atomic
def invite(email: str, *, name: str, by: User) -> User:
    """Make the holder of ``email`` staff and mail her the way in. Only a superuser does this.

    Raises InvalidTransition when she is staff already or may not sign in.
    """
    person = User.objects.person(email, name=name, language=by.language)
    still = User.objects.filter(pk=person.pk, is_staff=False, is_active=True)
    if not still.update(is_staff=True):
        raise InvalidTransition(_("This person is staff already, or may not sign in."))
    person.refresh_from_db(fields=["is_staff"])
    outbox.write(
        "staff-invited",
        person,
        key=f"staff-invited:{person.pk}:{uuid4()}",
        context={"by": by.pk},
        by=by,
    )
    return person
