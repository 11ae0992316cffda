"""A reader's pages: what waits for me, one application beside my values, stepping back."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from applications.blind import projection
from applications.forms.criteria import values_given
from applications.forms.review import RecuseForm, ReviewForm
from applications.models import Review, Status
from applications.services import review as service


@never_cache
def reviews(request):
    """The queue: what is to be read, the next due first, then what is done."""
    own = Review.objects.of_person(request.user).annotate(answered=Count("scores"))
    to_do = list(own.to_do())
    done = list(own.done().order_by("-done_at"))
    return render(
        request,
        "applications/reviews.html",
        {
            "to_do": to_do,
            "done": done,
            "total": len(to_do) + len(done),
            "next": to_do[0] if to_do else None,
        },
    )


@never_cache
def review(request, uuid):
    """One application, blind, and my values beside it."""
    record = get_object_or_404(Review.objects.of_person(request.user), uuid=uuid)
    application = record.application
    criteria = list(application.cohort.criteria.prefetch_related("anchors"))
    is_open = record.status == Review.Status.ASSIGNED and application.status == Status.IN_REVIEW
    typed = request.POST if request.method == "POST" else None
    form = ReviewForm(typed, review=record, criteria=criteria)
    if request.method == "POST":
        if not is_open:
            return _closed(request, record, _why_closed(record))
        is_right = form.is_valid()
        facts = {"scores": form.scores, "remark": form.cleaned_data.get("remark", record.remark)}
        wants_finish = "finish" in request.POST
        if wants_finish and not any(form.scores.values()):
            form.add_error(None, _("Give at least one value before you finish."))
            is_right = False
        try:
            if wants_finish and is_right:
                return _finish(request, record, facts)
            service.keep(record, **facts)
        except InvalidTransition as error:
            return _closed(request, record, str(error))
        if is_right:
            messages.success(request, _("Saved. Finish when you are ready."))
            return redirect(record)
    return render(
        request,
        "applications/review.html",
        {
            "review": record,
            "cohort": application.cohort,
            "blind": projection(application, is_blind=application.cohort.blind_review),
            "form": form,
            "is_open": is_open,
            "values": values_given(criteria, record.scores.all()) if not is_open else [],
            "others": _others(record) if record.status == Review.Status.DONE else None,
            "next": Review.objects.of_person(request.user).to_do().exclude(pk=record.pk).first(),
        },
    )


def _closed(request, record, why):
    return refuse(request, why, record, mailbox=record.application.cohort.mailbox)


def _why_closed(record) -> str:
    if record.application.status != Status.IN_REVIEW:
        return _("This application is not being read any more, so its reviews are closed.")
    return _("This review is closed. Ask staff to reopen it.")


def _finish(request, record, facts):
    service.finish(record, **facts)
    facts = {"reference": record.application.reference}
    following = Review.objects.of_person(request.user).to_do().first()
    if following is None:
        done = _("Your review of %(reference)s is in. None is left to read. Thank you.")
        messages.success(request, done % facts)
        return redirect("applications:reviews")
    facts["next"] = following.application.reference
    done = _("Your review of %(reference)s is in. This is the next one: %(next)s.")
    messages.success(request, done % facts)
    return redirect(following)


def _others(record):
    """The result of the other readers, shown to those whose own review is in."""
    others = record.application.reviews.done().exclude(pk=record.pk)
    return service.result(others.prefetch_related("scores__criterion"))


@never_cache
def recuse(request, uuid):
    """Step back from an application; afterwards it does not exist for her."""
    record = get_object_or_404(Review.objects.of_person(request.user).to_do(), uuid=uuid)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service.recuse(record, reason=form.cleaned_data["reason"])
        except InvalidTransition as error:
            return refuse(request, str(error), "applications:reviews")
        messages.success(request, _("You have stepped back. Staff find somebody else."))
        return redirect("applications:reviews")
    return render(request, "applications/review_recuse.html", {"review": record, "form": form})


urls = [
    path("review/", reviews, name="reviews"),
    path("review/<uuid:uuid>/", review, name="review"),
    path("review/<uuid:uuid>/recuse/", recuse, name="review-recuse"),
]
