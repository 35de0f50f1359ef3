"""A length below which no path with fixed ends can be, for any walking matrix.

A path from the start over all stops to the end is a spanning arborescence rooted at the start in
which every row but the end is left once. Without the second condition the shortest arborescence is
found exactly; prices on leaving a row (Lagrangian multipliers) bring the condition back. At the
best prices the bound is that of the subtour-elimination relaxation of the asymmetric travelling
salesman problem. Prices are whole millimetres, so that the bound is exact in integers.

References
----------
Held, M., Karp, R. M. (1971): The traveling-salesman problem and minimum spanning trees: part II.
Mathematical Programming 1, 6-25. DOI 10.1007/BF01584070 (the ascent; here with arborescences in
place of 1-trees, since walks are not symmetric).
Volgenant, T., Jonker, R. (1982): A branch and bound algorithm for the symmetric traveling salesman
problem based on the 1-tree relaxation. European Journal of Operational Research 9(1), 83-89.
DOI 10.1016/0377-2217(82)90015-7 (a step also follows the direction of the last one).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

FIRST_STEP = 1.0
"""Share of the open gap that the first steps try to close."""

PATIENCE = 10
"""Iterations without a better bound after which the step is shortened."""

SHORTENED = 0.7
SHORTEST_STEP = 0.002
MOMENTUM = 0.3
"""Share of a step that follows the last direction."""


@kernel
def path_lower_bound(lengths: NDArray[np.int64], upper: int, iterations: int) -> int:
    """Return a length that no path from row 0 over all inner rows to the last row is below.

    Every value is a valid bound; the more iterations, the closer to the relaxation's own. Ends
    early once the bound is ``upper``, which then is optimal. Time O(n**2) per iteration.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres, not negative, n >= 1; row 0 is the start, row
        n + 1 the end.
    upper
        Length of a known path; steers the steps.
    iterations
        Most arborescences computed, >= 1.
    """
    n_rows = lengths.shape[0]
    unit = common_divisor(lengths)
    prices = np.zeros(n_rows, dtype=np.int64)
    direction = np.zeros(n_rows, dtype=np.float64)
    work = workspace(n_rows)
    best = 0
    share = FIRST_STEP
    waited = 0
    for iteration in range(iterations):
        bound = shortest_arborescence(lengths, prices, work) - int(prices[: n_rows - 1].sum())
        if bound > best:
            best = bound
            waited = 0
        else:
            waited += 1
        # All lengths are multiples of the unit, hence so is every path.
        rounded = -(-best // unit) * unit
        if rounded >= upper:
            return int(upper)
        if waited == PATIENCE:
            waited = 0
            share *= SHORTENED
            if share < SHORTEST_STEP:
                break
        if not step(prices, direction, work, share * (upper - bound), iteration == 0):
            # Every row is left once: the arborescence is a path, and the shortest one.
            break
    return int(-(-best // unit) * unit)


@kernel
def step(
    prices: NDArray[np.int64],
    direction: NDArray[np.float64],
    work: Workspace,
    gap: float,
    first: bool,
) -> bool:
    """Raise the prices of rows left too often, lower those of dead ends; false: none are."""
    last = prices.shape[0] - 1
    work.left[:] = 0
    for row in range(1, last + 1):
        work.left[work.tail[row]] += 1
    norm = 0.0
    violated = False
    for row in range(last):
        excess = work.left[row] - 1
        violated |= excess != 0
        direction[row] = excess if first else (1 - MOMENTUM) * excess + MOMENTUM * direction[row]
        norm += direction[row] ** 2
    if not violated:
        return False
    for row in range(last):
        prices[row] += round(gap / max(norm, 1.0) * direction[row])
    return True


@kernel
def common_divisor(lengths: NDArray[np.int64]) -> int:
    """Return the greatest number that divides every length between two rows, at least 1."""
    divisor = np.int64(0)
    for row in range(lengths.shape[0] - 1):
        for other in range(1, lengths.shape[0]):
            if row != other and lengths[row, other] != divisor:
                divisor = np.int64(math.gcd(divisor, lengths[row, other]))
                if divisor == 1:
                    return 1
    return max(int(divisor), 1)


class Workspace(NamedTuple):
    """Arrays of the arborescence for n rows; a node is a row or, from n on, a contracted cycle.

    ``entering`` and ``head``, shape (2 n, n): per node and tail row the price of the best arc into
    the node, and the row that arc ends at. ``node``, shape (n,): the outermost node of a row.
    ``parent``, shape (2 n,): the cycle a node was contracted into. ``chosen``, shape (2 n,): tail
    row of the arc into a node. ``target``, shape (2 n,): row that this arc ends at. ``tail``, shape
    (n,): the arborescence: the row before each row. ``left``, shape (n,): how often a row is left.
    """

    entering: NDArray[np.int64]
    head: NDArray[np.int64]
    node: NDArray[np.int64]
    parent: NDArray[np.int64]
    chosen: NDArray[np.int64]
    target: NDArray[np.int64]
    walked: NDArray[np.int64]
    state: NDArray[np.int64]
    tail: NDArray[np.int64]
    left: NDArray[np.int64]


@kernel
def workspace(n_rows: int) -> Workspace:
    """Return empty arrays for a matrix of so many rows."""
    return Workspace(
        np.zeros((2 * n_rows, n_rows), dtype=np.int64),
        np.zeros((2 * n_rows, n_rows), dtype=np.int64),
        np.zeros(n_rows, dtype=np.int64),
        np.zeros(2 * n_rows, dtype=np.int64),
        np.zeros(2 * n_rows, dtype=np.int64),
        np.zeros(2 * n_rows, dtype=np.int64),
        np.zeros(2 * n_rows, dtype=np.int64),
        np.zeros(2 * n_rows, dtype=np.int64),
        np.zeros(n_rows, dtype=np.int64),
        np.zeros(n_rows, dtype=np.int64),
    )


NEW, WALKED, REACHED = 0, 1, 2
"""States of a node: not seen, on the present walk back, connected to the root."""


@kernel
def shortest_arborescence(
    lengths: NDArray[np.int64], prices: NDArray[np.int64], work: Workspace
) -> int:
    """Return the length of the shortest arborescence rooted at row 0, prices of tails included.

    The last row is never left, and the arc from row 0 to it is not used where there are stops.
    Exact, O(n**2): walk back along the best entering arcs; contract the cycle met, or join what is
    connected to the root already. ``work.tail`` holds the arcs afterwards.

    References
    ----------
    Edmonds, J. (1967): Optimum branchings. Journal of Research of the National Bureau of Standards
    71B(4), 233-240. DOI 10.6028/jres.071B.032.
    Gabow, H. N., Galil, Z., Spencer, T., Tarjan, R. E. (1986): Efficient algorithms for finding
    minimum spanning trees in undirected and directed graphs. Combinatorica 6(2), 109-122.
    DOI 10.1007/BF02579168 (growing a walk; here on a dense matrix without heaps).
    """
    n_rows = lengths.shape[0]
    fill_entering(lengths, prices, work)
    nodes = n_rows
    total = 0
    for first in range(1, n_rows):
        if work.state[work.node[first]] != NEW:
            continue
        node = work.node[first]
        depth = 0
        while True:
            work.state[node] = WALKED
            work.walked[depth] = node
            depth += 1
            cheapest = enter(node, work)
            total += int(work.entering[node, cheapest])
            before = work.node[cheapest]
            if work.state[before] == REACHED:
                break
            if work.state[before] == NEW:
                node = before
                continue
            depth = contract(nodes, before, depth, work)
            node = nodes
            nodes += 1
        for position in range(depth):
            work.state[work.walked[position]] = REACHED
    expand(nodes, work)
    return total


@kernel
def fill_entering(lengths: NDArray[np.int64], prices: NDArray[np.int64], work: Workspace) -> None:
    """Set up the nodes of the single rows."""
    n_rows = lengths.shape[0]
    work.state[:] = NEW
    work.state[0] = REACHED
    work.parent[:] = -1
    for row in range(n_rows):
        work.node[row] = row
        for tail in range(n_rows):
            work.entering[row, tail] = lengths[tail, row] + prices[tail]
            work.head[row, tail] = row
        work.entering[row, row] = FORBIDDEN
        work.entering[row, n_rows - 1] = FORBIDDEN
    if n_rows > 2:
        work.entering[n_rows - 1, 0] = FORBIDDEN


FORBIDDEN = 1 << 55
"""Length of an arc that no arborescence uses: beyond any walk, far from overflow."""


@kernel
def enter(node: int, work: Workspace) -> int:
    """Choose the cheapest arc into a node from outside it; return its tail row."""
    cheapest = -1
    for tail in range(work.node.shape[0]):
        if work.node[tail] != node and (
            cheapest < 0 or work.entering[node, tail] < work.entering[node, cheapest]
        ):
            cheapest = tail
    work.chosen[node] = cheapest
    work.target[node] = work.head[node, cheapest]
    return cheapest


@kernel
def contract(cycle: int, before: int, depth: int, work: Workspace) -> int:
    """Make node ``cycle`` of the walk from ``before`` to its end; return the walk's new depth.

    Entering the cycle at a member saves the arc into that member.
    """
    n_rows = work.node.shape[0]
    fresh = True
    while True:
        depth -= 1
        member = work.walked[depth]
        saved = work.entering[member, work.chosen[member]]
        work.parent[member] = cycle
        for tail in range(n_rows):
            price = work.entering[member, tail] - saved
            if fresh or price < work.entering[cycle, tail]:
                work.entering[cycle, tail] = price
                work.head[cycle, tail] = work.head[member, tail]
        fresh = False
        for row in range(n_rows):
            if work.node[row] == member:
                work.node[row] = cycle
        if member == before:
            return depth


@kernel
def expand(nodes: int, work: Workspace) -> None:
    """Open the cycles from the outermost in; fill ``work.tail``."""
    n_rows = work.node.shape[0]
    for cycle in range(nodes - 1, n_rows - 1, -1):
        member = work.target[cycle]
        while work.parent[member] != cycle:
            member = work.parent[member]
        work.chosen[member] = work.chosen[cycle]
        work.target[member] = work.target[cycle]
    for row in range(1, n_rows):
        work.tail[row] = work.chosen[row]
