from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.foodmart import (
    UNIT,
    BoxedOrder,
    BoxInstance,
    number_of_orders,
    parse_box_instance,
)
from benchmarks.readers.foodmart_layout import DEPOT, exact_router, location_id
from benchmarks.suite import Request
from benchmarks.suites.foodmart import FOODMART
from optimizer.batching.walks import grid_walk
from optimizer.routing.exact import ExactRouter
from optimizer.routing.held_karp import held_karp
from tests.benchmarks.foodmart_files import box_text

ORDERS = [[(1, 4), (8, 7)], [(2, 10)]]
"""Eleven pieces fill two boxes, ten fill one. Product 1 is the first of aisle 0, 8 the last."""


def test_header_orders_and_graph_are_read() -> None:
    found = parse_box_instance("tiny", box_text(ORDERS))
    assert found.n_boxes == 2
    assert found.orders == (BoxedOrder(1, 2, (1, 8)), BoxedOrder(2, 1, (2,)))
    # Locations: depot 0, products 1 to 8, crossings 9 to 11 and 12 to 14, depot 15.
    assert (found.start, found.end, len(found.places)) == (0, 15, 16)
    assert found.arcs[0, 9] == found.arcs[9, 15] == 150
    assert found.arcs[0, 12] == 335  # sqrt(3² + 1.5²) = 3.354
    assert found.places[8] == (300, 500)
    # Straight to the front of aisle 1, 3.35, and 5 along it; 1.5 + 1 to the first product.
    assert (found.distances[0, 8], found.distances[1, 15]) == (835, 250)


def test_the_number_of_orders_is_read_without_the_rest() -> None:
    assert number_of_orders("tiny", box_text(ORDERS)) == 2
    with pytest.raises(InstanceError, match="tiny: Nb Orders is missing"):
        number_of_orders("tiny", "//NbOrders\n2\n")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("//NbLocations\n", "", "line 1: stands below no heading"),
        ("//K: NbBoxesTrolley\n", "//Boxes\n", 'the table "K: NbBoxesTrolley ..." is missing'),
        ("//K: NbBoxesTrolley\n2\n", "//K: NbBoxesTrolley\n", "stands no value"),
        ("//B: CapaBox \n10", "//B: CapaBox \nten", 'line 10: "ten" is not 1 or more counts'),
        ("//NbDimensionsCapacity\n1", "//NbDimensionsCapacity\n2", "more than one dimension"),
        ("//Nb Orders\n2", "//Nb Orders\n3", "has 2 orders, not Nb Orders"),
        ("1 2 2 1 4 8 7", "1 2 3 1 4 8 7", "order 1 has not the 3 lines it states"),
        ("1 2 2 1 4 8 7", "1 2 2 1 4 9 7", "order 1 asks for unknown product 9"),
        ("1 2 2 1 4 8 7", "1 1 2 1 4 8 7", "order 1 of size 11 does not fill 1 boxes of 10"),
        ("2 1 1 2 10", "2 0 0", "order 2 has no line"),
        ("//K: NbBoxesTrolley\n2", "//K: NbBoxesTrolley\n1", "order 1 fills 2 boxes, a trolley"),
        ("\n0 9 1.5\n", "\n0 9 1.505\n", '"0 9 1.505" is not two places and a length in 1/100'),
        ("\n0 9 1.5\n", "\n0 9\n", '"0 9" is not two places and a length'),
        ("\n0 9 1.5\n", "\n0 16 1.5\n", "no location 16 of 16"),
        ("\n0 9 1.50\n", "\n0 16 1.50\n", "a shortest path from 0 to 16 of 16"),
        ('2 0.0 2.0 "place 2"', '4 0.0 2.0 "place 4"', "is not place 2"),
        ('2 0.0 2.0 "place 2"', "2 0.0", 'is not "number x y name"'),
        ('15 0.0 -1.5 "place 15"\n', "", "has coordinates of 15 of 16 places"),
    ],
)
def test_broken_files_are_refused_by_line_and_rule(before: str, after: str, message: str) -> None:
    text = box_text(ORDERS)
    assert before in text
    with pytest.raises(InstanceError) as refused:
        parse_box_instance("tiny", text.replace(before, after, 1))
    assert message in str(refused.value)
    assert str(refused.value).startswith("tiny")


def test_an_instance_has_orders() -> None:
    with pytest.raises(InstanceError, match="has no order"):
        parse_box_instance("tiny", box_text([]))


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ([("\n9 0 1.5\n", "\n")], "an arc has no way back of its length"),
        ([("\n9 0 1.5\n", "\n9 0 1.6\n")], "an arc has no way back of its length"),
        ([("\n9 0 1.5\n", "\n"), ("\n0 9 1.5\n", "\n")], "departure and arrival are not one"),
        # An edge from the middle of aisle 0 into aisle 1.
        ([("\n0 9 1.5\n", "\n0 9 1.5\n1 6 9.0\n6 1 9.0\n")], "no grid of aisles"),
        # The depot also at the middle cross-aisle.
        (
            [("\n0 9 1.5\n", "\n0 9 1.5\n0 10 4.5\n10 0 4.5\n15 10 4.5\n10 15 4.5\n")],
            "not joined to one outer cross-aisle",
        ),
        ([("\n1 8 7.00\n", "\n1 8 6.99\n")], "shortest walks are not those that it states"),
        ([("\n9 12 3.0\n", "\n9 12 0.0\n"), ("\n12 9 3.0\n", "\n12 9 0.0\n")], "must be positive"),
    ],
)
def test_what_is_no_grid_with_a_depot_before_it_is_refused(
    edits: list[tuple[str, str]], message: str
) -> None:
    text = box_text(ORDERS)
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(InstanceError, match=message):
        exact_router(parse_box_instance("tiny", text))


def assert_tours_are_shortest(
    instance: BoxInstance, router: ExactRouter, tours: Sequence[Sequence[int]]
) -> None:
    """Compare the compiled length, the tour and its walk with the dynamic programme over sets."""
    course = router.course(DEPOT, DEPOT)
    assert course is not None
    walk = grid_walk([course])
    for stops in tours:
        among = [instance.start, *stops, instance.end]
        shortest, _ = held_karp(instance.distances[np.ix_(among, among)])
        ids = [location_id(place) for place in stops]
        assert walk.length_mm(router.points(ids)) == shortest, stops
        tour = router.route(ids, start=DEPOT, end=DEPOT)
        walked = [instance.start, *(int(stop[1:]) for stop in tour.stops), instance.end]
        assert sorted(walked) == sorted(among)
        assert sum(instance.distances[a, b] for a, b in itertools.pairwise(walked)) == shortest


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("n_aisles", "joined"), [(2, None), (5, None), (4, (1, 3))])
def test_tours_from_a_depot_beside_the_grid_are_shortest(
    n_aisles: int, joined: tuple[int, ...] | None, turned: bool
) -> None:
    n_products = 2 * 3 * n_aisles
    everything = [[(product, 1) for product in range(1, n_products + 1)]]
    text = box_text(
        everything, n_aisles=n_aisles, per_stretch=3, box=100, turned=turned, joined=joined
    )
    instance = parse_box_instance("made up", text)
    choose = random.Random(n_aisles)
    tours = [
        choose.sample(range(1, n_products + 1), choose.randint(1, min(10, n_products)))
        for _ in range(60)
    ]
    assert_tours_are_shortest(instance, exact_router(instance), tours)


def test_one_product_is_reached_on_the_straight_line() -> None:
    instance = parse_box_instance("tiny", box_text(ORDERS))
    tour = exact_router(instance).route([location_id(8)], start=DEPOT, end=DEPOT)
    assert tour.length_mm == 2 * 835
    assert UNIT == 100


def test_tours_of_public_instances_are_shortest(public_data: Path) -> None:
    """Sets of locations as batches have them near their smallest: up to 12 of all."""
    choose = random.Random(3)
    for case in FOODMART.cases(Request(public_data))[::31]:
        instance = parse_box_instance(case.name, case.text)
        wanted = sorted({place for order in instance.orders for place in order.locations})
        tours = [choose.sample(wanted, choose.randint(1, 12)) for _ in range(20)]
        assert_tours_are_shortest(instance, exact_router(instance), tours)
