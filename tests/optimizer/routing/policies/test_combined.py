"""Combined by hand.

Single block: aisles 10 m long, 3 m apart, position p at 2 p m. Two blocks: aisles 4 m apart,
cross-aisles 11 m apart, position p at p + 1 m, start 2.5 m in front of aisle 1.
"""

from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.policies.combined import CombinedRouter
from tests.optimizer.layout.samples import PACK, START, locations, sample
from tests.optimizer.routing.more_stations import with_station


def test_aisle_between_two_that_are_walked_through_is_entered_from_the_back() -> None:
    router = CombinedRouter(sample("single-block"))
    wanted = locations("A-01-04-L", "A-02-04-L", "A-03-04-L")
    tour = router.route(wanted, start=START, end=START)
    # S-shape would take 10 + 10 + 16 m in the aisles, return 3 * 16 m.
    assert tour.length_mm == 10_000 + 3_000 + 2 * 2_000 + 3_000 + 10_000 + 6_000
    assert tour.policy == "combined"
    assert tour.path == (
        *((0, 0, 0), (0, 10_000, 0), (3_000, 10_000, 0), (3_000, 8_000, 0), (3_000, 10_000, 0)),
        *((6_000, 10_000, 0), (6_000, 0, 0), (0, 0, 0)),
    )


def test_short_first_aisle_is_left_where_it_was_entered() -> None:
    router = CombinedRouter(sample("single-block"))
    wanted = locations("A-01-01-L", "A-02-03-L", "A-03-03-L")
    tour = router.route(wanted, start=START, end=PACK)
    # 2 m in and out of aisle 1, through 2 and 3: 24 m; S-shape 10 + 10 + 12, return 4 + 12 + 12.
    assert tour.length_mm == 2 * 2_000 + 3_000 + 10_000 + 3_000 + 10_000
    assert tour.stops == ("A-01-01-L", "A-02-03-L", "A-03-03-L")


def test_only_aisle_is_left_where_it_was_entered() -> None:
    router = CombinedRouter(sample("single-block"))
    tour = router.route(locations("A-02-04-L", "A-02-01-L"), start=START, end=PACK)
    assert tour.length_mm == 3_000 + 2 * 8_000 + 3_000


def test_start_at_the_back_right_mirrors_the_walk() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    wanted = locations("A-01-01-L", "A-02-01-L", "A-03-01-L")
    tour = CombinedRouter(layout).route(wanted, start=corner, end=START)
    # Down aisle 3, 2 m into aisle 2 from the front, up aisle 1; then through aisle 1 to the start.
    assert tour.stops == ("A-03-01-L", "A-02-01-L", "A-01-01-L")
    assert tour.length_mm == 10_000 + 3_000 + 2 * 2_000 + 3_000 + 10_000 + 10_000


def test_nearer_block_is_entered_at_its_far_row() -> None:
    router = CombinedRouter(sample("two-block"))
    wanted = locations("A-01-2-05-L", "A-03-1-08-L", "A-04-1-08-L", "A-05-1-01-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-2-05-L", "A-03-1-08-L", "A-04-1-08-L", "A-05-1-01-L")
    # Out along aisle 1, 6 m in and out; 2 m into aisles 3 and 4 from the middle cross-aisle, down
    # aisle 5, home.
    block_1 = 8_000 + 2 * 2_000 + 4_000 + 2 * 2_000 + 4_000 + 11_000
    assert tour.length_mm == 2_500 + 11_000 + 2 * 6_000 + block_1 + 16_000 + 2_500


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="combined needs parallel aisles"):
        CombinedRouter(sample("irregular"))
