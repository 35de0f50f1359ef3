"""The cheapest order of a few stops that have several states each, by subsets.

References
----------
Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
the Society for Industrial and Applied Mathematics 10(1), 196-210. DOI 10.1137/0110015.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

MOST_GROUPS = 12
"""Largest number of groups between start and end for which the table over subsets stays small."""

UNKNOWN = 1 << 60
"""More than any tour costs."""


@kernel
def cheapest_order(costs: NDArray[np.int64], n_states: int) -> tuple[int, NDArray[np.int64]]:
    """Return the cheapest path from the first group over all inner groups to the last.

    Exact. Time O(2**n * n**2 * n_states**2), memory O(2**n * n * n_states) for n inner groups.

    Parameters
    ----------
    costs
        Shape ((n + 2) * n_states, (n + 2) * n_states), int64, millimetres, n >= 1.
    n_states
        States per group.

    Returns
    -------
    tuple
        The cost, and the inner groups in walking order, shape (n,), int64.
    """
    n = costs.shape[0] // n_states - 2
    size = n * n_states
    n_sets = 1 << n
    best = np.full((n_sets, size), UNKNOWN, dtype=np.int64)
    before = np.full((n_sets, size), -1, dtype=np.int16)
    end = (n + 1) * n_states
    for last in range(size):
        best[1 << (last // n_states), last] = costs[0, n_states + last]
    for visited in range(1, n_sets):
        for last in range(size):
            cost = best[visited, last]
            if cost == UNKNOWN:
                continue
            for group in range(n):
                if visited >> group & 1:
                    continue
                grown = visited | 1 << group
                for following in range(group * n_states, (group + 1) * n_states):
                    candidate = cost + costs[n_states + last, n_states + following]
                    if candidate < best[grown, following]:
                        best[grown, following] = candidate
                        before[grown, following] = last
    visited = n_sets - 1
    least, last = UNKNOWN, 0
    for candidate_last in range(size):
        candidate = best[visited, candidate_last] + costs[n_states + candidate_last, end]
        if candidate < least:
            least, last = candidate, candidate_last
    order = np.empty(n, dtype=np.int64)
    for position in range(n - 1, -1, -1):
        group = last // n_states
        order[position] = group + 1
        last, visited = before[visited, last], visited ^ 1 << group
    return int(least), order
