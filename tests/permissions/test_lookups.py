"""What a request names is looked up through what its sender may see, never on a bare manager."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.structure

ROOT = Path(settings.BASE_DIR)
VIEWS = sorted(
    path
    for app in settings.OUR_APPS
    for pattern in ("views.py", "views/*.py")
    for path in (ROOT / app).glob(pattern)
)
KEYS = {"pk", "id", "uuid", "slug", "calendar_secret"}


def bare_lookups(source):
    """Yield the text of each look-up by key on a model or on its manager itself."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        named = KEYS & {keyword.arg for keyword in node.keywords}
        called = ast.unparse(node.func)
        first = ast.unparse(node.args[0]) if node.args else ""
        is_bare = called.endswith((".objects.get", ".objects.filter")) and called[0].isupper()
        if called == "get_object_or_404":
            is_bare = first[:1].isupper() and (first.isidentifier() or first.endswith(".objects"))
        if named and is_bare:
            yield f"{called}({first})" if first else called


# Each may stay for the reason given.
ALLOWED = {
    # She herself, as a fresh copy: what is typed must not change ``request.user``.
    ("accounts/views.py", "User.objects.get"),
    # The secret in the address is the key.
    ("notifications/views.py", "get_object_or_404(User)"),
    # What stands by now of a meeting that was looked up as hers a moment ago.
    ("meetings/views/schedule.py", "Event.objects.get"),
    # Offered or not is asked under a lock when it is booked: ``Slot.offered_to``.
    ("applications/views/booking.py", "Slot.objects.filter"),
    # An old address leads to the newest version, and only to a published one.
    ("outcomes/views.py", "Outcome.objects.filter"),
}


def test_no_view_looks_up_what_its_sender_may_not_see():
    found = {
        (str(path.relative_to(ROOT)), lookup)
        for path in VIEWS
        for lookup in bare_lookups(path.read_text())
    }

    assert sorted(found - ALLOWED) == [], "look it up through visible_to, or allow it with a reason"
    assert sorted(ALLOWED - found) == [], "no longer there: take it off the list"


def test_the_lint_sees_a_bare_look_up():
    bare = ["Application.objects.get(pk=1)", "get_object_or_404(Application, uuid=uuid)"]
    scoped = ["get_object_or_404(Application.objects.visible_to(person), uuid=uuid)"]

    assert [len(list(bare_lookups(line))) for line in bare + scoped] == [1, 1, 0]
