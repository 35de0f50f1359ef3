"""The dynamic programme over aisles: runs the stages of one tour through the transition tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.stages import (
    AT,
    BLOCKED,
    KIND,
    MARK_STAGE,
    PASSAGE_STAGE,
    STEP_STAGE,
    Grid,
    lay_stages,
)
from optimizer.routing.transitions import Transitions

NEVER = 1 << 61
"""Length of a state that no walk reaches."""


@kernel
def run_stages(
    stages: NDArray[np.int64],
    costs: NDArray[np.int64],
    tables: Transitions,
    chosen: NDArray[np.int32],
    traced: bool,
) -> tuple[int, int]:
    """Return the length of the shortest walk and the state in which it ends.

    Exact. Time O(stages * transitions per stage).

    Parameters
    ----------
    stages, costs
        From :func:`~optimizer.routing.stages.lay_stages`.
    tables
        The transition tables.
    chosen
        Shape (n_stages, n_states), int32: filled, when ``traced``, with the transition (touch and
        mark: the source state) by which each state was reached best.
    traced
        Whether ``chosen`` is wanted.
    """
    passage_begin, choice = tables.passage_begin, tables.passage_choice
    passage_target, step_begin = tables.passage_target, tables.step_begin
    step_target, step_code, step_counts = tables.step_target, tables.step_code, tables.step_counts
    n_states = tables.n_states
    lengths = np.full(n_states, NEVER, dtype=np.int64)
    following = np.empty(n_states, dtype=np.int64)
    step_cost = np.empty(step_counts.shape[0], dtype=np.int64)
    lengths[0] = 0
    for stage in range(stages.shape[0]):
        kind, at = stages[stage, KIND], stages[stage, AT]
        following[:] = NEVER
        if kind == PASSAGE_STAGE:
            for source in range(n_states):
                if lengths[source] == NEVER:
                    continue
                for t in range(passage_begin[at, source], passage_begin[at, source + 1]):
                    length = lengths[source] + costs[stage, choice[t]]
                    target = passage_target[t]
                    if length < following[target]:
                        following[target] = length
                        if traced:
                            chosen[stage, target] = t
        elif kind == STEP_STAGE:
            for code in range(step_counts.shape[0]):
                step_cost[code] = 0
                for row in range(step_counts.shape[1]):
                    step_cost[code] += step_counts[code, row] * costs[stage, row]
            for source in range(n_states):
                if lengths[source] == NEVER:
                    continue
                for t in range(step_begin[source], step_begin[source + 1]):
                    length = lengths[source] + step_cost[step_code[t]]
                    target = step_target[t]
                    if length < following[target]:
                        following[target] = length
                        if traced:
                            chosen[stage, target] = t
        else:
            table = tables.mark if kind == MARK_STAGE else tables.touch
            for source in range(n_states):
                reached = table[at, source]
                if reached >= 0 and lengths[source] < following[reached]:
                    following[reached] = lengths[source]
                    if traced:
                        chosen[stage, reached] = source
        lengths, following = following, lengths
    best, state = np.int64(BLOCKED), -1
    for last in range(n_states):
        if tables.complete[last] and lengths[last] < best:
            best, state = lengths[last], last
    return int(best), int(state)


@kernel
def shortest_length(
    picks: NDArray[np.int64],
    stations: NDArray[np.int64],
    grid: Grid,
    tables: Transitions,
) -> int:
    """Return the length of the shortest walk, or ``BLOCKED`` where there is none.

    Parameters as :func:`~optimizer.routing.stages.lay_stages` and :func:`run_stages`.
    """
    stages, costs = lay_stages(picks, stations, grid)
    nothing = np.empty((0, 0), dtype=np.int32)
    length, _ = run_stages(stages, costs, tables, nothing, False)
    return length
