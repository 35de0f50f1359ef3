"""The shortest path through a few stops by dynamic programming over subsets.

References
----------
Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
the Society for Industrial and Applied Mathematics 10(1), 196-210. DOI 10.1137/0110015.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

MOST_STOPS = 12
"""Largest number of stops for which the table (2**n * n lengths) stays in the processor cache."""


@kernel
def held_karp(lengths: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """Return the shortest path from row 0 over all inner rows to the last row.

    Exact. Time O(2**n * n**2), memory O(2**n * n) for n inner rows; start and end stay in place,
    so the matrix need not be symmetric.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres, n >= 1; row 0 is the start, row n + 1 the end.

    Returns
    -------
    tuple
        The length, and the inner rows in walking order, shape (n,), int64.
    """
    n = lengths.shape[0] - 2
    n_sets = 1 << n
    unknown = np.int64(1) << 62
    best = np.full((n_sets, n), unknown, dtype=np.int64)
    before = np.full((n_sets, n), -1, dtype=np.int8)
    for last in range(n):
        best[1 << last, last] = lengths[0, last + 1]
    for visited in range(1, n_sets):
        for last in range(n):
            length = best[visited, last]
            if length == unknown:
                continue
            for following in range(n):
                if visited >> following & 1:
                    continue
                grown = visited | 1 << following
                candidate = length + lengths[last + 1, following + 1]
                if candidate < best[grown, following]:
                    best[grown, following] = candidate
                    before[grown, following] = last
    visited = n_sets - 1
    last = 0
    shortest = unknown
    for candidate_last in range(n):
        candidate = best[visited, candidate_last] + lengths[candidate_last + 1, n + 1]
        if candidate < shortest:
            shortest = candidate
            last = candidate_last
    order = np.empty(n, dtype=np.int64)
    for position in range(n - 1, -1, -1):
        order[position] = last + 1
        previous = before[visited, last]
        visited ^= 1 << last
        last = previous
    return int(shortest), order
