"""Iterated local search for a path with fixed ends on a not necessarily symmetric matrix.

Nearest neighbour, then Or-opt and 2-opt to a local optimum, then seeded double-bridge kicks.
Reversed segments are priced in constant time by prefix sums of the walk in both directions, so
one-way aisles cost nothing extra.

References
----------
Or, I. (1976): Traveling salesman-type combinatorial problems and their relation to the logistics
of regional blood banking. PhD thesis, Northwestern University (Or-opt).
Croes, G. A. (1958): A method for solving traveling-salesman problems. Operations Research 6(6),
791-812. DOI 10.1287/opre.6.6.791 (2-opt).
Martin, O., Otto, S. W., Felten, E. W. (1991): Large-step Markov chains for the traveling salesman
problem. Complex Systems 5(3), 299-326 (double bridge).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

LONGEST_MOVED_SEGMENT = 3
KICK_WINDOW = 50
"""A kick changes at most this many neighbouring positions, so that the repair stays local."""


@kernel
def iterated_local_search(
    lengths: NDArray[np.int64], kicks: int, seed: int
) -> tuple[int, NDArray[np.int64]]:
    """Return a short path from row 0 over all inner rows to the last row.

    Heuristic, deterministic for a seed. One descent costs O(n**2) per improving move.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres, n >= 1; row 0 is the start, row n + 1 the end.
    kicks
        Number of perturbations, >= 0.
    seed
        Start of the pseudo-random sequence.

    Returns
    -------
    tuple
        The length, and the inner rows in walking order, shape (n,), int64.
    """
    n = lengths.shape[0] - 2
    path = nearest_neighbour(lengths)
    length = descend(lengths, path)
    state = np.array([np.uint64(seed) * np.uint64(2) + np.uint64(1)], dtype=np.uint64)
    trial = path.copy()
    if n >= 4:
        for _ in range(kicks):
            trial[:] = path
            double_bridge(trial, state)
            trial_length = descend(lengths, trial)
            if trial_length <= length:
                length = trial_length
                path[:] = trial
    return length, path[1 : n + 1].copy()


@kernel
def nearest_neighbour(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the path that always walks to the nearest open row; shape (n + 2,), int64."""
    n = lengths.shape[0] - 2
    path = np.arange(n + 2)
    for position in range(1, n):
        nearest = position
        for candidate in range(position + 1, n + 1):
            if (
                lengths[path[position - 1], path[candidate]]
                < lengths[path[position - 1], path[nearest]]
            ):
                nearest = candidate
        chosen = path[nearest]
        path[nearest] = path[position]
        path[position] = chosen
    return path


@kernel
def descend(lengths: NDArray[np.int64], path: NDArray[np.int64]) -> int:
    """Improve ``path`` in place until no Or-opt or 2-opt move shortens it; return its length."""
    n = path.shape[0] - 2
    forth = np.zeros(n + 2, dtype=np.int64)
    back = np.zeros(n + 2, dtype=np.int64)
    improved = True
    while improved:
        improved = False
        for i in range(n + 1):
            forth[i + 1] = forth[i] + lengths[path[i], path[i + 1]]
            back[i + 1] = back[i] + lengths[path[i + 1], path[i]]
        if or_opt(lengths, path, forth, back) or two_opt(lengths, path, forth, back):
            improved = True
    return int(forth[n + 1])


@kernel
def two_opt(
    lengths: NDArray[np.int64],
    path: NDArray[np.int64],
    forth: NDArray[np.int64],
    back: NDArray[np.int64],
) -> bool:
    """Reverse the segment that saves most; return whether one saves anything."""
    n = path.shape[0] - 2
    best, best_i, best_j = 0, 0, 0
    for i in range(1, n):
        for j in range(i + 1, n + 1):
            change = (
                lengths[path[i - 1], path[j]]
                + lengths[path[i], path[j + 1]]
                + back[j]
                - back[i]
                - (forth[j + 1] - forth[i - 1])
            )
            if change < best:
                best, best_i, best_j = change, i, j
    if best == 0:
        return False
    path[best_i : best_j + 1] = path[best_i : best_j + 1][::-1].copy()
    return True


@kernel
def or_opt(
    lengths: NDArray[np.int64],
    path: NDArray[np.int64],
    forth: NDArray[np.int64],
    back: NDArray[np.int64],
) -> bool:
    """Move the short segment that saves most, turned or not; return whether one saves anything."""
    n = path.shape[0] - 2
    best, best_i, best_j, best_k, best_turned = 0, 0, 0, 0, False
    for size in range(1, LONGEST_MOVED_SEGMENT + 1):
        for i in range(1, n - size + 2):
            j = i + size - 1
            first, last = path[i], path[j]
            saved = (
                lengths[path[i - 1], first]
                + lengths[last, path[j + 1]]
                - lengths[path[i - 1], path[j + 1]]
            )
            turn = back[j] - back[i] - (forth[j] - forth[i])
            for k in range(n + 1):
                if i - 1 <= k <= j:
                    continue
                opened = lengths[path[k], path[k + 1]]
                straight = lengths[path[k], first] + lengths[last, path[k + 1]] - opened - saved
                turned = (
                    lengths[path[k], last] + lengths[first, path[k + 1]] - opened - saved + turn
                )
                if straight < best:
                    best, best_i, best_j, best_k, best_turned = straight, i, j, k, False
                if turned < best:
                    best, best_i, best_j, best_k, best_turned = turned, i, j, k, True
    if best == 0:
        return False
    move_segment(path, best_i, best_j, best_k, best_turned)
    return True


@kernel
def move_segment(path: NDArray[np.int64], i: int, j: int, k: int, turned: bool) -> None:
    """Move positions i to j behind position k, which lies outside them; turn them if asked."""
    segment = path[i : j + 1].copy()
    if turned:
        segment = segment[::-1].copy()
    size = j - i + 1
    if k < i:
        path[k + 1 + size : j + 1] = path[k + 1 : i].copy()
        path[k + 1 : k + 1 + size] = segment
    else:
        path[i : k + 1 - size] = path[j + 1 : k + 1].copy()
        path[k + 1 - size : k + 1] = segment


@kernel
def double_bridge(path: NDArray[np.int64], state: NDArray[np.uint64]) -> None:
    """Exchange two neighbouring random segments of the inner path (n >= 4)."""
    n = path.shape[0] - 2
    window = min(n, KICK_WINDOW)
    first = 1 + draw(state, n - window + 1)
    past = first + window
    a = first + draw(state, window - 1)
    b = a + 1 + draw(state, past - a - 1)
    c = b + 1 + draw(state, past - b)
    head = path[a:b].copy()
    tail = path[b:c].copy()
    path[a : a + tail.shape[0]] = tail
    path[a + tail.shape[0] : c] = head


@kernel
def draw(state: NDArray[np.uint64], below: int) -> int:
    """Return a pseudo-random integer in [0, below) by xorshift64*; ``state`` must not be 0."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return int((x * np.uint64(2685821657736338717) >> np.uint64(33)) % np.uint64(below))
