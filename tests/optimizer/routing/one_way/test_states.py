from __future__ import annotations

import numpy as np
import pytest

from optimizer.routing.one_way.frame import Stretch, passage_costs
from optimizer.routing.one_way.programme import BLOCKED
from optimizer.routing.one_way.states import (
    BOTH_WAYS,
    EMPTY,
    FROM_BACK,
    FROM_FRONT,
    LARGEST_GAP,
    TIMES,
    one_way_tables,
)


@pytest.mark.parametrize(("n_rows", "limit"), [(2, 2), (2, 5), (3, 2), (3, 3)])
@pytest.mark.parametrize("open_walk", [False, True])
def test_tables_hold_together(n_rows: int, limit: int, open_walk: bool) -> None:
    tables = one_way_tables(n_rows, limit, open_walk)
    assert tables.begin.shape == (4 * n_rows, tables.n_states + 1)
    assert tables.begin[0, 0] == 0
    assert tables.begin[-1, -1] == len(tables.source)
    assert np.all(np.diff(tables.begin, axis=1) >= 0)
    for operation in range(4 * n_rows):
        for state in range(tables.n_states):
            run = slice(tables.begin[operation, state], tables.begin[operation, state + 1])
            assert np.all(tables.source[run] == state)
    assert tables.target.max() == tables.n_states - 1
    # The empty walk is no closed walk; done is one, and never at the limit.
    assert not tables.complete[0]
    assert tables.complete[-1]
    assert not tables.limited[-1]


def test_states_of_two_rows_are_those_counted_by_hand() -> None:
    tables = one_way_tables(2, 2, False)
    # Surplus (0, 0): nothing touched, front, back, both apart, both joined; (1, -1) and (-1, 1),
    # joined; at the limit (2, -2) and (-2, 2); done.
    assert tables.n_states == 5 + 2 + 2 + 1
    assert tables.limited.sum() == 2


def test_a_higher_limit_keeps_the_states_below_it() -> None:
    low, high = one_way_tables(3, 2, True), one_way_tables(3, 3, True)
    assert (~low.limited).sum() < (~high.limited).sum()


def test_what_lies_on_a_two_way_stretch_can_be_reached_from_either_end() -> None:
    # 10 m with picks at 2, 3 and 7 m.
    costs = passage_costs(Stretch(10_000, 0), 2, [2_000, 3_000, 7_000])
    assert costs[EMPTY] == BLOCKED
    assert costs[BOTH_WAYS] == 20_000
    assert costs[FROM_FRONT] == 14_000
    assert costs[FROM_BACK] == 16_000
    # All but the gap of 4 m, there and back.
    assert costs[LARGEST_GAP] == 12_000
    assert costs[TIMES : TIMES + 4].tolist() == [10_000, 20_000, 30_000, 40_000]
    assert costs[TIMES + 4 :].tolist() == [10_000, 20_000, 30_000, 40_000]


@pytest.mark.parametrize(("way", "open_from", "open_to"), [(1, 0, 4), (-1, 4, 8)])
def test_a_one_way_stretch_is_only_walked_its_way(way: int, open_from: int, open_to: int) -> None:
    costs = passage_costs(Stretch(10_000, way), 2, [2_000])
    assert (costs[:TIMES] == BLOCKED).all()
    passable = (costs[TIMES:] < BLOCKED).tolist()
    assert passable == [open_from <= n < open_to for n in range(8)]


def test_a_missing_stretch_is_left_out() -> None:
    costs = passage_costs(Stretch(-1, 0), 2, [])
    assert costs[EMPTY] == 0
    assert (costs[1:] == BLOCKED).all()
