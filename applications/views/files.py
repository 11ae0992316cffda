"""A file that was handed in: for its person, and for whoever may read the answer."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import links
from accounts.views import sign_in_first
from applications import desk
from applications.models import Answer, Interview, Review
from applications.views.door import OWN, STARTED


@never_cache
@require_safe
@login_not_required
def application_file(request, uuid, key):
    """Hand it out to be kept, never to be shown as a page of ours."""
    people = [links.acting_person(request, OWN, uuid), links.holder(request, STARTED, uuid)]
    if not any(people):
        return sign_in_first(request)
    answers = Answer.objects.filter(application__uuid=uuid).exclude(file="").with_questions()
    answer = get_object_or_404(answers, question__key=key)
    if not (_is_hers(answer.application, *people) or _may_read(answer, request.user)):
        raise Http404
    response = FileResponse(answer.file.open(), as_attachment=True, filename=answer.value)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _is_hers(application, person, starter) -> bool:
    started_it = application.awaits_confirmation and starter == application.person
    return person == application.person or started_it


def _may_read(answer, person) -> bool:
    """Whether ``person`` works with the answer: reads it, talks with its writer, or is staff."""
    if not person.is_authenticated:
        return False
    application = answer.application
    if person.is_staff:
        return application.pk not in desk.concealed_from(person)
    meant = Answer.objects.filter(pk=answer.pk)
    if Interview.objects.of_interviewer(person).filter(application=application).exists():
        return meant.for_reviewers(is_blind=False).exists()
    if Review.objects.of_person(person).filter(application=application).exists():
        return meant.for_reviewers(is_blind=application.cohort.blind_review).exists()
    return False


urls = [
    path("applications/<uuid:uuid>/files/<slug:key>/", application_file, name="application-file")
]
