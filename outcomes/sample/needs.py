"""What people of the sample asked for, and what staff answered: late, open, taken and done."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from accounts import clock
from accounts.models import User
from applications.models import Application
from cops.models import AccessChange, AccessRequest, Registration
from notifications.models import Kind, Role
from outcomes.sample import rows
from outcomes.sample.texts import read

Source, Status, Wish = AccessRequest.Source, AccessRequest.Status, AccessRequest.Kind


def load(staff: User) -> None:
    """Make a request of every need that was typed in the sample, and of two by the public form."""
    desk = _Desk(staff)
    typed = Registration.objects.exclude(access_needs="").filter(webinar__cohort__is_sample=True)
    for each in typed.select_related("person", "webinar__event", "webinar__cohort__series"):
        desk.ask(
            each.person, each.access_needs, Source.WEBINAR, each.registered_at,
            about=each.webinar.slug, cohort=each.webinar.cohort,
            before=each.webinar.event.starts_at, is_gone=each.cancelled_at is not None,
        )  # fmt: skip
    sent = Application.objects.sent().confirmed().exclude(access_needs="")
    for each in sent.filter(cohort__is_sample=True).select_related("person", "cohort__series"):
        desk.ask(
            each.person, each.access_needs, Source.APPLICATION, each.submitted_at,
            about=each.cohort.slug, cohort=each.cohort, is_gone=not each.is_open,
        )  # fmt: skip
    for form in read("needs")["form"]:
        person = User.objects.person(form["email"], name=form["name"], language=form["language"])
        desk.ask(
            person, form["words"], Source.FORM,
            timezone.now() - timedelta(days=form["days_ago"]),
            kind=form["kind"], about=form["about"], name=form["name"],
        )  # fmt: skip
    desk.pile.write()


class _Desk:
    def __init__(self, staff):
        self.staff, self.rng, self.pile = staff, Random(7), rows.Pile()
        self.everybody = list(User.objects.filter(is_staff=True, is_active=True))
        self.answers = read("needs")["answers"]

    def ask(
        self, person, words, source, asked_at: datetime, *, before=None, is_gone=False, **facts
    ):
        """Pile up one request: answered when its day is past, but for those of the form."""
        kind = facts.pop("kind", Wish.NEED)
        due = asked_at + timedelta(days=AccessRequest.DAYS[kind])
        if before:
            due = max(asked_at, min(due, before - AccessRequest.AHEAD))
        request = AccessRequest(
            person=person, words=words, source=source, kind=kind, language=person.language,
            asked_at=asked_at, **facts,
        )  # fmt: skip
        cohort = facts.get("cohort")
        request.deadline = rows.deadline(
            Kind.ACCESS_DUE,
            due.astimezone(clock.ONTARIO).date(),
            told=asked_at,
            series=cohort.series if cohort else None,
        )
        self.pile.add([request.deadline])
        is_past = due < timezone.now()
        if is_past and source != Source.FORM:
            self._close(request, Status.ANSWERED, due - timedelta(hours=30), self.staff)
        elif is_gone:
            self._close(request, Status.WITHDRAWN, min(due, timezone.now()), person)
        else:
            self._leave_open(request, is_taken=self.rng.random() < 0.5 and not is_past)
        self.pile.add([request])

    def _close(self, request, status, when, by):
        when = max(when, request.asked_at)
        request.status = status
        if status == Status.ANSWERED:
            request.owner = request.answered_by = self.staff
            request.answered_at = when
            request.answer = self.rng.choice(self.answers[request.language])
        self.pile.add(rows.changes(AccessChange, request, (Status.OPEN,), (status, by, when)))
        self._owe([self.staff], request, until=when)

    def _leave_open(self, request, *, is_taken):
        request.owner = self.staff if is_taken else None
        self._owe([self.staff] if is_taken else self.everybody, request)

    def _owe(self, people, request, **facts):
        self.pile.add(
            rows.part(request.deadline, person, Role.STAFF, since=request.asked_at, **facts)
            for person in people
        )
