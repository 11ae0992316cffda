"""Asking a supervisor for the hours: the question, the answer, and the mail of each."""

from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Support
from notifications import outbox


class AskedBefore(Exception):
    """The same supervisor was asked already."""


class OneOfHers(Exception):
    """The address is the applicant's own."""


@transaction.atomic
def ask(application: Application, *, name: str, email: str) -> Support:
    """Ask one supervisor by mail. Raises AskedBefore, OneOfHers, and InvalidTransition at the limit
    or when nothing is asked about the application any more.
    """
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    application.refresh_from_db()
    if not application.may_ask_supervisor:
        raise InvalidTransition(_("Your supervisor can no longer be asked."))
    if application.supports.count() >= Support.MOST:
        raise InvalidTransition(_("You have asked three people. If you need more, write to us."))
    person = User.objects.person(email, name=name, language=(get_language() or "en")[:2])
    if person == application.person:
        raise OneOfHers
    try:
        with transaction.atomic():
            support = application.supports.create(person=person, name=name)
    except IntegrityError as error:
        raise AskedBefore from error
    outbox.write(
        "support-asked",
        person,
        key=f"support-asked:{support.pk}",
        context={"support": support.pk, "application": application.pk},
    )
    return support


def release(application: Application) -> None:
    """Tell the supervisors who were asked about ``application`` that nobody needs them any more."""
    for support in application.supports.standing().select_related("person"):
        outbox.write(
            "support-withdrawn",
            support.person,
            key=f"support-withdrawn:{support.pk}",
            context={"support": support.pk, "application": application.pk},
        )


@transaction.atomic
def answer(support: Support, said: str, *, words: str = "", phone: str = "") -> None:
    """Keep what the supervisor says now, and tell the applicant, who hears it before staff do.

    Raises InvalidTransition as ``Support.give`` does.
    """
    key = f"support-answered:{support.pk}:{uuid4()}" if support.answer else _first_key(support)
    support.application = Application.objects.select_for_update(of=("self",)).get(
        pk=support.application_id
    )
    support.give(said, words=words, phone=phone, letter=key)
    ids = {"support": support.pk, "application": support.application_id}
    outbox.write(
        "support-answered",
        support.application.person,
        key=key,
        context=ids | {"instead_of": support.last_former},
    )


def _first_key(support: Support) -> str:
    return f"support-answered:{support.pk}"
