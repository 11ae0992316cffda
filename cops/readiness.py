"""What a call still lacks before it can be opened to the public."""

from django.utils.translation import gettext as _

from cops.models import Cohort, FocusAreaVersion


def missing(cohort: Cohort) -> list[str]:
    """Say, one sentence each, what staff would want to mend before the call is public."""
    questions = list(FocusAreaVersion.objects.latest_of(cohort))
    criteria = list(cohort.criteria.all())
    webinars = list(cohort.webinars.with_events())
    lacks = [
        (not cohort.headline, _("The call has no headline.")),
        (not cohort.invitation, _("The call has no invitation.")),
        (not questions, _("No focus area has a guiding question for this cohort.")),
        (not criteria, _("There are no criteria.")),
        (not webinars, _("There is no webinar.")),
        (
            any(webinar.event.starts_at > cohort.closes_at for webinar in webinars),
            _("A webinar takes place after applications close."),
        ),
        (
            any(not webinar.event.join_link for webinar in webinars),
            _("A webinar has no link to join."),
        ),
        (
            cohort.reviews_due_on < cohort.closes_at.date(),
            _("Reviews are due before applications close."),
        ),
        (
            cohort.interviews_from < cohort.closes_at.date(),
            _("Interviews begin before applications close."),
        ),
        (not cohort.partners.exists(), _("No partner organization is named.")),
    ]
    sentences = [sentence for is_lacking, sentence in lacks if is_lacking]
    areas = [version.focus_area for version in questions]
    return sentences + _untranslated(cohort, *criteria, *areas, *questions, *webinars)


def _untranslated(*records) -> list[str]:
    return [
        _("%(record)s: “%(field)s” is written in one language only.")
        % {"record": record, "field": record._meta.get_field(f"{name}_en").verbose_name}
        for record in records
        for name in record.untranslated
    ]


def blocking(cohort: Cohort) -> bool:
    """Whether people would find nothing to apply to: no question or no criteria."""
    return not (cohort.focus_versions.exists() and cohort.criteria.exists())
