"""S-shape by hand; aisles of the single-block sample are 10 m long and 3 m apart."""

from __future__ import annotations

import random

import pytest

import layouts
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.best import best_router
from optimizer.routing.policies.s_shape import SShapeRouter
from optimizer.routing.router import walked_mm
from tests.optimizer.layout.samples import PACK, START, locations, sample
from tests.optimizer.routing.more_stations import with_station


def test_odd_number_of_aisles_ends_with_a_return() -> None:
    router = SShapeRouter(sample("single-block"))
    wanted = locations("A-03-02-L", "A-02-04-R", "A-02-01-L", "A-01-04-L", "A-01-03-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-03-L", "A-01-04-L", "A-02-04-R", "A-02-01-L", "A-03-02-L")
    # Up aisle 1, 3 m across, down aisle 2, 3 m across, 4 m into aisle 3 and out, 6 m home.
    assert tour.length_mm == 10_000 + 3_000 + 10_000 + 3_000 + 2 * 4_000 + 6_000
    assert (tour.policy, tour.optimal, tour.bound_mm) == ("s-shape", False, None)


def test_even_number_of_aisles_is_walked_through() -> None:
    router = SShapeRouter(sample("single-block"))
    wanted = locations("A-01-04-L", "A-03-04-R", "A-03-01-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-04-L", "A-03-04-R", "A-03-01-L")
    assert tour.length_mm == 10_000 + 6_000 + 10_000 + 6_000


def test_walk_begins_at_the_side_of_the_start() -> None:
    router = SShapeRouter(sample("single-block"))
    wanted = locations("A-01-04-L", "A-02-04-L", "A-03-04-L")
    assert router.route(wanted, start=PACK, end=START).stops[0] == "A-03-04-L"
    assert router.route(wanted, start=START, end=START).stops[0] == "A-01-04-L"


def test_aisles_are_walked_to_their_ends_even_where_turning_round_is_shorter() -> None:
    router = SShapeRouter(sample("single-block"))
    tour = router.route(locations("A-01-01-L", "A-02-01-L"), start=START, end=START)
    # Through both aisles; by the front it would be 2 + 2 + 3 + 2 + 2 + 3 = 14 m.
    assert tour.length_mm == 10_000 + 3_000 + 10_000 + 3_000
    assert tour.path == (
        *((0, 0, 0), (0, 10_000, 0), (3_000, 10_000, 0)),
        *((3_000, 0, 0), (0, 0, 0)),
    )


def test_only_aisle_is_left_where_it_was_entered() -> None:
    router = SShapeRouter(sample("single-block"))
    tour = router.route(locations("A-02-03-L", "A-02-01-L"), start=START, end=PACK)
    assert tour.length_mm == 3_000 + 2 * 6_000 + 3_000
    assert tour.path[2] == (3_000, 6_000, 0)


def test_start_at_the_back_right_mirrors_the_walk() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    router = SShapeRouter(layout)
    wanted = locations("A-01-02-L", "A-02-01-L", "A-03-01-L")
    tour = router.route(wanted, start=corner, end=corner)
    assert tour.stops == ("A-03-01-L", "A-02-01-L", "A-01-02-L")
    # Down aisle 3, up aisle 2, and from the back 10 - 4 m into aisle 1 and out; 6 m home.
    assert tour.length_mm == 10_000 + 3_000 + 10_000 + 3_000 + 2 * 6_000 + 6_000


def test_picker_goes_on_to_an_end_elsewhere_after_the_walk() -> None:
    layout, corner = with_station(sample("single-block"), "back-1")
    router = SShapeRouter(layout)
    # In and out of aisle 1, then through it to the back.
    tour = router.route(locations("A-01-02-L"), start=START, end=corner)
    assert tour.length_mm == 2 * 4_000 + 10_000
    assert (tour.optimal, tour.bound_mm) == (False, 10_000)
    # Up aisle 1, down aisle 2, then 3 m to the pack station in front of aisle 3.
    tour = router.route(locations("A-01-02-L", "A-02-02-L"), start=START, end=PACK)
    assert tour.length_mm == 10_000 + 3_000 + 10_000 + 3_000


def test_farthest_block_comes_first() -> None:
    """Aisles 4 m apart, cross-aisles 11 m apart, position p at p + 1 m, start 2.5 m in front."""
    router = SShapeRouter(sample("two-block"))
    wanted = locations("A-05-1-02-L", "A-06-2-01-L", "A-04-2-07-L", "A-03-2-02-L", "A-02-1-04-L")
    tour = router.route(wanted, start=START, end=START)
    # Out through aisle 2; block 2: up aisle 3, down aisle 4, in and out of aisle 6; block 1: down
    # aisle 5.
    assert tour.stops == (
        "A-02-1-04-L",
        "A-03-2-02-L",
        "A-04-2-07-L",
        "A-06-2-01-L",
        "A-05-1-02-L",
    )
    out = 2_500 + 4_000 + 11_000
    block_2 = 4_000 + 11_000 + 4_000 + 11_000 + 8_000 + 2 * 2_000
    block_1 = 4_000 + 11_000 + 16_000 + 2_500
    assert tour.length_mm == out + block_2 + block_1 == 93_000


def test_even_number_of_sub_aisles_in_a_nearer_block_ends_at_its_near_row() -> None:
    router = SShapeRouter(sample("two-block"))
    wanted = locations("A-01-2-05-L", "A-03-1-02-L", "A-03-1-06-L", "A-04-1-02-L", "A-04-1-06-L")
    tour = router.route(wanted, start=START, end=START)
    # Block 1 is entered at its far row: down aisle 3, then into aisle 4 from the front and out.
    assert tour.stops == (
        "A-01-2-05-L",
        "A-03-1-06-L",
        "A-03-1-02-L",
        "A-04-1-02-L",
        "A-04-1-06-L",
    )
    # Out along aisle 1, 6 m in and out; 8 m to aisle 3, down, 4 m, 7 m in and out; 12 m home.
    assert tour.length_mm == (
        2_500 + 11_000 + 2 * 6_000 + 8_000 + 11_000 + 4_000 + 2 * 7_000 + 12_000 + 2_500
    )


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_every_layout_has_its_baseline(name: str) -> None:
    layout = sample(name)
    graph = WalkingGraph(layout)
    s_shape, best = SShapeRouter(layout, graph), best_router(layout, graph)
    chance = random.Random(1)
    for picks in (0, 1, 2, 8, 20):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        tour = s_shape.route(wanted, start=START, end=PACK)
        assert sorted(tour.stops) == sorted(wanted)
        assert tour.length_mm >= walked_mm(graph, tour.stops, start=START, end=PACK)
        assert tour.length_mm == s_shape.length_mm(wanted, start=START, end=PACK)
        assert tour.length_mm >= best.length_mm(wanted, start=START, end=PACK)


def test_one_way_aisles_are_walked_along_their_arrows() -> None:
    layout = generate_layout(aisles=4, positions=3, blocks=2, one_way=True)
    wanted = locations("A-02-1-01-L", "A-01-1-03-L", "A-01-2-01-L", "A-02-2-03-R")
    tour = SShapeRouter(layout).route(wanted, start=START, end=START)
    assert not tour.path
    # Aisle 1 leads to the back through both blocks, aisle 2 to the front.
    assert tour.stops == ("A-01-1-03-L", "A-01-2-01-L", "A-02-2-03-R", "A-02-1-01-L")
    # Cross-aisles 6 m apart: 2.5 + 12 + 4 + 12 + 4 + 2.5 m.
    assert tour.length_mm == 37_000
