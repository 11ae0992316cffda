"""What a request names is looked up through what its sender may see, never on a bare manager."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.structure

ROOT = Path(settings.BASE_DIR)
# Views; the desk, its verbs and the page of a person; what both call.
PATTERNS = (
    "views.py", "views/*.py", "admin.py", "admin/*.py", "*_admin.py", "admin_*.py", "people.py",
    "desk.py", "start.py", "forms.py", "forms_*.py", "forms/*.py", "services.py",
    "services/**/*.py",
)  # fmt: skip
FILES = sorted(
    path for app in settings.OUR_APPS for name in PATTERNS for path in (ROOT / app).glob(name)
)
KEYS = {"pk", "id", "uuid", "slug", "calendar_secret", "email"}
MANAGERS = {"objects", "_base_manager", "_default_manager"}
# What narrows rows to those that somebody may see or use.
SCOPES = {
    "visible_to", "of_person", "asked_of", "of_applicant", "offered_to", "logged_by", "run_by",
    "own_words_of", "published",
}  # fmt: skip


def bare_lookups(source):
    """Yield the text of each look-up by key on a model or on its manager itself.

    The key of a record in hand (``pk=application.pk``) is none: that one was looked up before.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        keys = [each for each in node.keywords if each.arg and names_a_key(each)]
        keys += [each for each in node.args[1:] if ast.unparse(node.func) == "get_object_or_404"]
        if keys and is_bare(node):
            called = ast.unparse(node.func)
            if called == "get_object_or_404":
                yield f"{called}({ast.unparse(node.args[0]).split('(')[0]})"
            else:
                model, *_rest, last = called.split(".")
                yield f"{model}.{last}"


def names_a_key(keyword) -> bool:
    name = keyword.arg.removesuffix("__in").removesuffix("__iexact")
    return name in KEYS and not is_of_records(keyword.value)


def is_of_records(value) -> bool:
    """Whether ``value`` is the key of a record in hand, or of several."""
    if isinstance(value, ast.ListComp):
        value = value.elt
    if isinstance(value, ast.Attribute):
        return value.attr == "pk" or value.attr.endswith("_id")
    return ast.unparse(value).endswith(".values('pk')")


def is_bare(call) -> bool:
    """Whether ``call`` looks among all rows of a model: no scope stands between."""
    if ast.unparse(call.func) == "get_object_or_404":
        node, ends = call.args[0], {"get_object_or_404"}
    else:
        node, ends = call.func, {"get", "filter", "in_bulk"}
        if not isinstance(node, ast.Attribute) or node.attr not in ends:
            return False
    steps = set()
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return False
    of_a_model = steps & MANAGERS or "get_object_or_404" in ends
    return bool(node.id[0].isupper() and of_a_model and not steps & SCOPES)


# Each may stay for the reason given.
ALLOWED = {
    # The secret in the address is the key.
    ("notifications/views.py", "get_object_or_404(User)"),
    # Offered or not is asked under a lock when it is booked: ``Slot.offered_to``.
    ("applications/views/booking.py", "Slot.filter"),
    ("applications/services/interviews.py", "Slot.filter"),
    # An old address leads to the newest version, and only to a published one.
    ("outcomes/views.py", "Outcome.filter"),
    # Narrowed to its person on the next line: who is signed in, or whom the link names.
    ("cops/views/access.py", "AccessRequest.filter"),
    ("applications/views/door.py", "Application.filter"),
    # Shown with its questions in the calls that may be seen, and without one not at all.
    ("cops/views/public.py", "get_object_or_404(FocusArea.objects.select_related)"),
    # Behind the desk's door: staff refine the questions of every call.
    ("applications/admin/insight.py", "get_object_or_404(FocusAreaVersion.objects.select_related)"),
    # Staff name whom they add to a group, or give an address to, by an address that they know.
    ("cops/admin/community.py", "User.filter"),
    ("notifications/admin/person.py", "User.filter"),
    # The address that she had when her record was read: compare and set.
    ("notifications/people.py", "User.filter"),
    # To leave out what came about with them: nothing is shown that is found here.
    ("applications/admin/concealed.py", "Application.filter"),
    # Whoever stands in the file that staff import: found by address, and locked.
    ("applications/services/imports/making.py", "User.filter"),
    # Where the same form led that this very page has sent before: the token in it is the key.
    ("applications/views/apply.py", "Application.filter"),
    ("cops/views/webinars.py", "Registration.filter"),
    # Whom a form has chosen as interviewers: their rows are locked, nothing of them is shown.
    ("applications/services/interviews.py", "User.filter"),
    # Behind the desk's door: staff see every event in its list, here it names a filter.
    ("notifications/admin/kind.py", "Event.filter"),
    # Behind the desk's door: staff write words for every call and community.
    ("notifications/admin/template.py", "Series.filter"),
    # The organization that the site itself keeps as its convenor.
    ("cops/forms_start.py", "Organization.filter"),
}


def test_nothing_is_looked_up_that_its_sender_may_not_see():
    found = {
        (str(path.relative_to(ROOT)), lookup)
        for path in FILES
        for lookup in bare_lookups(path.read_text())
    }

    assert sorted(found - ALLOWED) == [], "look it up through visible_to, or allow it with a reason"
    assert sorted(ALLOWED - found) == [], "no longer there: take it off the list"


@pytest.mark.parametrize(
    "line",
    [
        "Application.objects.get(pk=1)",
        "Application.objects.select_related('person').get(pk=typed['id'])",
        "Message.objects.filter(pk__in=ids.split(','))",
        "User.objects.filter(email__iexact=address)",
        "get_object_or_404(Application, uuid=uuid)",
        "get_object_or_404(Application.objects.with_people(), uuid=uuid)",
    ],
)
def test_the_lint_sees_a_bare_look_up(line):
    assert len(list(bare_lookups(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "get_object_or_404(Application.objects.visible_to(person), uuid=uuid)",
        "get_object_or_404(self.get_queryset(request), pk=pk)",
        "Application.objects.select_for_update().get(pk=application.pk)",
        "Message.objects.filter(pk__in=[letter.pk for letter in letters])",
    ],
)
def test_the_lint_lets_a_scoped_one_pass(line):
    assert list(bare_lookups(line)) == []
