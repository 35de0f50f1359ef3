from __future__ import annotations

import pytest

from optimizer.routing.router import Tour
from server.cli.route_output import above_percent, tour_words
from server.cli.route_search import FoundTour
from tests.optimizer.layout.samples import PACK, START, locations


@pytest.mark.parametrize(
    ("optimal", "bound_mm", "shortest_mm", "words"),
    [
        (True, 30_000, 30_000, "the shortest possible"),
        (False, None, 24_000, "25.0 % above the shortest (24.0 m)"),
        (False, 20_000, None, "at most 50.0 % above the shortest"),
        (False, None, None, "not proven to be the shortest"),
    ],
)
def test_last_line_says_what_is_known(
    optimal: bool, bound_mm: int | None, shortest_mm: int | None, words: str
) -> None:
    tour = Tour(tuple(locations("A")), 30_000, "graph", optimal, bound_mm)
    found = FoundTour(START, PACK, tour, ((0, 0, 0),), (12_000,), shortest_mm)
    last = tour_words(found).splitlines()[-1]
    assert last == f"30.0 m over 1 stop, graph, {words}"


def test_nothing_is_above_a_walk_of_no_length() -> None:
    assert above_percent(0, 0) == 0.0
