"""The dynamic programme over aisles that may be one-way, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.one_way.states import OneWayTables

BLOCKED = 1 << 40
"""Cost of a stretch that cannot be walked; as a length, of a walk that there is not."""


@kernel
def run_one_way(
    operations: NDArray[np.int64],
    first_cost: NDArray[np.int64],
    costs: NDArray[np.int64],
    to_come: NDArray[np.int64],
    tables: OneWayTables,
    below: int,
    relaxed: bool,
    chosen: NDArray[np.int32],
) -> tuple[int, int]:
    """Return the length of the shortest walk and the state in which it ends.

    ``below`` and state -1 where no walk is shorter than ``below``.

    Exact. Time O(stages * transitions per stage).

    Parameters
    ----------
    operations
        Shape (n_stages,), int64: the operation of each stage, see
        :class:`~optimizer.routing.one_way.states.OneWayTables`.
    first_cost, costs
        A transition of stage i with code c costs ``costs[first_cost[i] + c]`` millimetres,
        ``BLOCKED`` or more where it cannot be walked; int64.
    to_come
        Shape (n_stages,), int64: what the stages from each on cost at least, millimetres.
    tables
        The transition tables.
    below
        Only shorter walks are looked for; at most ``BLOCKED``.
    relaxed
        Whether states at the limit are allowed: the length is then a lower bound.
    chosen
        Shape (n_stages, n_states), int32, filled with the transition by which each state was
        reached best; of no rows where the walk is not wanted.
    """
    n_states = tables.n_states
    begin, targets, codes = tables.begin, tables.target, tables.code
    limited = tables.limited
    traced = chosen.shape[0] > 0
    lengths = np.full(n_states, below, dtype=np.int64)
    following = np.empty(n_states, dtype=np.int64)
    lengths[0] = 0
    for stage in range(operations.shape[0]):
        operation, first = operations[stage], first_cost[stage]
        most = below - to_come[stage]
        following[:] = below
        for source in range(n_states):
            length = lengths[source]
            if length >= most:
                continue
            for t in range(begin[operation, source], begin[operation, source + 1]):
                target = targets[t]
                candidate = length + costs[first + codes[t]]
                if candidate < following[target] and (relaxed or not limited[target]):
                    following[target] = candidate
                    if traced:
                        chosen[stage, target] = t
        lengths, following = following, lengths
    best, state = np.int64(below), -1
    for last in range(n_states):
        if tables.complete[last] and lengths[last] < best:
            best, state = lengths[last], last
    return int(best), int(state)
