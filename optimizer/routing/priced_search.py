"""Searches for the cheapest order of stops that have several states each.

All work on the matrix of :class:`~optimizer.routing.priced_states.Legs`: state k of group g is row
``g * n_states + k``; group 0 is the start, the last group the end, and a tour takes one state of
every group. Few groups are solved exactly over subsets; more by an iterated local search with the
moves 2-opt and Or-opt (see :mod:`optimizer.routing.local_search`). What a move costs depends on the
states chosen all along the tour. So the search keeps, for every segment of the tour in both
directions, the cheapest way from each state of its first stop to each state of its last: a move
joins at most four segments and is priced exactly in constant time.

One module for all compiled functions that call each other, for the sake of the compiler's cache.

References
----------
Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
the Society for Industrial and Applied Mathematics 10(1), 196-210. DOI 10.1137/0110015.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

MOST_GROUPS = 12
"""Largest number of groups between start and end for which the table over subsets stays small."""

UNKNOWN = 1 << 60
"""More than any tour costs; four of them still fit into 64 bits."""

LONGEST_MOVED = 3
"""Longest segment that Or-opt moves."""

KICK_WINDOW = 30
"""A kick changes at most this many neighbouring positions, so that the repair stays local."""

COST, FROM, TO, BEHIND, TURNED = 0, 1, 2, 3, 4
"""Fields of a move: cost of the tour after it, segment, where it goes (-1: stays), if turned."""


class Segments(NamedTuple):
    """A path and what its segments cost (a named tuple, as compiled functions take it whole).

    Parameters
    ----------
    costs
        Shape ((n + 2) * n_states, (n + 2) * n_states), int64: the legs.
    path
        Shape (n + 2,), int64: the groups in walking order.
    forth, back
        Shape (n + 2, n + 2, n_states, n_states), int64: ``forth[i, j, a, b]`` leads from state a
        at position i to state b at position j >= i, ``back[i, j, a, b]`` from state a at position
        j to state b at position i.
    scratch
        Shape (2, n_states), int64: least costs of the states of a group, while pieces are joined.
    """

    costs: NDArray[np.int64]
    path: NDArray[np.int64]
    forth: NDArray[np.int64]
    back: NDArray[np.int64]
    scratch: NDArray[np.int64]


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


@kernel
def cost_of_order(costs: NDArray[np.int64], n_states: int, path: NDArray[np.int64]) -> int:
    """Return the cost of walking groups in a fixed order, the cheapest state chosen at each.

    Exact. Time O(n * n_states**2). ``path``: shape (n + 2,), int64, all groups.
    """
    known = np.full(n_states, UNKNOWN, dtype=np.int64)
    known[0] = 0
    for position in range(1, path.shape[0]):
        step(known, costs, path[position - 1] * n_states, path[position] * n_states)
    return int(known.min())


@kernel
def step(known: NDArray[np.int64], costs: NDArray[np.int64], origin: int, target: int) -> None:
    """Carry the least costs of the states of one group over to those of another, in place.

    ``origin`` and ``target`` are the first rows of the groups; ``known`` has shape (n_states,).
    """
    n_states = known.shape[0]
    following = np.empty(n_states, dtype=np.int64)
    for b in range(n_states):
        least = UNKNOWN
        for a in range(n_states):
            least = min(least, known[a] + costs[origin + a, target + b])
        following[b] = least
    known[:] = following


@kernel
def iterated_priced_search(
    costs: NDArray[np.int64], n_states: int, kicks: int, seed: int
) -> tuple[int, NDArray[np.int64]]:
    """Return a cheap path from the first group over all inner groups to the last.

    Heuristic, deterministic for a seed.

    Parameters
    ----------
    costs, n_states
        As for :func:`cheapest_order`.
    kicks
        Number of perturbations, >= 0.
    seed
        Start of the pseudo-random sequence, >= 0.

    Returns
    -------
    tuple
        The cost, and the inner groups in walking order, shape (n,), int64.
    """
    n = costs.shape[0] // n_states - 2
    walk = Segments(
        costs,
        nearest_first(costs, n_states),
        np.empty((n + 2, n + 2, n_states, n_states), dtype=np.int64),
        np.empty((n + 2, n + 2, n_states, n_states), dtype=np.int64),
        np.empty((2, n_states), dtype=np.int64),
    )
    open_ = np.ones(n + 2, dtype=np.bool_)
    best = walk.path.copy()
    cost = UNKNOWN
    state = np.array([np.uint64(seed) * np.uint64(2) + np.uint64(1)], dtype=np.uint64)
    for kick in range(kicks + 1 if n >= 4 else 1):
        if kick > 0:
            walk.path[:] = best
            double_bridge(walk.path, state, open_)
        found = descend(walk, open_)
        if found <= cost:
            cost = found
            best[:] = walk.path
    return int(cost), best[1 : n + 1].copy()


@kernel
def nearest_first(costs: NDArray[np.int64], n_states: int) -> NDArray[np.int64]:
    """Return the path that always walks to the group cheapest to reach; shape (n + 2,), int64."""
    n = costs.shape[0] // n_states - 2
    path = np.arange(n + 2)
    known = np.full(n_states, UNKNOWN, dtype=np.int64)
    known[0] = 0
    trial = np.empty(n_states, dtype=np.int64)
    for position in range(1, n + 1):
        origin = path[position - 1] * n_states
        nearest, least = position, UNKNOWN
        for candidate in range(position, n + 1):
            trial[:] = known
            step(trial, costs, origin, path[candidate] * n_states)
            if trial.min() < least:
                nearest, least = candidate, trial.min()
        chosen = path[nearest]
        path[nearest] = path[position]
        path[position] = chosen
        step(known, costs, origin, chosen * n_states)
    return path


@kernel
def lay_segments(walk: Segments) -> None:
    """Fill the least costs of all segments of a path. Time O(n**2 * n_states**3)."""
    costs, path, forth, back = walk.costs, walk.path, walk.forth, walk.back
    n_states = forth.shape[2]
    n = path.shape[0]
    for i in range(n):
        for a in range(n_states):
            for b in range(n_states):
                forth[i, i, a, b] = back[i, i, a, b] = 0 if a == b else UNKNOWN
        for j in range(i + 1, n):
            before, here = path[j - 1] * n_states, path[j] * n_states
            for a in range(n_states):
                for b in range(n_states):
                    onwards, homewards = UNKNOWN, UNKNOWN
                    for c in range(n_states):
                        onwards = min(onwards, forth[i, j - 1, a, c] + costs[before + c, here + b])
                        homewards = min(
                            homewards, costs[here + a, before + c] + back[i, j - 1, c, b]
                        )
                    forth[i, j, a, b] = onwards
                    back[i, j, a, b] = homewards


@kernel
def descend(walk: Segments, open_: NDArray[np.bool_]) -> int:
    """Improve a path in place until no move at an open group does; return its cost.

    ``open_`` (shape (n + 2,), bool, by group) tells at which groups a move may start; all are
    closed in the end.
    """
    n = walk.path.shape[0] - 2
    move = np.empty(5, dtype=np.int64)
    improved = True
    while improved:
        improved = False
        lay_segments(walk)
        cost = walk.forth[0, n + 1, 0, 0]
        for position in range(n + 2):
            group = walk.path[position]
            if not open_[group]:
                continue
            move[COST] = cost
            find_move(walk, position, move)
            if move[COST] < cost:
                apply_move(walk.path, open_, move)
                improved = True
                break
            open_[group] = False
    return int(walk.forth[0, n + 1, 0, 0])


@kernel
def find_move(walk: Segments, position: int, move: NDArray[np.int64]) -> None:
    """Put the best move at a position into ``move``, if it costs less than what is there.

    Reversals that begin or end there; moves of a short segment that begins or ends there, or that
    goes behind it.
    """
    n = walk.path.shape[0] - 2
    for other in range(n + 1):
        # Written as one loop, so that what it calls is compiled once.
        for kind in range(1 + 3 * LONGEST_MOVED):
            size = (kind - 1) // 3
            if kind == 0:
                i, j, k = min(other, position), max(other, position), -1
            elif kind % 3 == 1:
                i, j, k = position, position + size, other
            elif kind % 3 == 2:
                i, j, k = position - size, position, other
                if size == 0:
                    continue
            else:
                i, j, k = other, other + size, position
            if i >= 1 and j <= n and k <= n and not i - 1 <= k <= j:
                try_move(walk, i, j, k, move)


@kernel
def try_move(walk: Segments, i: int, j: int, k: int, move: NDArray[np.int64]) -> None:
    """Put a move of positions i to j into ``move``, if it is the cheapest so far.

    Behind position k, turned or not; with k = -1 they are turned and stay.
    """
    for turned in range(1 if k < 0 else 0, 2):
        if k > j:
            before, one, other, behind = i - 1, (j + 1, k, 0), (i, j, turned), k + 1
        elif k >= 0:
            before, one, other, behind = k, (i, j, turned), (k + 1, i - 1, 0), j + 1
        else:
            before, one, other, behind = i - 1, (i, j, turned), (0, -1, 0), j + 1
        cost = cost_of_pieces(walk, before, one, other, behind)
        if cost < move[COST]:
            move[COST], move[FROM], move[TO], move[BEHIND], move[TURNED] = cost, i, j, k, turned


@kernel
def cost_of_pieces(
    walk: Segments,
    before: int,
    one: tuple[int, int, int],
    other: tuple[int, int, int],
    behind: int,
) -> int:
    """Return the cost of the path up to ``before``, two pieces, and the path from ``behind``.

    A piece is a range of positions, both included, and 1 if it is turned; the second may be empty.
    Time O(n_states**2).
    """
    costs, path, forth, scratch = walk.costs, walk.path, walk.forth, walk.scratch
    n_states = forth.shape[2]
    for a in range(n_states):
        scratch[0, a] = forth[0, before, 0, a]
    row = path[before] * n_states
    for number in range(2):
        i, j, turned = other if number else one
        if i > j:
            break
        first, last = (path[j], path[i]) if turned else (path[i], path[j])
        inside = walk.back[i, j] if turned else forth[i, j]
        for b in range(n_states):
            least = UNKNOWN
            for a in range(n_states):
                least = min(least, scratch[0, a] + costs[row + a, first * n_states + b])
            scratch[1, b] = least
        for b in range(n_states):
            least = UNKNOWN
            for a in range(n_states):
                least = min(least, scratch[1, a] + inside[a, b])
            scratch[0, b] = least
        row = last * n_states
    least = UNKNOWN
    for a in range(n_states):
        for b in range(n_states):
            leg = costs[row + a, path[behind] * n_states + b]
            least = min(least, scratch[0, a] + leg + forth[behind, path.shape[0] - 1, b, 0])
    return least


@kernel
def apply_move(path: NDArray[np.int64], open_: NDArray[np.bool_], move: NDArray[np.int64]) -> None:
    """Carry out a reversal (no place to go behind) or an insertion; open the groups it touches."""
    i, j, k = move[FROM], move[TO], move[BEHIND]
    for position in (i - 1, i, j, j + 1):
        open_[path[position]] = True
    segment = path[i : j + 1].copy()
    if move[TURNED] == 1:
        segment = segment[::-1].copy()
    if k < 0:
        path[i : j + 1] = segment
        return
    open_[path[k]] = True
    open_[path[k + 1]] = True
    size = j - i + 1
    if k < i:
        path[k + 1 + size : j + 1] = path[k + 1 : i].copy()
        path[k + 1 : k + 1 + size] = segment
    else:
        path[i : k + 1 - size] = path[j + 1 : k + 1].copy()
        path[k + 1 - size : k + 1] = segment


@kernel
def double_bridge(
    path: NDArray[np.int64], state: NDArray[np.uint64], open_: NDArray[np.bool_]
) -> None:
    """Exchange two neighbouring random segments of the inner path (n >= 4); open their ends."""
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
    for position in (a - 1, a, a + tail.shape[0] - 1, a + tail.shape[0], c - 1, c):
        open_[path[position]] = True


@kernel
def draw(state: NDArray[np.uint64], below: int) -> int:
    """Return a pseudo-random integer in [0, below) by xorshift64*; ``state`` must not be 0."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return int((x * np.uint64(2685821657736338717) >> np.uint64(33)) % np.uint64(below))
