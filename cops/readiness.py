"""What a call still lacks before it can be opened to the public, and where that is mended."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.phrases import in_a_row
from cops import dated, parts
from cops.holidays import holiday
from cops.models import Cohort, FocusAreaVersion
from cops.parts import Lack
from notifications.models import MailTemplate

VALUES = 5  # of a criterion, each with the sentence that says what it means


def missing(cohort: Cohort) -> list[Lack]:
    """Say, one sentence each, what staff would want to mend; what keeps it shut comes first."""
    lacks = [
        *_words(cohort),
        *_questions(cohort),
        *_criteria(cohort),
        *_webinars(cohort),
        *_who_answers(cohort),
        *_groups(cohort),
        *_dates(cohort),
        *(lack for part in parts.every() for lack in part.lacks(cohort)),
        *_last_year(cohort),
    ]
    return sorted(lacks, key=lambda lack: not lack.blocks)


def blocking(cohort: Cohort) -> bool:
    """Whether people would find nothing to apply to: no question or no criteria."""
    return not (cohort.focus_versions.exists() and cohort.criteria.exists())


def page_of(record, *, at: str = "") -> str:
    """Return the page of the desk where ``record`` is changed, ``at`` a field of it."""
    info = record._meta.app_label, record._meta.model_name
    return reverse("admin:{}_{}_change".format(*info), args=[record.pk]) + (at and f"#{at}")


def would_be_off(days: Iterable[tuple[str, date]]) -> Iterable[str]:
    """Say which of ``days``, each by the name of a date of a call, nobody works on."""
    for name, day in days:
        if why := _not_a_working_day(day):
            label = capfirst(Cohort._meta.get_field(name).verbose_name)
            facts = {"date": label, "day": clock.spoken_day(day), "why": why}
            yield _("“%(date)s” would be %(day)s: %(why)s.") % facts


def in_one_language(records) -> Iterable[Lack]:
    """Say which texts of ``records`` are written in one language only."""
    for record in records:
        for name in record.untranslated:
            label = capfirst(record._meta.get_field(f"{name}_en").verbose_name)
            said = _("%(record)s: “%(field)s” is written in one language only.")
            yield Lack(said % {"record": record, "field": label}, page_of(record))


def of_last_year(records, cohort: Cohort) -> Iterable[Lack]:
    """Say which texts of ``records`` name a time that ``cohort`` does not, if it was copied."""
    if cohort.copied_from_id is None:
        return
    days = dated.days_of(cohort)
    for record in records:
        for name in record.BILINGUAL:
            for language in ("en", "fr"):
                column = f"{name}_{language}"
                words = dated.foreign(getattr(record, column), language, days)
                if words:
                    label = capfirst(record._meta.get_field(column).verbose_name)
                    said = _("%(record)s: “%(field)s” still says “%(words)s”.")
                    facts = {"record": record, "field": label, "words": ", ".join(words)}
                    yield Lack(said % facts, page_of(record))


def _words(cohort):
    if not cohort.headline:
        yield Lack(_("The call has no headline."), page_of(cohort, at="id_headline_en"))
    if not cohort.invitation:
        yield Lack(_("The call has no invitation."), page_of(cohort, at="id_invitation_en"))
    if not cohort.usual_times:
        said = _("The call does not say on which days and at what hours groups usually meet.")
        yield Lack(said, page_of(cohort, at="id_usual_times_en"))
    yield from in_one_language([cohort])


def _questions(cohort):
    versions = list(FocusAreaVersion.objects.latest_of(cohort))
    if not versions:
        said = _("No focus area has a guiding question for this cohort.")
        yield Lack(said, reverse("admin:cops_focusarea_changelist"), blocks=True)
    areas = [version.focus_area for version in versions]
    yield from in_one_language(areas)
    for version in versions:
        if version.untranslated:
            said = _("%(area)s: the guiding question is written in one language only.")
            yield Lack(said % {"area": version.focus_area}, page_of(version.focus_area))


def _criteria(cohort):
    criteria = list(cohort.criteria.prefetch_related("anchors"))
    if not criteria:
        url = page_of(cohort, at="criteria-heading")
        yield Lack(_("There are no criteria."), url, blocks=True)
    yield from in_one_language(criteria)
    for criterion in criteria:
        anchors = list(criterion.anchors.all())
        left = VALUES - len(anchors)
        if left > 0:
            said = ngettext(
                "Criterion %(number)s: %(left)s value has no sentence that says what it means.",
                "Criterion %(number)s: %(left)s values have no sentence that says what they mean.",
                left,
            )
            yield Lack(said % {"number": criterion.number, "left": left}, page_of(criterion))
        if any(anchor.untranslated for anchor in anchors):
            said = _("Criterion %(number)s: a meaning is written in one language only.")
            yield Lack(said % {"number": criterion.number}, page_of(criterion))


def _webinars(cohort):
    webinars = list(cohort.webinars.with_events())
    if not any(webinar.recruits for webinar in webinars):
        yield Lack(_("There is no webinar."), reverse("admin:cops_webinar_add"))
    for webinar in webinars:
        if webinar.recruits and webinar.event.starts_at > cohort.closes_at:
            yield Lack(_("A webinar takes place after applications close."), page_of(webinar))
        if not webinar.event.join_link:
            yield Lack(_("A webinar has no link to join."), page_of(webinar))
    yield from in_one_language(webinars)


def _who_answers(cohort):
    if not cohort.mailbox:
        yield Lack(_("No mailbox is named."), page_of(cohort, at="id_mailbox"), blocks=True)
    if not cohort.contact_phone:
        said = _("No phone number is named: some people would rather call.")
        yield Lack(said, page_of(cohort, at="id_contact_phone"))
    if not cohort.partners.exists():
        yield Lack(_("No partner organization is named."), page_of(cohort, at="id_partners"))


def _groups(cohort):
    if not cohort.communities.exists():
        said = _("No group is set up yet, so the call cannot say in which language each meets.")
        yield Lack(said, reverse("admin:cops_community_add"))


def _dates(cohort):
    if cohort.is_past_closing and not cohort.is_published:
        said = _("Applications would be closed already: they close on %(moment)s, which is past.")
        facts = {"moment": clock.spoken(cohort.closes_at)}
        yield Lack(said % facts, page_of(cohort, at="id_closes_at"), blocks=True)
    closes_on = cohort.closes_at.astimezone(clock.ONTARIO).date()
    if cohort.reviews_due_on < closes_on:
        said = _("Reviews are due before applications close.")
        yield Lack(said, page_of(cohort, at="id_reviews_due_on"))
    if cohort.interviews_from < cohort.opens_at.astimezone(clock.ONTARIO).date():
        said = _("Interviews begin before applications open.")
        yield Lack(said, page_of(cohort, at="id_interviews_from"))
    for name in ("opens_at", "closes_at", *Cohort.LATER):
        value = getattr(cohort, name)
        day = value.astimezone(clock.ONTARIO).date() if name.endswith("_at") else value
        if why := _not_a_working_day(day):
            label = capfirst(cohort._meta.get_field(name).verbose_name)
            facts = {"date": label, "day": clock.spoken_day(day), "why": why}
            url = page_of(cohort, at=f"id_{name}")
            yield Lack(_("“%(date)s” is %(day)s: %(why)s.") % facts, url)


def _not_a_working_day(day) -> str:
    if day.isoweekday() > 5:
        return _("a weekend")
    return in_a_row(filter(None, holiday(day)))


def _last_year(cohort):
    versions = FocusAreaVersion.objects.latest_of(cohort)
    texts = MailTemplate.objects.filter(series=cohort.series).with_standing()
    yield from of_last_year(
        [
            cohort,
            *cohort.criteria.all(),
            *versions,
            *cohort.webinars.all(),
            *texts.filter(goes_out=True),
        ],
        cohort,
    )
