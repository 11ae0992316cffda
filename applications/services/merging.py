"""Two records of one person become one: what moves, what cannot, and who is told.

Walks every row that names a person, so it stands above the apps whose rows have rules of their own.
"""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lifecycle import InvalidTransition
from accounts.models import ContactNote, User
from applications.models import Application, Assessment, Panelist, Review, Status
from applications.services import intake
from cops.models import AccessRequest, CohortRole, Membership, Registration
from notifications import calendar, outbox
from notifications.models import Bounce, Consent, Message, Preference, Reminder, Standing

# What stays with the record that ends: its ways in, and what went to its address.
STAYS = {
    "accounts.Export", "accounts.SignIn", "accounts.User", "account.EmailAddress",
    "admin.LogEntry", "mfa.Authenticator", "notifications.Bounce",
}  # fmt: skip
# What has a rule of its own below.
RULED = {
    "notifications.Consent", "notifications.Invitee", "notifications.Message",
    "notifications.Preference", "notifications.Reminder", "notifications.Standing",
    "cops.Registration",
}  # fmt: skip
# Rows whose own name says who somebody is there, not what she has.
CALLED = {
    "applications.Panelist": gettext_lazy("interviews to hold"),
    "cops.CohortRole": gettext_lazy("parts as reviewer or interviewer"),
    "notifications.Invitee": gettext_lazy("invitations and deadlines"),
}
EARLY = (Status.DRAFT, Status.SUBMITTED)


def rows_of(person) -> dict[str, int]:
    """Return how many rows of each kind name ``person`` and would move, by what staff call them."""
    counted = {}
    for relation in _relations():
        model = relation.related_model
        if model is Standing:  # it goes with the invitations
            continue
        found = model._base_manager.filter(**{relation.field.name: person}).count()
        label = str(CALLED.get(model._meta.label, model._meta.verbose_name_plural))
        counted[label] = counted.get(label, 0) + found
    return counted


def why_not(kept: User, lost: User) -> str:
    """Why the two cannot become one; "" where they can."""
    both = (kept, lost)
    if kept == lost:
        return _("This is one record.")
    if any(person.is_staff or person.is_superuser for person in both):
        return _("A record of staff is not merged.")
    if not all(person.is_active for person in both):
        return _("One of them may not sign in any more: it was merged, or staff closed it.")
    if any(_helps_to_choose(person) for person in both):
        return _("One of them reviews or interviews: give those duties to somebody else first.")
    if _rounds(kept) & _rounds(lost):
        return _("Both are, or were, members in the same round: their groups would not add up.")
    if _asked(kept) & _asked(lost):
        return _("Both wait for an answer to the same request: answer one of them first.")
    for mine, theirs in clashes(kept, lost):
        if mine.status not in EARLY and theirs.status not in EARLY:
            return _("Both were read in “%(call)s”: two such applications cannot be one.") % {
                "call": mine.cohort
            }
    return ""


def clashes(kept: User, lost: User) -> list[tuple[Application, Application]]:
    """Return the pairs of applications that stand in the same call, of ``kept`` first."""
    of_lost = {each.cohort_id: each for each in _standing(lost)}
    return [
        (each, of_lost[each.cohort_id]) for each in _standing(kept) if each.cohort_id in of_lost
    ]


@transaction.atomic
def merge(kept: User, lost: User, *, by: User, reason: str, of_lost: frozenset = frozenset()):
    """Let ``kept`` be the one record of both, and tell both addresses.

    Where both have an application in one call, that of ``kept`` stays, that of ``lost`` in the
    calls whose keys are in ``of_lost``, and always the one that is being read. Raises
    InvalidTransition when it cannot be, or somebody merged one of them a moment ago.
    """
    locked = User.objects.select_for_update(of=("self",)).order_by("pk")
    people = {person.pk: person for person in locked.filter(pk__in=(kept.pk, lost.pk))}
    kept, lost = people[kept.pk], people[lost.pk]
    if why := why_not(kept, lost):
        raise InvalidTransition(why)
    withdrawn = []
    for mine, theirs in clashes(kept, lost):
        lost_stays = theirs.status not in EARLY or mine.cohort_id in of_lost
        goes, stays = (mine, theirs) if lost_stays and mine.status in EARLY else (theirs, mine)
        intake.withdraw(goes, by=by, reason=_("Another application of the same person stays."))
        withdrawn.append([goes.pk, stays.pk])
    _agree_less(kept, lost)
    _want_less(kept, lost)
    calendar.hand_over(lost, kept)
    _move_mail(kept, lost)
    _move_registrations(kept, lost)
    try:
        for relation in _relations():
            if relation.related_model._meta.label not in RULED:
                _move(relation, kept, lost)
    except IntegrityError as error:
        raise InvalidTransition(
            _("Both have a record where one person has one: it has to be settled first.")
        ) from error
    _end(kept, lost)
    merged = _("Merged with %(address)s.") % {"address": lost.email}
    ContactNote.objects.create(person=kept, by=by, text=f"{merged} {reason}")
    for address in (kept.email, lost.email):
        outbox.write(
            "records-merged",
            kept,
            key=f"records-merged:{lost.pk}:{address}",
            context={"withdrawn": withdrawn},
            secret=address,
            by=by,
        )


def _relations():
    """The columns that name a person, as far as they move; not those that say who did something."""
    for relation in User._meta.related_objects:
        if relation.related_model._meta.label not in STAYS:
            yield relation


def _move(relation, kept, lost):
    rows = relation.related_model._base_manager.filter(**{relation.field.name: lost})
    rows.update(**{relation.field.name: kept})


def _standing(person):
    own = Application.objects.confirmed().filter(person=person).exclude(status=Status.WITHDRAWN)
    return own.select_related("cohort", "person")


def _helps_to_choose(person) -> bool:
    return any(
        model._base_manager.filter(**{field: person}).exists()
        for model, field in (
            (CohortRole, "person"),
            (Review, "reviewer"),
            (Panelist, "person"),
            (Assessment, "interviewer"),
        )
    )


def _rounds(person) -> set[int]:
    return set(Membership.objects.filter(person=person).values_list("community__cohort", flat=True))


def _asked(person) -> set:
    """What she waits for: two people share of it what the database lets one person ask once."""
    return {_asked_once(each) for each in AccessRequest.objects.open().filter(person=person)}


def _asked_once(asked):
    """Return what the constraints of ``AccessRequest`` let one person wait for once, or its key."""
    if asked.kind == AccessRequest.Kind.ERASURE:
        return asked.kind
    if asked.source == AccessRequest.Source.DETAILS:
        return asked.source
    if asked.source in (AccessRequest.Source.WEBINAR, AccessRequest.Source.APPLICATION):
        return asked.source, asked.about
    return asked.pk


def _agree_less(kept, lost):
    """Let the stricter of both hold: what one took back, or was never asked for, nobody agreed to.

    The use of answers is asked with each application: that one never sent any takes nothing back.
    """
    for purpose in Consent.Purpose.values:
        rows = Consent.objects.filter(purpose=purpose)
        mine, theirs = rows.filter(person=kept), rows.filter(person=lost)
        alike = mine.live().exists() == theirs.live().exists()
        other = theirs if mine.live().exists() else mine
        never_asked = purpose == Consent.Purpose.DATA and not other.exists()
        if alike:
            theirs.take_back(source="merged")  # one live row is enough
        elif not never_asked:
            rows.filter(person__in=(kept, lost)).take_back(source="merged")
    Consent.objects.filter(person=lost).update(person=kept)


def _want_less(kept, lost):
    """Let what one of them turned off be off."""
    choice = Preference.objects.filter(person=lost).first()
    if choice is None:
        return
    mine, is_new = Preference.objects.get_or_create(
        person=kept,
        defaults={
            "wants_reminders": choice.wants_reminders,
            "wants_last_hours": choice.wants_last_hours,
        },
    )
    if not is_new:
        mine.wants_reminders &= choice.wants_reminders
        mine.wants_last_hours &= choice.wants_last_hours
        mine.save(update_fields=["wants_reminders", "wants_last_hours"])
    choice.delete()


def _move_mail(kept, lost):
    """What has gone went to the old address; what has not goes to the new one."""
    Message.objects.filter(recipient=lost, state__in=Message.NOT_GONE).update(recipient=kept)
    same = Reminder.objects.filter(
        person=kept,
        event=OuterRef("event"),
        schedule_version=OuterRef("schedule_version"),
        offset_key=OuterRef("offset_key"),
    )
    Reminder.objects.filter(~Exists(same), person=lost).update(person=kept)


def _move_registrations(kept, lost):
    """Where both registered, one registration stands if one of them did."""
    own = {each.webinar_id: each for each in Registration.objects.filter(person=kept)}
    theirs = Registration.objects.filter(person=lost)
    for each in theirs.filter(webinar__in=own.keys(), cancelled_at=None):
        Registration.objects.filter(pk=own[each.webinar_id].pk).update(cancelled_at=None)
        theirs.filter(pk=each.pk).update(cancelled_at=timezone.now())
    theirs.exclude(webinar__in=own.keys()).update(person=kept)


def _end(kept, lost):
    """Close every way in by the record that ends, and fill in what the other lacks."""
    lost.emailaddress_set.all().delete()
    lost.authenticator_set.all().delete()
    Bounce.objects.filter(person=lost, settled_at=None).update(settled_at=timezone.now())
    names = ("name", "phone", "organization", "region")
    news = {name: getattr(lost, name) for name in names if not getattr(kept, name)}
    news = {name: value for name, value in news.items() if value}
    if lost.chose_clock and not kept.chose_clock:
        news |= {"time_zone": lost.time_zone, "chose_clock": True}
    if news:
        User.objects.filter(pk=kept.pk).update(**news)
    User.objects.filter(merged_into=lost).update(merged_into=kept)
    ends = User.objects.filter(pk=lost.pk, merged_into=None, is_active=True)
    if not ends.update(is_active=False, merged_into=kept):
        raise InvalidTransition(_("Somebody else has just merged this record."))
