"""Iterated local search for a path with fixed ends on a not necessarily symmetric matrix.

Nearest neighbour, then a local search over the exchange of neighbouring segments of any length
(Or-3opt), with one of them turned where it is short, and over reversals (2-opt); then seeded
double-bridge kicks. Reversed segments are priced in constant time by prefix sums of the walk in
both directions, so one-way aisles cost nothing extra. Every move is looked for from a new leg that
is shorter than the leg it replaces, among the nearest rows only.

One module, since compiled functions that call each other must share a file.

Measured on 60 matrices of 30 stops (2,500 nodes, one-way aisles): one descent 0.03 ms, 500 kicks
2 ms (mean 0.01 % above the best known), 1,000 kicks 4 ms (best known on all). A local search
without the exchange of long segments needed 25 ms for a mean of 0.06 % and was 2.9 % off at worst.

References
----------
Kanellakis, P. C., Papadimitriou, C. H. (1980): Local search for the asymmetric traveling salesman
problem. Operations Research 28(5), 1086-1099. DOI 10.1287/opre.28.5.1086 (segment exchange without
reversal, gains that stay positive).
Or, I. (1976): Traveling salesman-type combinatorial problems and their relation to the logistics
of regional blood banking. PhD thesis, Northwestern University (short segments, turned or not).
Croes, G. A. (1958): A method for solving traveling-salesman problems. Operations Research 6(6),
791-812. DOI 10.1287/opre.6.6.791 (2-opt).
Martin, O., Otto, S. W., Felten, E. W. (1991): Large-step Markov chains for the traveling salesman
problem. Complex Systems 5(3), 299-326 (double bridge).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, kernel

LONGEST_TURNED_SEGMENT = 5
"""Rows of a segment that is turned while it moves; 8 gained nothing at 30 to 100 stops, 3 lost."""

NEAREST = 10
"""Rows tried next to a row; 6 lost quality, 16 time."""

KICK_WINDOW = 50
"""A kick changes at most this many neighbouring positions, so that the repair stays local. Of 12,
20, 30, 50 and 100, measured at 30 to 100 stops, 50 came nearest to the optimum per time."""

FEWEST_KICKED = 3
"""Fewest stops on which a kick is possible: it has three segments."""

GAIN, FIRST, MIDDLE, LAST, TURNED = 0, 1, 2, 3, 4
"""Fields of a move: what it saves; segments FIRST to MIDDLE and MIDDLE + 1 to LAST change places
(the second may be empty); which of them is turned."""

NONE, LEFT, RIGHT = 0, 1, 2
"""Values of TURNED: none, the one that was the left one, the one that was the right one."""


PATH, PLACE, FORTH, BACK, QUEUE, QUEUED, SPARE = range(7)
"""Rows of a walk, an int64 array of shape (7, n + 2): a path and what is kept along with it.

PATH: matrix rows in walking order, start and end included. PLACE: position of each matrix row.
FORTH: length walked up to each position; BACK: length of the same way walked the other way round.
QUEUE: matrix rows to look at, a ring; QUEUED: 1 for those that wait in it. SPARE: room for a
segment. One array, since every array handed to a compiled function costs time to pass and seconds
to compile.
"""

WALK_ROWS = 7

MOVE_FIELDS = 5
"""Length of a move's array."""


class Search(NamedTuple):
    """A search that can be continued: :func:`start_search`, then :func:`continue_search`.

    ``lengths``: the matrix. ``after`` and ``before``, shape (n + 2, at most NEAREST): the nearest
    rows to walk to, and to come from; -1 where there are no more. ``present`` and ``best``, shape
    (n + 2,): the path that is kicked, and the shortest so far. ``state``, shape (1,), uint64: the
    pseudo-random sequence. ``found``, shape (2,), int64: lengths of ``present`` and ``best``.
    """

    lengths: NDArray[np.int64]
    after: NDArray[np.int64]
    before: NDArray[np.int64]
    present: NDArray[np.int64]
    best: NDArray[np.int64]
    state: NDArray[np.uint64]
    found: NDArray[np.int64]


@kernel
def iterated_local_search(
    lengths: NDArray[np.int64], kicks: int, seed: int
) -> tuple[int, NDArray[np.int64]]:
    """Return a short path from row 0 over all inner rows to the last row.

    Heuristic, deterministic for a seed. A kick and its repair cost about 4 to 9 microseconds at 30
    to 100 stops.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres, n >= 1; row 0 is the start, row n + 1 the end.
    kicks
        Number of perturbations, >= 0.
    seed
        Start of the pseudo-random sequence, >= 0.

    Returns
    -------
    tuple
        The length, and the inner rows in walking order, shape (n,), int64.
    """
    search = start_search(lengths, seed)
    length = continue_search(search, kicks, -1)
    return length, search.best[1:-1].copy()


@kernel
def start_search(lengths: NDArray[np.int64], seed: int) -> Search:
    """Return a search that stands at its first local optimum; parameters as above."""
    n_rows = lengths.shape[0]
    after, before = nearest_rows(lengths)
    walk = np.zeros((WALK_ROWS, n_rows), dtype=np.int64)
    path = nearest_neighbour(lengths)
    copy(path, 0, walk[PATH], 0, n_rows)
    move = np.zeros(MOVE_FIELDS, dtype=np.int64)
    length = descend(lengths, walk, after, before, queue_all(walk), move)
    state = np.full(1, np.uint64(seed) * np.uint64(2) + np.uint64(1), dtype=np.uint64)
    found = np.full(2, length, dtype=np.int64)
    copy(walk[PATH], 0, path, 0, n_rows)
    return Search(lengths, after, before, path, path.copy(), state, found)


@kernel
def continue_search(search: Search, kicks: int, target: int) -> int:
    """Kick and repair; return the length of the best path so far, which is ``search.best``.

    Two calls with 50 kicks do what one with 100 does. A path is kept as the present one while it is
    at most half a mean leg longer than the best: it passes small hills without drifting away.

    Parameters
    ----------
    search
        Changed in place.
    kicks
        Number of perturbations, >= 0.
    target
        A length with which one is content (a lower bound); negative: none.
    """
    lengths = search.lengths
    n = lengths.shape[0] - 2
    if n < FEWEST_KICKED:
        return int(search.found[1])
    walk = np.zeros((WALK_ROWS, n + 2), dtype=np.int64)
    move = np.zeros(MOVE_FIELDS, dtype=np.int64)
    for _ in range(kicks):
        if search.found[1] <= target:
            break
        copy(search.present, 0, walk[PATH], 0, n + 2)
        queued = double_bridge(walk, search.state)
        length = descend(lengths, walk, search.after, search.before, queued, move)
        if length < search.found[1]:
            search.found[1] = length
            copy(walk[PATH], 0, search.best, 0, n + 2)
        if length <= search.found[1] + search.found[1] // (2 * n):
            search.found[0] = length
            copy(walk[PATH], 0, search.present, 0, n + 2)
    return int(search.found[1])


@kernel
def nearest_neighbour(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the path that always walks to the nearest open row; shape (n + 2,), int64."""
    path = np.arange(lengths.shape[0])
    go_to_nearest(lengths, path)
    return path


@frugal_kernel
def go_to_nearest(lengths: NDArray[np.int64], path: NDArray[np.int64]) -> None:
    """Order a path, from its first row to its last, by going to the nearest open row."""
    n = lengths.shape[0] - 2
    for position in range(1, n):
        here = path[position - 1]
        nearest = position
        for candidate in range(position + 1, n + 1):
            if lengths[here, path[candidate]] < lengths[here, path[nearest]]:
                nearest = candidate
        path[position], path[nearest] = path[nearest], path[position]


@kernel
def nearest_rows(
    lengths: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows nearest to walk to from each row, and to come from; nearest first.

    Shape (n + 2, min(NEAREST, n)) both, int64, -1 where there are no more: no row leads to the
    start or leaves the end.
    """
    n_rows = lengths.shape[0]
    count = min(NEAREST, n_rows - 2)
    after = np.full((n_rows, count), -1, dtype=np.int64)
    before = np.full((n_rows, count), -1, dtype=np.int64)
    fill_nearest(lengths, lengths.T.copy(), after, before)
    return after, before


@frugal_kernel
def fill_nearest(
    lengths: NDArray[np.int64],
    backwards: NDArray[np.int64],
    after: NDArray[np.int64],
    before: NDArray[np.int64],
) -> None:
    """Fill what :func:`nearest_rows` returns, -1 beforehand; ``backwards`` is transposed."""
    n_rows = lengths.shape[0]
    for row in range(n_rows - 1):
        list_nearest(lengths[row], 1, n_rows, row, after[row])
    for row in range(1, n_rows):
        list_nearest(backwards[row], 0, n_rows - 1, row, before[row])


@frugal_kernel
def list_nearest(
    length: NDArray[np.int64], first: int, past: int, row: int, nearest: NDArray[np.int64]
) -> None:
    """Fill ``nearest`` with the rows of least length in [first, past), without ``row``."""
    listed = 0
    for other in range(first, past):
        if other == row:
            continue
        if listed == nearest.shape[0]:
            if length[other] >= length[nearest[listed - 1]]:
                continue
            listed -= 1
        position = listed
        while position > 0 and length[nearest[position - 1]] > length[other]:
            nearest[position] = nearest[position - 1]
            position -= 1
        nearest[position] = other
        listed += 1


@frugal_kernel
def descend(
    lengths: NDArray[np.int64],
    walk: NDArray[np.int64],
    after: NDArray[np.int64],
    before: NDArray[np.int64],
    queued: int,
    move: NDArray[np.int64],
) -> int:
    """Improve ``walk[PATH]`` until no move from a queued row shortens it; return its length.

    A row leaves the queue when no move that gives it a shorter leg helps, and enters it again when
    a leg of it changes ("don't look bits").

    Parameters
    ----------
    lengths, after, before
        As in :class:`Search`.
    walk
        Its path, queue and flags of the queue count; the rest is filled here.
    queued
        Number of rows in the queue, from its beginning on. Empty afterwards.
    move
        Shape (MOVE_FIELDS,), working memory.

    References
    ----------
    Bentley, J. L. (1992): Fast algorithms for geometric traveling salesman problems. ORSA Journal
    on Computing 4(4), 387-411. DOI 10.1287/ijoc.4.4.387.
    """
    n_rows = walk[PATH].shape[0]
    sum_up(lengths, walk, 0)
    head = 0
    while queued > 0:
        row = walk[QUEUE, head]
        head = (head + 1) % n_rows
        queued -= 1
        while True:
            move[GAIN] = 0
            if walk[PLACE, row] < n_rows - 1:
                look_ahead(lengths, walk, after, row, move)
            if walk[PLACE, row] > 0:
                look_behind(lengths, walk, before, row, move)
            if move[GAIN] == 0:
                break
            for position in (move[FIRST] - 1, move[FIRST], move[MIDDLE], move[MIDDLE] + 1):
                queued = queue_up(walk, position, head, queued)
            for position in (move[LAST], move[LAST] + 1):
                queued = queue_up(walk, position, head, queued)
            apply_move(walk, move)
            sum_up(lengths, walk, move[FIRST] - 1)
        walk[QUEUED, row] = 0
    return int(walk[FORTH, n_rows - 1])


@frugal_kernel
def queue_all(walk: NDArray[np.int64]) -> int:
    """Queue all rows in walking order; return their number."""
    n_rows = walk[PATH].shape[0]
    for position in range(n_rows):
        walk[QUEUE, position] = walk[PATH, position]
        walk[QUEUED, position] = 1
    return int(n_rows)


@frugal_kernel
def queue_up(walk: NDArray[np.int64], position: int, head: int, queued: int) -> int:
    """Queue the row at a position unless it waits already; return the number of waiting rows."""
    row = walk[PATH, position]
    if walk[QUEUED, row]:
        return queued
    walk[QUEUED, row] = 1
    walk[QUEUE, (head + queued) % walk[QUEUE].shape[0]] = row
    return queued + 1


@frugal_kernel
def sum_up(lengths: NDArray[np.int64], walk: NDArray[np.int64], first: int) -> None:
    """Fill place, forth and back from a position on; what lies before it is right already."""
    walk[PLACE, walk[PATH, first]] = first
    for i in range(first, walk[PATH].shape[0] - 1):
        row, following = walk[PATH, i], walk[PATH, i + 1]
        walk[FORTH, i + 1] = walk[FORTH, i] + lengths[row, following]
        walk[BACK, i + 1] = walk[BACK, i] + lengths[following, row]
        walk[PLACE, following] = i + 1


@frugal_kernel
def turn_cost(walk: NDArray[np.int64], i: int, j: int) -> int:
    """Return how much longer positions i to j are walked the other way round."""
    return walk[BACK, j] - walk[BACK, i] - walk[FORTH, j] + walk[FORTH, i]  # type: ignore[no-any-return]


@frugal_kernel
def keep(move: NDArray[np.int64], gain: int, i: int, j: int, k: int, turned: int) -> None:
    """Put a move into ``move`` if it saves more than the one there."""
    if gain > move[GAIN]:
        move[GAIN], move[FIRST], move[MIDDLE], move[LAST] = gain, i, j, k
        move[TURNED] = turned


@frugal_kernel
def look_ahead(
    lengths: NDArray[np.int64],
    walk: NDArray[np.int64],
    after: NDArray[np.int64],
    row: int,
    move: NDArray[np.int64],
) -> None:
    """Put into ``move`` the best move that gives ``row`` a nearer successor, if better."""
    path, p = walk[PATH], walk[PLACE, row]
    n = path.shape[0] - 2
    successor = path[p + 1]
    for rank in range(after.shape[1]):
        near = after[row, rank]
        if near < 0:
            return
        saved = lengths[row, successor] - lengths[row, near]
        if saved <= 0:
            return
        q = walk[PLACE, near]
        entered = path[q - 1]
        exchanged = saved + lengths[entered, near]
        for cut in range(q, n + 1 if q > p else p):
            last, behind = path[cut], path[cut + 1]
            gain = exchanged + lengths[last, behind]
            gain -= lengths[last, successor] + lengths[entered, behind]
            if gain > move[GAIN]:
                if q > p:
                    keep(move, gain, p + 1, q - 1, cut, NONE)
                else:
                    keep(move, gain, q, cut, p, NONE)
        if q > n:
            continue
        behind = path[q + 1]
        freed = saved + lengths[near, behind]
        if q > p:
            gain = freed - lengths[successor, behind] - turn_cost(walk, p + 1, q)
            keep(move, gain, p + 1, q, q, LEFT)
        for i in range(q, max(q - LONGEST_TURNED_SEGMENT, p + 1 if q > p else 0), -1):
            gain = freed + lengths[path[i - 1], path[i]] - lengths[path[i - 1], behind]
            gain -= lengths[path[i], successor] + turn_cost(walk, i, q)
            if q > p:
                keep(move, gain, p + 1, i - 1, q, RIGHT)
            else:
                keep(move, gain, i, q, p, LEFT)


@frugal_kernel
def look_behind(
    lengths: NDArray[np.int64],
    walk: NDArray[np.int64],
    before: NDArray[np.int64],
    row: int,
    move: NDArray[np.int64],
) -> None:
    """Put into ``move`` the best turning move that gives ``row`` a nearer predecessor, if better.

    Exchanges without turning need no second look: one of the three rows whose successor changes
    gets a nearer one.
    """
    path, p = walk[PATH], walk[PLACE, row]
    n = path.shape[0] - 2
    predecessor = path[p - 1]
    for rank in range(before.shape[1]):
        near = before[row, rank]
        if near < 0:
            return
        saved = lengths[predecessor, row] - lengths[near, row]
        if saved <= 0:
            return
        q = walk[PLACE, near]
        if q < 1:
            continue
        entered = path[q - 1]
        freed = saved + lengths[entered, near]
        if q < p:
            gain = freed - lengths[entered, predecessor] - turn_cost(walk, q, p - 1)
            keep(move, gain, q, p - 1, p - 1, LEFT)
        for j in range(q, min(q + LONGEST_TURNED_SEGMENT, p - 1 if q < p else n + 1)):
            gain = freed + lengths[path[j], path[j + 1]] - lengths[entered, path[j + 1]]
            gain -= lengths[predecessor, path[j]] + turn_cost(walk, q, j)
            if q < p:
                keep(move, gain, q, j, p - 1, LEFT)
            else:
                keep(move, gain, p, q - 1, j, RIGHT)


@frugal_kernel
def apply_move(walk: NDArray[np.int64], move: NDArray[np.int64]) -> None:
    """Exchange the two segments of a move in ``walk[PATH]``; turn the one that is to be turned."""
    path, spare = walk[PATH], walk[SPARE]
    i, j, k = move[FIRST], move[MIDDLE], move[LAST]
    n_left, n_right = j - i + 1, k - j
    copy(path, i, spare, 0, n_left)
    copy(path, j + 1, path, i, n_right)
    copy(spare, 0, path, i + n_right, n_left)
    if move[TURNED] == LEFT:
        turn(path, i + n_right, k)
    elif move[TURNED] == RIGHT:
        turn(path, i, i + n_right - 1)


@frugal_kernel
def copy(
    source: NDArray[np.int64], first: int, target: NDArray[np.int64], to: int, count: int
) -> None:
    """Copy numbers from one array to another one, or towards the front of the same one.

    A loop, since numba's slice assignment costs more than copying a few numbers.
    """
    for number in range(count):
        target[to + number] = source[first + number]


@frugal_kernel
def turn(path: NDArray[np.int64], i: int, j: int) -> None:
    """Reverse positions i to j in place."""
    while i < j:
        path[i], path[j] = path[j], path[i]
        i += 1
        j -= 1


@frugal_kernel
def double_bridge(walk: NDArray[np.int64], state: NDArray[np.uint64]) -> int:
    """Exchange two random segments of the inner path around a third; queue the ends of all three.

    Needs an empty queue and ``FEWEST_KICKED`` stops. No single move of the local search undoes it.

    Returns
    -------
    int
        The number of queued rows.
    """
    path, spare = walk[PATH], walk[SPARE]
    n = path.shape[0] - 2
    window = min(n, KICK_WINDOW)
    first = 1 + draw(state, n - window + 1)
    a, b, c, d = four_cuts(state, first, window)
    copy(path, a, spare, a, d - a)
    copy(spare, c, path, a, d - c)
    copy(spare, b, path, a + d - c, c - b)
    copy(spare, a, path, a + d - b, b - a)
    queued = 0
    for position in (a - 1, a, a + d - c - 1, a + d - c, a + d - b - 1, a + d - b, d - 1, d):
        queued = queue_up(walk, position, 0, queued)
    return queued


@frugal_kernel
def four_cuts(state: NDArray[np.uint64], first: int, window: int) -> tuple[int, int, int, int]:
    """Return four different numbers from ``first`` to ``first + window``, ascending."""
    a = first + draw(state, window + 1)
    b = first + draw(state, window + 1)
    c = first + draw(state, window + 1)
    d = first + draw(state, window + 1)
    while a in (b, c, d) or b in (c, d) or c == d:
        a, b, c, d = b, c, d, first + draw(state, window + 1)
    a, b = min(a, b), max(a, b)
    c, d = min(c, d), max(c, d)
    a, c = min(a, c), max(a, c)
    b, d = min(b, d), max(b, d)
    return a, min(b, c), max(b, c), d


@frugal_kernel
def draw(state: NDArray[np.uint64], below: int) -> int:
    """Return a pseudo-random integer in [0, below) by xorshift64*; ``state`` must not be 0."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return int((x * np.uint64(2685821657736338717) >> np.uint64(33)) % np.uint64(below))
