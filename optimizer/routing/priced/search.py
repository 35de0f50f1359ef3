"""A local search for the cheapest order of stops that have several states each.

It works on the matrix of :class:`~optimizer.routing.priced.states.Legs`: state k of group g is row
``g * n_states + k``; group 0 is the start, the last group the end, and a tour takes one state of
every group. The moves are 2-opt and Or-opt (see :mod:`optimizer.routing.local_search`). What a move
costs depends on the states chosen all along the tour. So the search keeps, for every segment of the
tour in both directions, the cheapest way from each state of its first stop to each state of its
last: a move joins at most four segments and is priced exactly in constant time.

One module, longer than usual, for all compiled functions that call each other, for the sake of the
compiler's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

UNKNOWN = 1 << 60
"""More than any tour costs; four of them still fit into 64 bits."""

RIGHT = 2
"""The side that may be set apart."""

LONGEST_MOVED = 5
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
    laid
        Shape (n + 2,), int64: the path for which ``forth`` and ``back`` hold, -1 for none.
    least_leg
        Shape (n + 2, n + 2), int64: the least of the legs between two groups.
    least
        Shape (2, n + 2, n + 2), int64: the least entries of ``forth[i, j]`` and ``back[i, j]``.
    """

    costs: NDArray[np.int64]
    path: NDArray[np.int64]
    forth: NDArray[np.int64]
    back: NDArray[np.int64]
    scratch: NDArray[np.int64]
    laid: NDArray[np.int64]
    least_leg: NDArray[np.int64]
    least: NDArray[np.int64]


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
    costs: NDArray[np.int64],
    places: NDArray[np.int64],
    first: NDArray[np.int64],
    kicks: int,
    seed: int,
) -> tuple[int, NDArray[np.int64]]:
    """Return a cheap path from the first group over all inner groups to the last.

    Heuristic, deterministic for a seed. Descends from a given path and from the one that always
    walks to the nearest group, then kicks the better one.

    Parameters
    ----------
    costs
        As for :func:`~optimizer.routing.priced.subsets.cheapest_order`.
    places
        Shape (n + 2, 3), int64: edge (-1: at a node), offset and side of each group.
    first
        Shape (n + 2,), int64: a path to begin with.
    kicks
        Number of perturbations, >= 0.
    seed
        Start of the pseudo-random sequence, >= 0.

    Returns
    -------
    tuple
        The cost, and the inner groups in walking order, shape (n,), int64.
    """
    n = places.shape[0] - 2
    n_states = costs.shape[0] // (n + 2)
    walk = Segments(
        costs,
        first.copy(),
        np.empty((n + 2, n + 2, n_states, n_states), dtype=np.int64),
        np.empty((n + 2, n + 2, n_states, n_states), dtype=np.int64),
        np.empty((2, n_states), dtype=np.int64),
        np.full(n + 2, -1, dtype=np.int64),
        least_legs(costs, n_states),
        np.zeros((2, n + 2, n + 2), dtype=np.int64),
    )
    open_ = np.ones(n + 2, dtype=np.bool_)
    best = first.copy()
    cost = UNKNOWN
    state = np.array([np.uint64(seed) * np.uint64(2) + np.uint64(1)], dtype=np.uint64)
    for kick in range(-2, kicks if n >= 2 else 0):
        if kick == -1:
            walk.path[:] = nearest_first(costs, n_states)
            open_[:] = True
        elif kick >= 0:
            walk.path[:] = best
            if kick % 2 == 0 or not regroup(walk.path, places, state, open_):
                double_bridge(walk.path, state, open_)
        found = descend(walk, open_)
        if found <= cost:
            cost = found
            best[:] = walk.path
    return int(cost), best[1 : n + 1].copy()


@kernel
def least_legs(costs: NDArray[np.int64], n_states: int) -> NDArray[np.int64]:
    """Return the least leg between any state of one group and any of another."""
    n_groups = costs.shape[0] // n_states
    least = np.empty((n_groups, n_groups), dtype=np.int64)
    for a in range(n_groups):
        for b in range(n_groups):
            rows = slice(a * n_states, (a + 1) * n_states)
            least[a, b] = costs[rows, b * n_states : (b + 1) * n_states].min()
    return least


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
    """Renew the least costs of all segments that have changed since they were laid.

    Time O(n**2 * n_states**3), a third of it on average where one place of the path has changed.
    """
    costs, path, forth, back = walk.costs, walk.path, walk.forth, walk.back
    n_states = forth.shape[2]
    n = path.shape[0]
    low, high = 0, n - 1
    while low < n and path[low] == walk.laid[low]:
        low += 1
    while high > low and path[high] == walk.laid[high]:
        high -= 1
    walk.laid[:] = path
    for i in range(min(high + 1, n)):
        for a in range(n_states):
            for b in range(n_states):
                forth[i, i, a, b] = back[i, i, a, b] = 0 if a == b else UNKNOWN
        for j in range(max(i + 1, low), n):
            before, here = path[j - 1] * n_states, path[j] * n_states
            least, least_back = UNKNOWN, UNKNOWN
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
                    least = min(least, onwards)
                    least_back = min(least_back, homewards)
            walk.least[0, i, j], walk.least[1, i, j] = least, least_back


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
        if least_of_pieces(walk, before, one, other, behind) >= move[COST]:
            continue
        cost = cost_of_pieces(walk, before, one, other, behind)
        if cost < move[COST]:
            move[COST], move[FROM], move[TO], move[BEHIND], move[TURNED] = cost, i, j, k, turned


@kernel
def least_of_pieces(
    walk: Segments,
    before: int,
    one: tuple[int, int, int],
    other: tuple[int, int, int],
    behind: int,
) -> int:
    """Return what the path of :func:`cost_of_pieces` costs at least, in a fraction of its time."""
    path, least, least_leg = walk.path, walk.least, walk.least_leg
    i, j, turned = one
    least_cost = least[0, 0, before] + least[turned, i, j]
    least_cost += least_leg[path[before], path[j] if turned else path[i]]
    last = path[i] if turned else path[j]
    i, j, turned = other
    if i <= j:
        least_cost += least_leg[last, path[j] if turned else path[i]] + least[turned, i, j]
        last = path[i] if turned else path[j]
    return int(least_cost + least_leg[last, path[behind]] + least[0, behind, path.shape[0] - 1])


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
def regroup(
    path: NDArray[np.int64],
    places: NDArray[np.int64],
    state: NDArray[np.uint64],
    open_: NDArray[np.bool_],
) -> bool:
    """Order all groups of one random edge anew; return ``False`` where the draw fell on a node.

    They are walked in one go where the first of them was, or one side there and the other where
    the last was, the other way round. Stop by stop no search gets from one to the other: each move
    on the way there costs more than the one before.
    """
    n = path.shape[0] - 2
    edge = places[path[1 + draw(state, n)], 0]
    if edge < 0:
        return False
    held = np.flatnonzero(places[path, 0] == edge)
    run = path[held]
    run = run[np.argsort(places[run, 1])]
    way = draw(state, 4)
    apart = (places[run, 2] == RIGHT) & (way >= 2)
    one, other = run[~apart], run[apart][::-1].copy()
    if way % 2:
        one, other = one[::-1].copy(), other[::-1].copy()
    others = np.empty(n + 2, dtype=np.int64)
    size = 0
    for position in range(n + 2):
        if places[path[position], 0] != edge:
            others[size] = path[position]
            size += 1
        if position == held[0]:
            others[size : size + one.shape[0]] = one
            size += one.shape[0]
        if position == held[-1]:
            others[size : size + other.shape[0]] = other
            size += other.shape[0]
    for position in range(1, n + 1):
        if places[others[position], 0] == edge:
            open_[others[position - 1]] = True
            open_[others[position]] = True
            open_[others[position + 1]] = True
    path[:] = others
    return True


@kernel
def double_bridge(
    path: NDArray[np.int64], state: NDArray[np.uint64], open_: NDArray[np.bool_]
) -> None:
    """Exchange two neighbouring random segments of the inner path (n >= 2); open their ends."""
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
