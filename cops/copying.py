"""Next year's call, begun from this year's: what was written stays, dates move, nobody comes along.

Dates move by whole weeks, so that each stays on its day of the week.
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops import parts, services
from cops.models import Anchor, Cohort, CohortRole, FocusAreaVersion, Webinar
from notifications.models import MailTemplate, Rule

OWN = ("id", "slug", "name_en", "name_fr", "series", "closing", "published_at", "copied_from")


def weeks_between(cohort: Cohort, opens_on: date) -> int:
    """Return by how many whole weeks the dates of ``cohort`` move to open about ``opens_on``."""
    return round((opens_on - _wall(cohort.opens_at).date()).days / 7)


@transaction.atomic
def copy(
    old: Cohort,
    *,
    slug: str,
    name_en: str,
    name_fr: str,
    opens_on: date,
    with_roles: bool,
    by: User,
) -> Cohort:
    """Write an unpublished call like ``old``, which opens about ``opens_on``.

    Raises InvalidTransition when the address is taken or the new call would open no later,
    ValidationError when a time does not exist on its new day.
    """
    weeks = weeks_between(old, opens_on)
    if weeks < 1:
        raise InvalidTransition(_("The new call has to open after this one."))
    facts = {
        field.attname: getattr(old, field.attname)
        for field in Cohort._meta.concrete_fields
        if field.name not in OWN
    }
    new = Cohort(**facts, slug=slug, name_en=name_en, name_fr=name_fr, copied_from=old)
    for name in ("opens_at", "closes_at"):
        setattr(new, name, _moved(getattr(old, name), weeks))
    for name in Cohort.LATER:
        setattr(new, name, getattr(old, name) + timedelta(weeks=weeks))
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        raise InvalidTransition(_("Another call has this address.")) from error
    new.partners.set(old.partners.all())
    _copy_criteria(old, new)
    _copy_questions(old, new, by)
    _copy_webinars(old, new, weeks)
    _copy_mail(old, new, by)
    if with_roles:
        CohortRole.objects.bulk_create(twin(role, cohort=new) for role in old.roles.all())
    for part in parts.every():
        part.copy(old, new, weeks * 7)
    return new


def _copy_criteria(old, new):
    for criterion in old.criteria.prefetch_related("anchors"):
        same = twin(criterion, cohort=new)
        same.save()
        Anchor.objects.bulk_create(
            twin(anchor, criterion=same) for anchor in criterion.anchors.all()
        )


def _copy_questions(old, new, by):
    """The guiding questions as they stand begin anew as version 1."""
    for version in FocusAreaVersion.objects.latest_of(old):
        version.focus_area.ask(new, version.question_en, version.question_fr, by=by)


def _copy_webinars(old, new, weeks):
    """Those that were held or lie ahead; without link, recording and slides, which are theirs."""
    webinars = old.webinars.filter(event__cancelled_at=None).with_events()
    for number, webinar in enumerate(webinars.order_by("event__starts_at"), start=1):
        event, slug = webinar.event, new.slug if number == 1 else f"{new.slug}-{number}"
        same = Webinar(
            cohort=new,
            slug=_free(slug),
            kind=webinar.kind,
            seats=webinar.seats,
            **{
                f"{name}_{language}": getattr(webinar, f"{name}_{language}")
                for name in Webinar.BILINGUAL
                for language in ("en", "fr")
            },
        )
        services.hold_webinar(
            same,
            datetime.combine(event.local_on, event.local_at) + timedelta(weeks=weeks),
            minutes=event.length_minutes,
            zone=event.zone,
            fold=event.local_start.fold,
            place=event.place,
        )


def _free(slug: str) -> str:
    taken = set(Webinar.objects.values_list("slug", flat=True))
    names = [slug, *(f"{slug}-webinar-{number}" for number in range(1, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def _copy_mail(old, new, by):
    """What staff settled for the mail of this call: when who is reminded, and in which words."""
    rules = Rule.objects.filter(series=old.series)
    Rule.objects.bulk_create(twin(rule, series=new.series) for rule in rules)
    texts = MailTemplate.objects.filter(series=old.series).with_standing().filter(goes_out=True)
    MailTemplate.objects.bulk_create(
        twin(text, series=new.series, version=1, saved_by=by) for text in texts
    )


def twin(record, **facts):
    """Return an unsaved row like ``record``, but for ``facts``."""
    same = {
        field.attname: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if not field.primary_key and field.name not in facts
    }
    return type(record)(**same, **facts)


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(clock.ONTARIO).replace(tzinfo=None)


def _moved(moment: datetime, weeks: int) -> datetime:
    """Return the instant at which Ontario's clock shows the same time, ``weeks`` later."""
    return clock.instant(_wall(moment) + timedelta(weeks=weeks), clock.ONTARIO.key, fold=0)
