"""Return by hand.

Single block: aisles 10 m long, 3 m apart, position p at 2 p m. Two blocks: aisles 4 m apart,
cross-aisles 11 m apart, position p at p + 1 m, start 2.5 m in front of aisle 1.
"""

from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.policies.return_ import ReturnRouter
from tests.optimizer.layout.samples import PACK, START, locations, sample
from tests.optimizer.routing.more_stations import with_station


def test_each_aisle_is_left_where_it_was_entered() -> None:
    router = ReturnRouter(sample("single-block"))
    wanted = locations("A-03-01-L", "A-02-03-L", "A-01-02-L", "A-02-01-R")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-02-L", "A-02-01-R", "A-02-03-L", "A-03-01-L")
    # In and out 4 m, 6 m and 2 m, and twice the 6 m from aisle 1 to aisle 3.
    assert tour.length_mm == 2 * (4_000 + 6_000 + 2_000) + 2 * 6_000
    assert tour.policy == "return"


def test_walk_turns_at_the_last_pick_of_every_aisle() -> None:
    router = ReturnRouter(sample("single-block"))
    tour = router.route(locations("A-01-04-L", "A-02-04-L"), start=START, end=START)
    # By the back it would be 26 m: 8 + 2 + 3 + 2 + 8 + 3.
    assert tour.length_mm == 2 * (8_000 + 8_000) + 2 * 3_000
    assert tour.path == (
        *((0, 0, 0), (0, 8_000, 0), (0, 0, 0)),
        *((3_000, 0, 0), (3_000, 8_000, 0), (3_000, 0, 0), (0, 0, 0)),
    )


def test_start_at_the_back_enters_from_the_back() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    tour = ReturnRouter(layout).route(locations("A-01-04-L", "A-03-03-L"), start=corner, end=corner)
    assert tour.stops == ("A-03-03-L", "A-01-04-L")
    # 4 m into aisle 3, 2 m into aisle 1, 6 m between them.
    assert tour.length_mm == 2 * (4_000 + 2_000) + 2 * 6_000


def test_only_aisle_and_another_end() -> None:
    router = ReturnRouter(sample("single-block"))
    tour = router.route(locations("A-02-04-L"), start=START, end=PACK)
    assert tour.length_mm == 3_000 + 2 * 8_000 + 3_000
    assert tour.optimal


def test_blocks_are_worked_from_the_farthest() -> None:
    router = ReturnRouter(sample("two-block"))
    wanted = locations("A-02-1-04-L", "A-03-2-02-L", "A-04-2-07-L", "A-04-1-07-L", "A-06-2-01-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == (
        "A-02-1-04-L",
        "A-03-2-02-L",
        "A-04-2-07-L",
        "A-06-2-01-L",
        "A-04-1-07-L",
    )
    # Out through aisle 2; 3 m, 8 m and 2 m into aisles 3, 4 and 6 from the middle cross-aisle;
    # back 8 m, down through aisle 4, home.
    out = 2_500 + 4_000 + 11_000
    block_2 = 4_000 + 2 * 3_000 + 4_000 + 2 * 8_000 + 8_000 + 2 * 2_000
    assert tour.length_mm == out + block_2 + 8_000 + 11_000 + 12_000 + 2_500


def test_nearer_block_is_reached_through_its_first_sub_aisle() -> None:
    router = ReturnRouter(sample("two-block"))
    wanted = locations("A-01-2-01-L", "A-02-1-03-L", "A-02-1-05-L", "A-03-1-01-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-2-01-L", "A-02-1-05-L", "A-02-1-03-L", "A-03-1-01-L")
    # Out along aisle 1, 2 m in and out; down aisle 2; 2 m in and out of aisle 3; 8 m home.
    assert tour.length_mm == (
        2_500 + 11_000 + 2 * 2_000 + 4_000 + 11_000 + 4_000 + 2 * 2_000 + 8_000 + 2_500
    )


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="the policy return needs parallel aisles: edge"):
        ReturnRouter(sample("irregular"))
