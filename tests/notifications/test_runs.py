"""Many keys fit into an address, and what is no such text is refused."""

import pytest

from notifications import runs


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([7], "7"),
        ([3, 1, 2, 2], "1-3"),
        ([5, 3, 120, 121, 122], "3,5,120-122"),
        ([1, 2, 4, 5], "1-2,4-5"),
    ],
)
def test_keys_that_follow_one_another_are_a_run_and_are_read_again(keys, text):
    assert runs.written(keys) == text
    assert runs.read(text) == sorted(set(keys))


def test_no_keys_are_no_text():
    assert runs.written([]) == ""


@pytest.mark.parametrize(
    "text", ["", "1,", "a", "-1", "1-", "1-2-3", "1 2", "٣", "9" * 19, "1-20001", "1-19999,5,6"]
)
def test_what_is_no_such_text_or_names_too_many_is_refused(text):
    with pytest.raises(ValueError, match="key"):
        runs.read(text)


def test_a_run_that_goes_back_names_nothing():
    assert runs.read("5-3") == []
