"""The rules a site begins with: added once, and what staff changed stays changed."""

from importlib import import_module

import pytest
from django.apps import apps

from notifications import mails
from notifications.models import Rule

pytestmark = pytest.mark.django_db

migration = import_module("notifications.migrations.0017_default_reminders")
add = migration.add


@pytest.fixture
def kinds():
    """The real kinds of email: here it is they that count."""


def rules():
    names = ("kind", "anchor", "amount", "unit", "role", "attendance", "only_chosen", "mail")
    return set(Rule.objects.filter(event=None, series=None).values_list(*names))


def test_every_rule_sends_an_email_about_such_an_event():
    wrong = [rule for rule in Rule.objects.all() if rule.kind not in about(rule.mail)]

    assert wrong == []
    assert {rule.mail for rule in Rule.objects.all()} == {kind.name for kind in mails.reminders()}


def about(mail):
    return mails.kind(mail).reminds_of


def test_to_add_them_again_changes_nothing():
    before = rules()

    add(apps, None)

    assert rules() == before
    assert ("interview", "before", 3, "h", "", "any", False, "interview-reminder") in before
    assert ("meeting", "before", 2, "h", "", "any", True, "meeting-reminder") in before


def test_on_the_way_back_what_could_not_be_told_apart_goes_and_the_first_rules_stay():
    migration.take_out(apps, None)

    kept = rules()
    assert {
        (anchor, attendance) for _kind, anchor, *_facts, attendance, _chosen, _mail in kept
    } == {("before", "any")}
    assert ("webinar", "before", 2, "h", "", "any", False, "webinar-reminder") in kept
    assert not Rule.objects.filter(anchor="after").exists()


def test_what_staff_changed_stays_changed():
    Rule.objects.filter(kind="offer-due", anchor="before").update(is_on=False)
    Rule.objects.filter(kind="interview", unit="h").update(amount=5)
    Rule.objects.filter(kind="booking-due", amount=2).update(mail="offer-unanswered")

    add(apps, None)

    kept = Rule.objects.values_list("is_on", "amount", "mail")
    assert kept.get(kind="offer-due", anchor="before") == (False, 1, "offer-unanswered")
    assert kept.get(kind="interview", unit="h") == (True, 5, "interview-reminder")
    assert kept.get(kind="booking-due", amount=2) == (True, 2, "offer-unanswered")


def test_a_first_rule_as_it_was_made_becomes_3_hours_and_one_switched_off_stays_off():
    Rule.objects.filter(kind="interview", unit="h").update(amount=2, is_on=False)
    Rule.objects.filter(kind="meeting", unit="h").update(only_chosen=False, is_on=False)

    add(apps, None)

    changed = Rule.objects.filter(unit="h", kind__in=["interview", "meeting"]).order_by("kind")
    assert list(changed.values_list("kind", "amount", "only_chosen", "is_on")) == [
        ("interview", 3, False, False),
        ("meeting", 2, True, False),
    ]
