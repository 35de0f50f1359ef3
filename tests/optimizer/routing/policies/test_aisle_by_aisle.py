"""Aisle-by-aisle by hand.

Single block: aisles 10 m long, 3 m apart, position p at 2 p m. Two blocks: aisles 4 m apart,
cross-aisles 11 m apart, position p at p + 1 m, start 2.5 m in front of aisle 1.
"""

from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.policies.aisle_by_aisle import AisleByAisleProgrammeRouter
from tests.optimizer.layout.samples import PACK, START, locations, sample
from tests.optimizer.routing.more_stations import with_station


def test_each_aisle_is_finished_through_both_blocks() -> None:
    router = AisleByAisleProgrammeRouter(sample("two-block"))
    wanted = locations("A-01-1-01-L", "A-01-2-08-L", "A-02-2-03-L", "A-03-1-08-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-1-01-L", "A-01-2-08-L", "A-02-2-03-L", "A-03-1-08-L")
    # Up aisle 1 to the back, down aisle 2 to the middle cross-aisle, down aisle 3, 8 m home. With
    # the middle cross-aisle to aisle 2 as well it would be 2 * 9 + 2 * 4 m instead of 22 m.
    assert tour.length_mm == 2_500 + 22_000 + 4_000 + 11_000 + 4_000 + 11_000 + 8_000 + 2_500
    assert tour.policy == "aisle-by-aisle"


def test_picks_beyond_the_way_on_are_taken_in_and_out() -> None:
    router = AisleByAisleProgrammeRouter(sample("two-block"))
    wanted = locations("A-01-1-04-L", "A-01-2-01-L", "A-02-2-01-L", "A-03-1-05-L")
    tour = router.route(wanted, start=START, end=START)
    # Up to the middle cross-aisle and 2 m beyond; 2 m into aisle 2; down aisle 3.
    assert tour.length_mm == (
        2_500 + 11_000 + 2 * 2_000 + 4_000 + 2 * 2_000 + 4_000 + 11_000 + 8_000 + 2_500
    )
    assert tour.path[1:4] == ((0, 13_000, 0), (0, 11_000, 0), (4_000, 11_000, 0))


def test_only_aisle_is_left_at_the_row_of_the_end() -> None:
    layout, corner = with_station(sample("single-block"), "back-2")
    router = AisleByAisleProgrammeRouter(layout)
    wanted = locations("A-02-04-L", "A-02-01-L")
    assert router.length_mm(wanted, start=START, end=PACK) == 3_000 + 2 * 8_000 + 3_000
    assert router.length_mm(wanted, start=START, end=corner) == 3_000 + 10_000


def test_start_at_the_back_right_begins_there() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    router = AisleByAisleProgrammeRouter(layout)
    wanted = locations("A-01-04-L", "A-02-04-L", "A-03-03-L")
    tour = router.route(wanted, start=corner, end=START)
    # 4 m into aisle 3 and 2 m into aisle 2 from the back, down aisle 1.
    assert tour.stops == ("A-03-03-L", "A-02-04-L", "A-01-04-L")
    assert tour.length_mm == 2 * 4_000 + 3_000 + 2 * 2_000 + 3_000 + 10_000


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="aisle-by-aisle needs parallel aisles"):
        AisleByAisleProgrammeRouter(sample("irregular"))
