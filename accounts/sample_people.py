"""The demo's door: be one of the sample people in one click."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.models import SignIn, User

SAMPLE_PEOPLE = {
    "staff@sample.example": _("First Work staff: the admin and its board"),
    "reviewer@sample.example": _("reviews applications"),
    "interviewer@sample.example": _("offers interview times and writes down what was said"),
    "facilitator@sample.example": _("facilitates a community, from First Work"),
    "cofacilitator@sample.example": _("facilitates the same community, from Purpose Co."),
    "member@sample.example": _("is a member of that community"),
    "applicant@sample.example": _("has applied, or is about to"),
}


@login_not_required
def sign_in(request):
    """Sign in as a sample person, with the records that a real sign-in leaves in the session."""
    people = {person.email: person for person in User.objects.filter(email__in=SAMPLE_PEOPLE)}
    person = people.get(request.POST.get("email", "").strip().lower())
    if request.method == "POST" and person:
        login(request, person)
        SignIn.objects.create(person=person)
        record_authentication(request, person, "code", email=person.email)
        if person.is_staff:
            record_authentication(request, person, "mfa", type="totp")
        return redirect("board" if person.is_staff else "accounts:me")
    rows = [(people[email], what) for email, what in SAMPLE_PEOPLE.items() if email in people]
    status = 400 if request.method == "POST" else 200
    return render(request, "dev/sign_in.html", {"rows": rows}, status=status)
