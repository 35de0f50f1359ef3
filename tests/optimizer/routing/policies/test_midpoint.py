"""Midpoint by hand.

Single block: aisles 10 m long, 3 m apart, position p at 2 p m. Two blocks: aisles 4 m apart,
cross-aisles 11 m apart, position p at p + 1 m, start 2.5 m in front of aisle 1.
"""

from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.policies.blocks import SubAisle
from optimizer.routing.policies.midpoint import MidpointRouter, picks_up_to_the_middle
from tests.optimizer.layout.samples import PACK, START, location, locations, sample
from tests.optimizer.routing.more_stations import with_station


@pytest.mark.parametrize(
    ("along_mm", "near"), [((2_000, 8_000), 1), ((5_000,), 1), ((5_001,), 0), ((0, 10_000), 1)]
)
def test_middle_itself_belongs_to_the_near_half(along_mm: tuple[int, ...], near: int) -> None:
    picks = tuple((along, location(f"at {along}")) for along in along_mm)
    assert picks_up_to_the_middle(SubAisle(0, 10_000, picks)) == near


def test_inner_aisles_are_entered_from_both_rows_up_to_their_middle() -> None:
    router = MidpointRouter(sample("single-block"))
    wanted = locations("A-02-02-L", "A-03-01-L", "A-01-02-L", "A-02-03-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-02-L", "A-02-03-L", "A-03-01-L", "A-02-02-L")
    # Through aisles 1 and 3: 10 + 10 m; 4 m into aisle 2 from the back and from the front, where
    # largest gap would enter once; the cross-aisles 6 + 6 m.
    assert tour.length_mm == 20_000 + 2 * 4_000 + 2 * 4_000 + 12_000
    assert tour.policy == "midpoint"
    assert tour.path == (
        *((0, 0, 0), (0, 10_000, 0), (3_000, 10_000, 0), (3_000, 6_000, 0), (3_000, 10_000, 0)),
        *((6_000, 10_000, 0), (6_000, 0, 0), (3_000, 0, 0), (3_000, 4_000, 0), (3_000, 0, 0)),
        (0, 0, 0),
    )


def test_two_aisles_are_both_walked_through() -> None:
    router = MidpointRouter(sample("single-block"))
    tour = router.route(locations("A-01-01-L", "A-02-01-L"), start=START, end=PACK)
    assert tour.length_mm == 10_000 + 3_000 + 10_000 + 3_000


def test_only_aisle_is_left_where_it_was_entered() -> None:
    router = MidpointRouter(sample("single-block"))
    tour = router.route(locations("A-02-04-L"), start=START, end=PACK)
    assert tour.length_mm == 3_000 + 2 * 8_000 + 3_000


def test_start_at_the_back_right_mirrors_the_walk() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    wanted = locations("A-01-02-L", "A-02-01-L", "A-02-04-L", "A-03-01-L")
    tour = MidpointRouter(layout).route(wanted, start=corner, end=START)
    # Down aisle 3; along the front 2 m into aisle 2; up aisle 1; along the back 2 m into aisle 2.
    assert tour.stops == ("A-03-01-L", "A-02-01-L", "A-01-02-L", "A-02-04-L")
    # After that 3 m to a corner and 10 m to the front, and 0 or 3 m along it: 13 m to the start.
    walk = 10_000 + 3_000 + 2 * 2_000 + 3_000 + 10_000 + 3_000 + 2 * 2_000
    assert tour.length_mm == walk + 13_000


def test_nearer_block_is_entered_from_its_far_row() -> None:
    router = MidpointRouter(sample("two-block"))
    wanted = locations("A-01-2-05-L", "A-02-1-01-L", "A-02-1-08-L", "A-03-1-08-L", "A-04-1-05-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == (
        "A-01-2-05-L",
        "A-02-1-08-L",
        "A-03-1-08-L",
        "A-04-1-05-L",
        "A-02-1-01-L",
    )
    # Out along aisle 1 and 6 m in and out; along the middle cross-aisle 2 m into aisles 2 and 3,
    # down aisle 4; along the front 2 m into aisle 2, and home.
    block_1 = 4_000 + 2 * 2_000 + 4_000 + 2 * 2_000 + 4_000 + 11_000 + 8_000 + 2 * 2_000 + 4_000
    assert tour.length_mm == 2_500 + 11_000 + 2 * 6_000 + block_1 + 2_500


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="midpoint needs parallel aisles"):
        MidpointRouter(sample("irregular"))
