"""What a cell with a condition asks for: p in part, k unless there is a conflict, x with more."""

from dataclasses import replace

from django.contrib.admin.models import LogEntry

from accounts.lifecycle import StatusChange
from applications.models import Review
from tests.factories import ReviewFactory, give_role
from tests.permissions.asking import address_of, send, undone

WHO = ("name", "mail", "phone", "employer", "town", "job", "needs")


def is_shut(world, asker, row):
    """What would open it is not built, so nothing opens it."""
    for door in row.doors:
        with undone():
            asker.is_refused(door, asker.aim(door, own=True), hers=True)


def finds_no_log(world, asker, row):
    """What staff did, and where records went, has no page to read it by or to mend it on."""
    for model in (LogEntry, *StatusChange.__subclasses__()):
        for page in ("", "add/", "1/change/", "1/delete/"):
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"
            for method in ("GET", "POST"):
                answer = send(asker.client(), method, address, {"post": "yes"})
                where = f"{method} {address} answered {answer.status}"
                assert answer.status in {302, 403, 404}, where
                assert answer.location.partition("?")[0] in {"", "/accounts/login/"}, where
                assert answer.wrote == set(), where


def reads_no_notes(world, asker, row):
    """The account for emergencies opens the pages, and finds nobody's notes on them."""
    for door in row.doors:
        with undone():
            answer = send(asker.client(), "GET", address_of(door, asker.aim(door, own=True)))
            asker.judge(answer)
            assert answer.status == 200


def in_other_calls_only(world, asker, row):
    """She applies like everybody, but not where she helps to choose."""
    for door in row.doors:
        with undone():
            asker.is_let_in(door, asker.aim(door, own=True))
    world.applies_to = world.call
    try:
        for door in row.doors:
            with undone():
                asker.is_refused(door, asker.aim(door, own=True), hers=True)
    finally:
        world.applies_to = world.other_call


def reads_blind(world, asker, row):
    """The projection alone: who asks the world's marks finds no name in the answer."""
    for door in row.doors:
        aim = asker.aim(door, own=True)
        if asker.column in door.by and door.route == "applications:review":
            assert_conceals(world, asker.is_let_in(door, aim).body)
            asker.is_refused(door, asker.aim(door, own=False))
        else:
            asker.is_refused(door, asker.aim(door, own=False))


def reads_blind_while_assigned(world, asker, row):
    """The desk shows everything, until she has a review of it to hand in."""
    (door,) = [door for door in row.doors if asker.column in door.by]
    aim = asker.aim(door, own=True)
    assert world.marks["name.read"].text in asker.is_let_in(door, aim).body
    ReviewFactory(application=world.read, reviewer=asker.person)
    assert_conceals(world, asker.is_let_in(door, aim).body)
    for address, status in (
        ("/admin/applications/application/", 200),
        (f"/admin/applications/application/{world.read.pk}/history/", 302),
        (f"/admin/applications/review/{world.other_review.pk}/change/", 200),
    ):
        answer = send(asker.client(), "GET", address)
        assert answer.status == status
        assert_conceals(world, answer.body)
        assert world.marks["remark.read"].text not in answer.body
    name = world.marks["name.read"].text
    hits = send(asker.client(), "GET", f"/admin/applications/application/?q={name}")
    assert world.read.reference not in hits.body


def assert_conceals(world, body):
    assert [what for what in WHO if world.marks[f"{what}.read"].text in body] == []


def sees_reviews_unless_assigned(world, asker, row):
    (door,) = [door for door in row.doors if asker.column in door.by]
    aim = asker.aim(door, own=True)
    asker.is_let_in(door, aim)
    ReviewFactory(application=world.read, reviewer=asker.person)
    answer = send(asker.client(), "GET", address_of(door, aim))
    assert world.marks["remark.read"].text not in answer.body


def sees_reviews_only_as_their_reader(world, asker, row):
    """An interviewer learns no values, unless she has read it too and handed that in."""
    for door in row.doors:
        with undone():
            asker.is_refused(door, asker.aim(door, own=True))
    (door,) = [door for door in row.doors if door.route == "applications:review"]
    give_role(asker.person, world.call, "reviewer")
    aim = asker.aim(door, own=True)
    assert door.shows_words in send(asker.client(), "GET", address_of(door, aim)).body
    Review.objects.filter(uuid=aim.args[0]).update(status=Review.Status.ASSIGNED)
    assert door.shows_words not in send(asker.client(), "GET", address_of(door, aim)).body


def reaches_the_admin_with_a_second_factor_only(world, asker, row):
    client = world.signed_in(asker.person, second_factor=False)
    for door in row.doors:
        if asker.column in door.by:
            answer = send(client, door.method, address_of(door, asker.aim(door, own=True)))
            where = (answer.status, answer.location)
            assert where in {(302, "/accounts/2fa/"), (302, "/en/accounts/2fa/")}, door.route


def promotes_with_a_fresh_second_factor_only(world, asker, row):
    (door,) = row.doors
    aim = asker.aim(door, own=True)
    before = asker.stored(door.keeps)
    send(
        world.signed_in(asker.person, second_factor=False), "POST", address_of(door, aim), aim.data
    )
    assert asker.stored(door.keeps) == before
    asker.is_let_in(replace(door, writes="accounts_user"), aim)
    assert not door.keeps or asker.stored(door.keeps) != before


def takes_with_a_reason_and_the_second_factor(world, asker, row):
    """Each file is written down with why it was taken; a trusted browser alone gets none."""
    for door in row.doors:
        aim = asker.aim(door, own=True)
        client = world.signed_in(asker.person, second_factor=False)
        without_factor = send(client, "POST", address_of(door, aim), aim.data)
        without_reason = send(asker.client(), "POST", address_of(door, aim), {"reason": ""})
        assert (without_factor.status, without_factor.wrote) == (302, set())
        assert (without_reason.status, without_reason.wrote) == (200, set())
        asker.is_let_in(door, aim)
