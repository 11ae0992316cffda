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
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import links
from accounts.typed import refuse, typed
from accounts.views import SAFE_METHODS, sign_in_first
from applications.models import Application

# What a link in a mail lets its person do, and what starting a draft lets a browser do.
OWN = "applications:application"
STARTED = "applications:apply-start"
links.named(OWN, gettext_lazy("My application"), OWN)
links.named(STARTED, gettext_lazy("My application"), OWN)


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
        person = links.acting_person(request, OWN, uuid)
        # Whose draft this browser started; being signed in is not enough.
        starter = links.holder(request, STARTED, uuid)
        this = Application.objects.select_related("cohort", *reads).filter(uuid=uuid)
        application = _of(person, this.with_conflicts()) if person else None
        # Whether the mailbox is known to be hers, by its link or by sign-in.
        request.is_proved = application is not None
        if application is None and starter:
            application = _of(starter, this.filter(awaits_confirmation=True))
        if application is None and staff_write and request.user.is_staff:
            application = this.being_entered().exclude(cohort__roles__person=request.user).first()
        request.enters = application is not None and not (request.is_proved or starter)
        if application is None:
            if person:
                raise Http404
            if starter and request.method in SAFE_METHODS and this.filter(person=starter).exists():
                messages.info(request, _confirmed_elsewhere())
            return sign_in_first(request)
        request.may_go_on = not (
            request.is_proved and (application.is_conflicted or person.is_staff)
        )
        if not (request.may_go_on or left_to(application.person)):
            return conflict(request)
        is_unclaimed = application.awaits_confirmation and application.is_open
        asks_first = asks == Asks.ALWAYS or (asks == Asks.ELSEWHERE and not starter)
        # What she sends was typed already: it is kept first, and her next page asks.
        asks_first = asks_first and request.method in SAFE_METHODS
        if request.is_proved and is_unclaimed and asks_first:
            return redirect("applications:application-confirm", uuid)
        return view(request, application, **kwargs)

    return never_cache(login_not_required(guarded))


def _of(person, this) -> Application | None:
    """Return the one application that ``this`` is, if it is of ``person``, whom it then knows."""
    application = next(iter(this.filter(person=person).order_by()), None)
    if application:
        application.person = person
    return application


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
