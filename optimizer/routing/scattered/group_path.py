"""The shortest path that visits one member of every group, by dynamic programming over subsets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel


@kernel
def group_path(lengths: NDArray[np.int64], groups: NDArray[np.int64], n_groups: int) -> int:
    """Return the length of the shortest path from row 0 to the last that meets every group.

    Exact. Time O(2**n_groups * n**2), memory O(2**n_groups * n) for n inner rows. The programme
    of Held and Karp over groups that were met instead of points that were visited.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres, with the triangle inequality; row 0 is the
        start, row n + 1 the end. Not necessarily symmetric.
    groups
        Shape (n,), int64: bits of the groups to which each inner row belongs, at least one.
    n_groups
        Number of groups, >= 1.

    References
    ----------
    Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
    the Society for Industrial and Applied Mathematics 10(1), 196-210. DOI 10.1137/0110015.
    """
    n = groups.shape[0]
    unknown = 1 << 61
    everything = (1 << n_groups) - 1
    best = np.full((everything + 1, n), unknown, dtype=np.int64)
    for last in range(n):
        best[groups[last], last] = lengths[0, last + 1]
    shortest = unknown
    for met in range(1, everything + 1):
        for last in range(n):
            length = best[met, last]
            if length >= unknown:
                continue
            if met == everything:
                shortest = min(shortest, length + lengths[last + 1, n + 1])
                continue
            for following in range(n):
                grown = met | groups[following]
                if grown != met:
                    candidate = length + lengths[last + 1, following + 1]
                    best[grown, following] = min(best[grown, following], candidate)
    return int(shortest)
