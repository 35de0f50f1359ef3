from __future__ import annotations

import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.mercado_libre import (
    WaveInstance,
    count_of_aisles,
    count_of_orders,
    parse_wave_instance,
)

TEXT = """2 3 2
2 0 1 2 4
1 1 3
0
3 0 1 1 3 2 4
2 8
"""


def test_orders_aisles_and_limits_are_read() -> None:
    assert parse_wave_instance("tiny", TEXT) == WaveInstance(
        name="tiny",
        n_items=3,
        orders=(((0, 1), (2, 4)), ((1, 3),)),
        aisles=((), ((0, 1), (1, 3), (2, 4))),
        least_units=2,
        most_units=8,
    )
    assert (count_of_orders("tiny", TEXT), count_of_aisles("tiny", TEXT)) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 3 2\n", "2 3\n", "line 1: is not the numbers of orders, items and aisles"),
        ("2 3 2\n", "2 3 3\n", "6 lines, where 2 orders and 3 aisles make 7"),
        ("1 1 3\n", "1 1\n", "line 3: 1 items are announced, 1 numbers follow"),
        ("1 1 3\n", "1 3 3\n", "line 3: there is no item 3"),
        ("1 1 3\n", "1 1 0\n", "line 3: item 1 with 0 units"),
        ("1 1 3\n", "2 1 3 1 2\n", "line 3: an item is named twice"),
        ("1 1 3\n", "0\n", "line 3: the order asks nothing"),
        ("1 1 3\n", "1 1 -3\n", "line 3: has other than whole numbers"),
        ("2 8\n", "8 2\n", "line 6: is not the least and the most units"),
        ("2 8\n", "2 8 9\n", "line 6: is not the least and the most units"),
    ],
)
def test_what_breaks_the_format_is_named(old: str, new: str, message: str) -> None:
    with pytest.raises(InstanceError, match=f"tiny.*{message}"):
        parse_wave_instance("tiny", TEXT.replace(old, new))


def test_nothing_is_no_instance() -> None:
    with pytest.raises(InstanceError, match="line 1"):
        parse_wave_instance("tiny", "\n")
