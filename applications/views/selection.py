"""An offer, as the person who got it sees it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import sign_in_first
from applications.forms.selection import ReasonForm
from applications.models import Offer
from applications.services import selection as services
from applications.views.guests import guest
from applications.words import offer_standing

VERB = "applications:offer"


@never_cache
@login_not_required
def offer(request, uuid):
    person = guest(request, VERB, uuid, offers__uuid=uuid)
    if person is None:
        return sign_in_first(request)
    offer = get_object_or_404(Offer.objects.of_person(person).with_people(), uuid=uuid)
    return _page(request, offer, ReasonForm())


def _page(request, offer, form, status=200):
    community = offer.community
    return render(
        request,
        "applications/offer.html",
        {
            "offer": offer,
            "standing": offer_standing(offer),
            "community": community,
            "cohort": community.cohort,
            "question": community.focus_area.versions.latest_of(community.cohort).first(),
            "facilitators": community.facilitators.select_related("person", "organization"),
            "form": form,
        },
        status=status,
    )


@never_cache
@require_POST
@login_not_required
def offer_answer(request, uuid):
    person = guest(request, VERB, uuid, offers__uuid=uuid)
    if person is None:
        return sign_in_first(request)
    offer = get_object_or_404(Offer.objects.of_person(person).with_people(), uuid=uuid)
    form = ReasonForm(request.POST)
    said = request.POST.get("answer")
    if not form.is_valid() or said not in {"accept", "turn-down"}:
        return _page(request, offer, form, status=422)
    try:
        if said == "accept":
            services.accept_offer(offer, by=person)
            messages.success(request, _("Welcome! The place is yours."))
        else:
            services.turn_down_offer(offer, by=person, reason=form.cleaned_data["reason"])
            messages.success(request, _("You turned the offer down. Thank you for telling us."))
    except InvalidTransition as error:
        return refuse(request, str(error), offer, mailbox=offer.community.cohort.mailbox)
    return redirect(offer)


urls = [
    path("offers/<uuid:uuid>/", offer, name="offer"),
    path("offers/<uuid:uuid>/answer/", offer_answer, name="offer-answer"),
]
