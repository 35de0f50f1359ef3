"""ABC classes by hand, nearest locations first, quantities that cover the demand."""

from __future__ import annotations

import pytest

from server.errors import BadInput
from server.files.spread import Demand, SpreadRules, abc_classes, spread_stock

# 100 lines: a has 60, b 25, c 8, d 5, e 2. Shares before each: 0, .60, .85, .93, .98.
FIVE = [
    Demand("e", 2, 2),
    Demand("a", 60, 100),
    Demand("c", 8, 10),
    Demand("b", 25, 40),
    Demand("d", 5, 7),
]


def test_classes_end_at_their_cuts() -> None:
    assert abc_classes(FIVE, cut_a=0.80, cut_b=0.95) == {
        "a": "A",
        "b": "A",
        "c": "B",
        "d": "B",
        "e": "C",
    }
    assert abc_classes(FIVE, cut_a=0.50, cut_b=0.60)["b"] == "C"


def test_class_a_is_never_empty() -> None:
    assert abc_classes([Demand("x", 0, 0), Demand("y", 0, 0)], cut_a=0.8, cut_b=0.9) == {
        "x": "A",
        "y": "A",
    }


def test_what_is_asked_for_most_lies_nearest() -> None:
    distances = {f"L{number}": 1000 * number for number in range(1, 8)}
    spread = spread_stock(FIVE, distances, rules=SpreadRules(factor=1.0, minimum=0), seed=3)
    # Two A items with two locations each fill L1-L4, the B items L5 and L6, the C item L7.
    classes = [spread.classes[line.sku] for line in spread.lines]
    assert [line.location for line in spread.lines] == list(distances)
    assert classes == ["A", "A", "A", "A", "B", "B", "C"]
    stock = dict.fromkeys("abcde", 0)
    for line in spread.lines:
        stock[line.sku] += line.quantity
    assert stock == {"a": 100, "b": 40, "c": 10, "d": 7, "e": 2}


def test_second_locations_go_to_the_busiest_items_when_room_is_short() -> None:
    distances = {f"L{number}": number for number in range(6)}
    spread = spread_stock(FIVE, distances, rules=SpreadRules(), seed=1)
    places = [line.sku for line in spread.lines]
    assert sorted(places) == ["a", "a", "b", "c", "d", "e"]


def test_a_factor_below_one_makes_shortages() -> None:
    spread = spread_stock(
        [Demand("a", 1, 10)], {"L": 0}, rules=SpreadRules(factor=0.5, minimum=0), seed=1
    )
    assert [line.quantity for line in spread.lines] == [5]


def test_the_seed_decides_and_nothing_else() -> None:
    demand = [Demand(f"s{number:02}", 1, 1) for number in range(30)]
    distances = {f"L{number}": number for number in range(40)}
    rules = SpreadRules()
    first = spread_stock(demand, distances, rules=rules, seed=1)
    assert spread_stock(demand, distances, rules=rules, seed=1) == first
    assert spread_stock(demand, distances, rules=rules, seed=2) != first


def test_more_items_than_locations_is_refused() -> None:
    with pytest.raises(BadInput, match="5 items need as many locations, the layout has only 4"):
        spread_stock(FIVE, dict.fromkeys("wxyz", 1), rules=SpreadRules(), seed=1)


@pytest.mark.parametrize(
    ("cut_a", "cut_b", "factor", "locations"),
    [
        (0.0, 0.9, 1.0, (1, 1, 1)),
        (0.9, 0.8, 1.0, (1, 1, 1)),
        (0.5, 1.1, 1.0, (1, 1, 1)),
        (0.5, 0.9, 0.0, (1, 1, 1)),
        (0.5, 0.9, 1.0, (1, 0, 1)),
    ],
)
def test_rules_out_of_range_are_refused(
    cut_a: float, cut_b: float, factor: float, locations: tuple[int, int, int]
) -> None:
    with pytest.raises(BadInput):
        SpreadRules(cut_a=cut_a, cut_b=cut_b, factor=factor, locations=locations)
