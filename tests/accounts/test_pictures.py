import pytest

from accounts import pictures


def shown(rows):
    return [[cell.get("value") for cell in row["cells"]] for row in rows]


def test_the_longest_bar_fills_the_width_and_nothing_is_no_bar():
    rows = pictures.bars([("Came", 40), ("Applied", 10, "6 of them came"), ("Joined", 0)])

    assert [(row["label"], row["value"], row["percent"], row["note"]) for row in rows] == [
        ("Came", "40", 100, ""),
        ("Applied", "10", 25, "6 of them came"),
        ("Joined", "0", 0, ""),
    ]


def test_a_picture_of_nothing_divides_by_nothing():
    assert [row["percent"] for row in pictures.bars([("Came", 0)])] == [0]
    assert pictures.bars([]) == []
    assert pictures.grid(["Came"], []) == []


def test_each_thing_is_one_square_until_there_are_too_many():
    two, many = pictures.units([("Adopted", 2), ("Adapted", 100)])

    assert two["places"] == [0, 15]
    assert (many["value"], len(many["places"])) == (100, pictures.MOST_UNITS)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([12, 9, 7], ["12", "9", "7"]),
        ([12, 3, 2], ["12", None, None]),
        # One alone could be worked out from the sum: the smallest other goes too.
        ([12, 9, 4], ["12", None, None]),
        ([12, 9, 0], ["12", "9", "0"]),
        ([3], [None]),
        ([5, 4, 0], [None, None, "0"]),
        # Of two that make two each is one: so the next larger goes, too.
        ([12, 9, 1, 1], ["12", None, None, None]),
        ([12, 1, 1, 1], [None, None, None, None]),
        # Were the nought shown, all of the sum would be the other's.
        ([3, 0], [None, None]),
        ([0, 0], ["0", "0"]),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_worked_out(column, expected):
    counts = [(f"Region {place}", [count]) for place, count in enumerate(column)]

    rows = pictures.grid(["Came"], counts)

    assert shown(rows) == [[value] for value in expected]


def test_columns_hide_and_scale_each_by_itself():
    first, second = pictures.grid(
        ["Came", "Joined"], [("Toronto", [20, 6]), ("Northeast", [10, 8])]
    )

    assert [cell["percent"] for cell in first["cells"]] == [100, 75]
    assert [cell["percent"] for cell in second["cells"]] == [50, 100]


def test_a_cell_wears_the_heading_of_its_column_whether_its_number_is_shown_or_not():
    [row] = pictures.grid(["Began", "Joined"], [("Toronto", [12, 3])])

    assert [cell["heading"] for cell in row["cells"]] == ["Began", "Joined"]
    assert shown([row]) == [["12", None]]
