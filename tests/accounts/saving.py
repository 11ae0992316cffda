"""The change pages of records, sent as a browser sends them."""

import re

from django.urls import reverse

SEEN = re.compile(r'name="seen" value="([^"]+)"')


def url_of(record):
    info = record._meta.app_label, record._meta.model_name
    return reverse("admin:{}_{}_change".format(*info), args=[record.pk])


def form_of(client, record):
    """Return what a browser would send back from the change page, untouched."""
    page = client.get(url_of(record))
    forms = [page.context["adminform"].form]
    facts = {"seen": SEEN.search(page.text)[1]}
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for bound in form:
            facts[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {name: value for name, value in facts.items() if value is not False}


def said(answer):
    return [str(message) for message in answer.context["messages"]]
