"""The door of an applicant's own pages.

A draft belongs to the browser that started it until its person opens the link
sent to the address and confirms; from then on it is hers alone, by link or sign-in.
"""

from enum import Enum
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from accounts import links
from accounts.typed import refuse, typed
from accounts.views import SAFE_METHODS, sign_in_first
from applications.models import Application

# What a link in a mail lets its person do, and what starting a draft lets a browser do.
OWN = "applications:application"
STARTED = "applications:apply-start"
links.named(OWN, pgettext_lazy("page", "My application"), OWN)
links.named(STARTED, pgettext_lazy("page", "My application"), OWN)


class Asks(Enum):
    """Whether she is asked, before a page, that an application not confirmed yet is hers."""

    ALWAYS = 1
    ELSEWHERE = 2  # not in the browser that began it
    NEVER = 3


def own(view, *, reads=(), staff_write=False, left_to=lambda person: False, asks=Asks.ELSEWHERE):
    """Hand ``view`` the applicant's own application; a stranger gets 404, a guest the door.

    ``reads`` are the records beside it that the view reads, as select_related takes them.
    With ``staff_write`` staff may do it too, to one that they write down for somebody.
    ``left_to(person)`` tells whether she may still do it who helps to choose in the call.
    """

    @wraps(view)
    def guarded(request, uuid, **kwargs):
        application = _found(request, uuid, reads)
        # Whose draft this browser started; being signed in is not enough.
        is_starter = application is not None and links.is_held_by(
            request, application.person, STARTED, uuid
        )
        if application is None or not _lets_in(request, application, is_starter, staff_write):
            if links.acting_person(request, OWN, uuid):
                raise Http404
            if is_starter and request.method in SAFE_METHODS:
                messages.info(request, _confirmed_elsewhere())
            return sign_in_first(request)
        person = application.person
        request.may_go_on = not (
            request.is_proved and (application.is_conflicted or person.is_staff)
        )
        if not (request.may_go_on or left_to(person)):
            return conflict(request)
        is_unclaimed = application.awaits_confirmation and application.is_open
        asks_first = asks == Asks.ALWAYS or (asks == Asks.ELSEWHERE and not is_starter)
        # What she sends was typed already: it is kept first, and her next page asks.
        asks_first = asks_first and request.method in SAFE_METHODS
        if request.is_proved and is_unclaimed and asks_first:
            return redirect("applications:application-confirm", uuid)
        return view(request, application, **kwargs)

    return never_cache(login_not_required(guarded))


def _found(request, uuid, reads) -> Application | None:
    """Return the application, with what tells whether its person may go on, if it may be she."""
    user = request.user
    found = Application.objects.select_related("cohort", *reads).filter(uuid=uuid).order_by()
    if not user.is_authenticated:
        found = found.select_related("person")
    if user.is_authenticated or links.is_held(request, OWN, uuid):
        found = found.with_conflicts()
    application = next(iter(found), None)
    if application and application.person_id == user.pk:
        application.person = user
    return application


def _lets_in(request, application, is_starter, staff_write) -> bool:
    """Note as whom somebody comes: proved to be its person, or entering it for her; tell if any."""
    person = application.person
    # Whether the mailbox is known to be hers, by its link or by sign-in.
    request.is_proved = request.user == person or links.is_held_by(
        request, person, OWN, application.uuid
    )
    may_start = is_starter and application.awaits_confirmation
    request.enters = (
        staff_write
        and not (request.is_proved or may_start)
        and request.user.is_staff
        and application.is_being_entered
        and not application.cohort.roles.filter(person=request.user).exists()
    )
    return request.is_proved or may_start or request.enters


def _confirmed_elsewhere() -> str:
    return _(
        "This application is confirmed by now, so it opens by the link in our email, or after you "
        "sign in here with your address."
    )


def conflict(request):
    """Say that who helps to choose in a call does not apply there; hand back what she typed."""
    return render(request, "applications/apply_conflict.html", typed(request), status=403)


def too_late(request, application, why):
    return refuse(request, why, application, mailbox=application.cohort.mailbox)
