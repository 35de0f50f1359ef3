from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.errors import ProblemError
from optimizer.order_selection.problem import Piece, SelectionProblem

PROBLEM = SelectionProblem(
    volumes=(2, 3),
    pieces=(Piece(0, 0, -1, 2), Piece(1, 1, 3, -4)),
    orders=((0,), (0, 1)),
    least_lines=2,
    most_orders=2,
    most_volume=5,
    above=5,
    below=4,
)


def test_zones_are_counted_by_their_highest_number() -> None:
    assert PROBLEM.n_zones == 2
    assert replace(PROBLEM, pieces=()).n_zones == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"least_lines": 0}, "least_lines must be at least 1, got 0"),
        ({"most_orders": 0}, "most_orders must be at least 1, got 0"),
        ({"most_volume": -1}, "most_volume must be at least 1, got -1"),
        ({"volumes": (2, 0)}, "article 1: volume must be at least 1, got 0"),
        ({"pieces": (Piece(2, 0, 0, 1),)}, "piece 0: there is no article 2"),
        ({"pieces": (Piece(0, -1, 0, 1),)}, "piece 0: zone must be at least 0, got -1"),
        ({"pieces": (Piece(0, 0, 0, 0),)}, "piece 0: row must lie between -4 and 5 and not be 0"),
        ({"pieces": (Piece(0, 0, 0, 6),)}, "got 6"),
        ({"pieces": (Piece(0, 0, 0, -5),)}, "got -5"),
        ({"orders": ((0,), ())}, "order 1: has no line"),
        ({"orders": ((0,), (2,))}, "order 1: there is no article 2"),
        ({"least_lines": 4}, "4 lines are wanted, all orders have 3"),
    ],
)
def test_what_breaks_a_rule_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        replace(PROBLEM, **changes)  # type: ignore[arg-type]  # One field of each type in turn.
