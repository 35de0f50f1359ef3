"""What a choice of locations must bring: residual demand and covering rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.scattered.stages import FREE, GONE, SLOTS, TAKEN, Supplies


@kernel
def settle(supplies: Supplies, status: NDArray[np.int8], lacking: NDArray[np.int64]) -> bool:
    """Take points that are indispensable, drop useless ones; return whether a cover remains.

    Parameters
    ----------
    status
        Shape (n_points,), int8, changed: FREE, TAKEN or GONE.
    lacking
        Shape (n_items,), int64, filled: pieces of each item that the taken points do not hold.
    """
    begin, item, amount = supplies.begin, supplies.item, supplies.amount
    n_points = status.shape[0]
    there = np.empty(lacking.shape[0], dtype=np.int64)
    changed = True
    while changed:
        changed = False
        lacking[:] = supplies.demand
        there[:] = 0
        for point in range(n_points):
            for s in range(begin[point], begin[point + 1]):
                if status[point] == TAKEN:
                    lacking[item[s]] -= amount[s]
                elif status[point] == FREE:
                    there[item[s]] += amount[s]
        for one in range(lacking.shape[0]):
            lacking[one] = max(lacking[one], 0)
            if there[one] < lacking[one]:
                return False
        for point in range(n_points):
            if status[point] != FREE:
                continue
            useful, needed = False, False
            for s in range(begin[point], begin[point + 1]):
                useful = useful or lacking[item[s]] > 0
                needed = needed or there[item[s]] - amount[s] < lacking[item[s]]
            if needed or not useful:
                status[point] = TAKEN if needed else GONE
                changed = True
                break
    return True


@kernel
def fill_rows(
    supplies: Supplies,
    status: NDArray[np.int8],
    lacking: NDArray[np.int64],
    need: NDArray[np.int64],
    share: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Fill the covering rows for what is lacking; return their divisors.

    Every cover satisfies sum ceil(q_p / t) x_p >= ceil(d / t) for every divisor t, where x_p is 1
    for a point that is used, q_p what it holds, at most d, and d what is lacking: the row in
    pieces divided by t and rounded up. t = 1 is that row itself; with the largest q_p as t the
    row counts points. An item gets the divisors 1, 2, 3 and the largest q_p as far as they differ.

    Parameters
    ----------
    need
        Shape (n_items, SLOTS), int64, filled: right-hand sides, 0 for a row that is not used.
    share
        Shape (n_supplies, SLOTS), int64, filled: left-hand sides.

    Returns
    -------
    NDArray
        Shape (n_items, SLOTS), int64.

    References
    ----------
    Chvátal, V. (1973): Edmonds polytopes and a hierarchy of combinatorial problems. Discrete
    Mathematics 4(4), 305-337. DOI 10.1016/0012-365X(73)90167-2.
    """
    begin, item, amount = supplies.begin, supplies.item, supplies.amount
    most = np.zeros(lacking.shape[0], dtype=np.int64)
    for point in range(status.shape[0]):
        if status[point] == FREE:
            for s in range(begin[point], begin[point + 1]):
                most[item[s]] = max(most[item[s]], min(amount[s], lacking[item[s]]))
    divisor = np.ones((lacking.shape[0], SLOTS), dtype=np.int64)
    need[:] = 0
    share[:] = 0
    for one in range(lacking.shape[0]):
        for slot in range(SLOTS):
            last = slot == SLOTS - 1
            divisor[one, slot] = max(most[one], 1) if last else slot + 1
            fits = most[one] >= SLOTS if last else most[one] > slot
            if lacking[one] > 0 and fits:
                need[one, slot] = (lacking[one] + divisor[one, slot] - 1) // divisor[one, slot]
    for point in range(status.shape[0]):
        if status[point] != FREE:
            continue
        for s in range(begin[point], begin[point + 1]):
            held = min(amount[s], lacking[item[s]])
            for slot in range(SLOTS):
                by = divisor[item[s], slot]
                share[s, slot] = min((held + by - 1) // by, need[item[s], slot])
    return divisor
