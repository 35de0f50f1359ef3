from __future__ import annotations

from optimizer.layout.distances import Point
from server.cli.route_line import walked_along

IN_AND_OUT: tuple[Point, ...] = (
    *((0, 0, 0), (0, 8_000, 0), (0, 0, 0)),
    *((3_000, 0, 0), (3_000, 4_000, 0), (3_000, 0, 0)),
)
"""8 m into an aisle and out, 3 m on, 4 m into the next and out: 27 m."""


def test_stops_are_reached_on_the_way_in() -> None:
    stops = [(0, 2_000, 0), (0, 8_000, 0), (3_000, 1_000, 0), (3_000, 4_000, 0)]
    assert walked_along(IN_AND_OUT, stops, 27_000) == (2_000, 8_000, 20_000, 23_000)


def test_stop_passed_before_the_one_picked_before_it_is_reached_later() -> None:
    # On the way back, at 8 + 5 m.
    assert walked_along(IN_AND_OUT, [(0, 8_000, 0), (0, 3_000, 0)], 27_000) == (8_000, 13_000)


def test_longer_edges_stretch_the_line() -> None:
    assert walked_along(IN_AND_OUT, [(0, 2_000, 0), (0, 8_000, 0)], 54_000) == (4_000, 16_000)


def test_stop_beside_the_line_counts_where_the_line_is_nearest() -> None:
    assert walked_along(IN_AND_OUT, [(200, 5_000, 0), (2_800, 2_000, 0)], 27_000) == (5_000, 21_000)


def test_walk_without_length_reaches_everything_at_once() -> None:
    assert walked_along(((0, 0, 0),), [(0, 0, 0)], 0) == (0,)
