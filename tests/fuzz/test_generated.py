"""Values nobody thought of, generated: any text in any field of any form, and in any query.

The same examples in every run; ``make fuzz`` looks further and for new ones.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.forms import OUR_MARKS
from tests.fuzz.test_addresses import in_address
from tests.fuzz.test_forms import lost
from tests.fuzz.values import EVERY, is_deep
from tests.fuzz.visitor import complaint, unless
from tests.fuzz.world import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.generated]

settings.register_profile(
    "quick",
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "deep",
    max_examples=500,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
profile = settings.get_profile("deep" if is_deep() else "quick")

# All characters, halves of surrogate pairs and NUL among them, as bytes that may be no text.
texts = st.text(st.characters(), max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))
numbers = st.integers().map(lambda number: str(number).encode())
moments = st.datetimes().map(lambda moment: moment.isoformat().encode())
values = st.one_of(texts, numbers, moments, st.binary(max_size=60), st.sampled_from(EVERY))


@pytest.mark.parametrize("kind", EVERYBODY)
def test_any_value_in_any_field_is_answered(visitors, sent_forms, kind):
    forms, visitor = [form for form in sent_forms[kind] if form.names], visitors[kind]
    if not forms:
        return

    @profile
    @given(st.data())
    def fill_in(data):
        form = data.draw(st.sampled_from(forms))
        sent, typed = list(form.pairs), {}
        for name in data.draw(st.lists(st.sampled_from(form.names), max_size=3, unique=True)):
            typed[name] = data.draw(values)
            sent = [*((key, old) for key, old in sent if key != name), (name, typed[name])]
        answer = visitor.post(form.path, sent)
        said = complaint(answer)
        for name, value in typed.items():
            said = said or lost(answer, name, value, form.kinds.get(name))
        assert not said, unless(False, kind, "POST", form.path, typed, said)[0]

    fill_in()


@pytest.mark.parametrize("kind", EVERYBODY)
def test_any_value_in_any_query_is_answered(visitors, every_address, kind):
    visitor = visitors[kind]
    pages = [address for address in every_address if kind == "staff" or not address.is_admin]
    asked = {}
    for address in pages:
        names = set(visitor.known("GET", address.path).read) - OUR_MARKS
        asked |= {address: sorted(names)} if names else {}
    if not asked:
        return

    @profile
    @given(st.sampled_from(sorted(asked, key=str)), st.data())
    def ask(address, data):
        name = data.draw(st.sampled_from(asked[address]))
        value = data.draw(values)
        said = complaint(visitor.get(f"{address.path}?{name}={in_address(value)}"))
        assert not said, unless(False, kind, "GET", address.route, name, value, said)[0]

    ask()
