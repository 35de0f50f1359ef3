from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.policies.blocks import SubAisle
from optimizer.routing.policies.largest_gap import LargestGapRouter, largest_gap
from tests.optimizer.layout.samples import PACK, START, location, locations, sample
from tests.optimizer.routing.more_stations import with_station


def sub_aisle(*along_mm: int) -> SubAisle:
    return SubAisle(0, 10_000, tuple((along, location(f"at {along}")) for along in along_mm))


@pytest.mark.parametrize(
    ("along_mm", "from_near_row"),
    [
        ((2_000, 8_000), 1),
        ((1_000, 3_000, 4_000), 3),
        ((6_000, 9_000), 0),
        ((5_000,), 0),
        ((2_000, 4_000, 8_000), 2),
    ],
)
def test_gap_divides_the_picks_of_an_aisle(along_mm: tuple[int, ...], from_near_row: int) -> None:
    # 2-8: the gap of 6 m lies between them; 1-3-4: 6 m up to the far row; 6-9: 6 m from the near
    # row; 5: two equal gaps, of which the first counts; 2-4-8: 4 m between the last two.
    assert largest_gap(sub_aisle(*along_mm)) == from_near_row


def test_inner_aisles_are_entered_from_both_rows() -> None:
    router = LargestGapRouter(sample("single-block"))
    wanted = locations("A-02-01-L", "A-03-03-L", "A-01-02-L", "A-02-04-L")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-02-L", "A-02-04-L", "A-03-03-L", "A-02-01-L")
    # Through aisle 1 and 3: 10 + 10 m; 2 m into aisle 2 from the back and from the front: 4 + 4 m;
    # the cross-aisles 6 + 6 m.
    assert tour.length_mm == 20_000 + 8_000 + 12_000
    assert tour.policy == "largest-gap"


def test_single_aisle_is_entered_and_left_at_the_front() -> None:
    router = LargestGapRouter(sample("single-block"))
    tour = router.route(locations("A-02-03-L", "A-02-01-L"), start=START, end=START)
    assert tour.length_mm == 2 * (3_000 + 6_000)


def test_nearer_block_is_entered_from_its_far_row() -> None:
    router = LargestGapRouter(sample("two-block"))
    # Positions 1 to 8 lie 2 to 9 m from the near row of their 11 m.
    wanted = locations("A-01-2-05-L", "A-02-1-01-L", "A-02-1-08-L", "A-03-1-08-L", "A-04-1-05-L")
    tour = router.route(wanted, start=START, end=START)
    # Along the far row of block 1: position 8 of aisles 2 and 3; through aisle 4; then what is
    # left of aisle 2.
    assert tour.stops == (
        "A-01-2-05-L",
        "A-02-1-08-L",
        "A-03-1-08-L",
        "A-04-1-05-L",
        "A-02-1-01-L",
    )
    # Out along aisle 1, 6 m in and out; 2 m into aisles 2 and 3, down aisle 4; 2 m into aisle 2.
    block_1 = 4_000 + 2 * 2_000 + 4_000 + 2 * 2_000 + 4_000 + 11_000 + 8_000 + 2 * 2_000 + 4_000
    assert tour.length_mm == 2_500 + 11_000 + 2 * 6_000 + block_1 + 2_500


def test_gap_between_the_picks_and_the_front_is_left_out() -> None:
    router = LargestGapRouter(sample("single-block"))
    wanted = locations("A-01-02-L", "A-02-02-L", "A-02-03-L", "A-03-01-L")
    tour = router.route(wanted, start=START, end=PACK)
    assert tour.stops == ("A-01-02-L", "A-02-03-L", "A-02-02-L", "A-03-01-L")
    # Aisle 2 has gaps of 4, 2 and 4 m: both picks are reached from the back, 6 m in and out.
    assert tour.length_mm == 10_000 + 3_000 + 2 * 6_000 + 3_000 + 10_000


def test_start_at_the_back_right_mirrors_the_walk() -> None:
    layout, corner = with_station(sample("single-block"), "back-3")
    wanted = locations("A-01-02-L", "A-02-01-L", "A-02-04-L", "A-03-01-L")
    tour = LargestGapRouter(layout).route(wanted, start=corner, end=corner)
    # Down aisle 3; along the front 2 m into aisle 2; up aisle 1; along the back 2 m into aisle 2.
    assert tour.stops == ("A-03-01-L", "A-02-01-L", "A-01-02-L", "A-02-04-L")
    assert tour.length_mm == 20_000 + 2 * 2_000 + 2 * 2_000 + 2 * 6_000


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="largest-gap needs parallel aisles"):
        LargestGapRouter(sample("irregular"))
