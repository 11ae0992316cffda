"""A call and the pages of the desk about it."""

from django.urls import reverse

from tests.factories import (
    CohortFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
)


def change_url(record):
    return reverse(f"admin:cops_{record._meta.model_name}_change", args=[record.pk])


def verb_url(record, name):
    return reverse(f"admin:cops_{record._meta.model_name}_verb", args=[record.pk, name])


def page(response):
    return response.content.decode()


def make_call(**facts):
    cohort = CohortFactory(**facts)
    CriterionFactory(cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort)
    return cohort
