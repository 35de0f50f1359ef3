from __future__ import annotations

import pytest

from optimizer.errors import LayoutError
from optimizer.routing.return_ import ReturnRouter
from tests.optimizer.layout.samples import START, locations, sample


def test_each_aisle_is_left_where_it_was_entered() -> None:
    router = ReturnRouter(sample("single-block"))
    wanted = locations("A-03-01-L", "A-02-03-L", "A-01-02-L", "A-02-01-R")
    tour = router.route(wanted, start=START, end=START)
    assert tour.stops == ("A-01-02-L", "A-02-01-R", "A-02-03-L", "A-03-01-L")
    # In and out 4 m, 6 m and 2 m, and twice the 6 m from aisle 1 to aisle 3.
    assert tour.length_mm == 2 * (4_000 + 6_000 + 2_000) + 2 * 6_000
    assert tour.policy == "return"


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


def test_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="the policy return needs parallel aisles: edge"):
        ReturnRouter(sample("irregular"))
