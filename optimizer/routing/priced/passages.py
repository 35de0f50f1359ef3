"""What the passages of one stretch of an aisle cost when crossings and U-turns have a price.

A stretch is one edge between two crossings. With prices its picks may be spread over several
*visits* (see :mod:`optimizer.routing.priced.prices`), each through or in and out at one end. What
the rest of the tour sees is only which ends they touch, whether they join them, and how often the
stretch is walked through, odd or even; so the six passages of the programme over aisles remain, and
each gets the price of the cheapest set of visits of its kind. By hand:

TWICE
    One way for each side: nothing but twice the length. No set of visits that costs as much or more
    is needed in place of it, also where both ends are connected already.
FRONT, BACK
    In and out once with one U-turn, and one crossing when both sides have picks; or a visit of its
    own for each side.
GAP
    The picks are cut in two; those in front of the cut as FRONT, the others as BACK. Visits that
    overlap are never cheaper than TWICE.
ONCE
    Through, with a crossing per change of side; on parts of the stretch walked three times one side
    is picked by the second way: a zigzag inside (two U-turns, one crossing), a visit from the front
    or from the back (one U-turn, no crossing), or three ways through (nothing).

One module for all compiled functions that call each other, for the sake of the compiler's cache.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.programme import BLOCKED, FIRST, KIND, PASSAGE_STAGE, PAST

NONE, LEFT, RIGHT, BOTH = 0, 1, 2, 3
"""Sides, and the sides that picks at one offset have together."""

JOINED = 11
"""The choice among all passages but ONCE: both ends are connected already."""

N_PRICED_CHOICES = 12

START, FROM_FRONT = -1, -2
"""Where a chain of picks begins: nowhere; behind a visit from the front."""

TO_THE_END, FROM_BACK, THREE_WAYS = 0, 1, 2
"""How ONCE ends: one way to the back; a visit from the back as well; three ways through."""


@kernel
def price_of_ends(reach: int, left: int, right: int, crossing: int, turning: int) -> int:
    """Return the price of walking in and out at one end as far as ``reach``.

    Parameters
    ----------
    reach, left, right
        Walk to the farthest pick, and to the farthest of either side (0: none), millimetres.
    crossing, turning
        Prices, ``BLOCKED`` where forbidden.
    """
    price = 2 * reach + turning
    if left > 0 and right > 0:
        price += min(crossing, 2 * min(left, right) + turning)
    return min(price, BLOCKED)


@kernel
def offsets_and_sides(
    along: NDArray[np.int64], sides: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct offsets of picks and the sides at each, both shape (n_offsets,), int64.

    Parameters as in :func:`priced_passage_costs`.
    """
    offsets = np.empty(along.shape[0], dtype=np.int64)
    masks = np.zeros(along.shape[0], dtype=np.int64)
    n = 0
    for pick in range(along.shape[0]):
        if n == 0 or offsets[n - 1] != along[pick]:
            offsets[n] = along[pick]
            n += 1
        masks[n - 1] |= sides[pick]
    return offsets[:n], masks[:n]


@kernel
def once_through(
    offsets: NDArray[np.int64],
    masks: NDArray[np.int64],
    length: int,
    crossing: int,
    turning: int,
    best: NDArray[np.int64],
    before: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Return the price of ONCE, how it ends, and the state of the chain at that point.

    Exact. Time O(n_offsets**2).

    Parameters
    ----------
    offsets, masks
        From :func:`offsets_and_sides`.
    length
        Length of the stretch, millimetres.
    crossing, turning
        Prices, ``BLOCKED`` where forbidden.
    best
        Shape (n_offsets + 1, 3), int64, filled: the least price, beyond the length, of the first k
        offsets when the last pick with a side was on none, the left or the right.
    before
        The same shape, int64, filled: the state that led there as ``3 * k + side``, ``START`` or
        ``FROM_FRONT``.

    Returns
    -------
    tuple
        The price; ``TO_THE_END``, ``FROM_BACK`` or ``THREE_WAYS``; the last state as ``3 * k +
        side`` (with a visit from the back, the first k offsets come before it).
    """
    n = offsets.shape[0]
    best[:] = BLOCKED
    before[:] = START
    best[0, NONE] = 0
    for k in range(1, n + 1):
        mask = masks[k - 1]
        for side in range(3):
            known = best[k - 1, side]
            if known >= BLOCKED:
                continue
            for following in range(3):
                if mask == NONE:
                    if following != side:
                        continue
                    price = known
                elif mask == BOTH:
                    if following in (NONE, side):
                        continue
                    price = known + crossing
                else:
                    if following != mask:
                        continue
                    price = known if side in (NONE, mask) else known + crossing
                if price < best[k, following]:
                    best[k, following] = price
                    before[k, following] = 3 * (k - 1) + side
        # A zigzag over the offsets a + 1 to k, entered on one side and left on the other.
        for a in range(k - 1):
            extra = 2 * (offsets[k - 1] - offsets[a]) + 2 * turning + crossing
            for side in range(3):
                for following in range(1, 3):
                    price = best[a, side] + extra
                    if following != side and price < best[k, following]:
                        best[k, following] = price
                        before[k, following] = 3 * a + side
        price = 2 * offsets[k - 1] + turning
        for following in range(1, 3):
            if price < best[k, following]:
                best[k, following] = price
                before[k, following] = FROM_FRONT
    total, ending, state = BLOCKED, TO_THE_END, 3 * n
    for side in range(3):
        if length + best[n, side] < total:
            total, ending, state = length + best[n, side], TO_THE_END, 3 * n + side
        for k in range(n):
            price = length + best[k, side] + 2 * (length - offsets[k]) + turning
            if price < total:
                total, ending, state = price, FROM_BACK, 3 * k + side
    if 3 * length < total:
        total, ending, state = 3 * length, THREE_WAYS, 0
    return int(total), ending, state


@kernel
def best_cut(
    offsets: NDArray[np.int64], masks: NDArray[np.int64], length: int, crossing: int, turning: int
) -> tuple[int, int]:
    """Return the price of GAP and how many offsets lie in front of the cut.

    Exact among the cuts. Time O(n_offsets). ``BLOCKED`` with fewer than two offsets.
    """
    n = offsets.shape[0]
    behind = np.empty(n, dtype=np.int64)
    left, right = 0, 0
    for k in range(n - 1, -1, -1):
        reach = length - offsets[k]
        if masks[k] & LEFT:
            left = max(left, reach)
        if masks[k] & RIGHT:
            right = max(right, reach)
        behind[k] = price_of_ends(reach, left, right, crossing, turning)
    total, cut = BLOCKED, 0
    left, right = 0, 0
    for k in range(n - 1):
        if masks[k] & LEFT:
            left = offsets[k]
        if masks[k] & RIGHT:
            right = offsets[k]
        price = price_of_ends(offsets[k], left, right, crossing, turning) + behind[k + 1]
        if price < total:
            total, cut = price, k + 1
    return int(total), cut


@kernel
def priced_passage_costs(
    along: NDArray[np.int64],
    sides: NDArray[np.int64],
    length: int,
    crossing: int,
    turning: int,
    costs: NDArray[np.int64],
) -> None:
    """Fill the cost of each choice of passages of one stretch of an aisle.

    Parameters
    ----------
    along
        Shape (n_picks,), int64, ascending, more than 0 and less than ``length``: picks of the
        stretch, millimetres from its front row.
    sides
        Shape (n_picks,), int64: ``NONE``, ``LEFT`` or ``RIGHT``, seen from the front row.
    length
        Length of the stretch in millimetres; ``BLOCKED`` or more where it cannot be walked.
    crossing, turning
        Prices in millimetres, ``BLOCKED`` where forbidden.
    costs
        Shape (12,), int64, filled in the order of
        :data:`~optimizer.routing.parallel.transitions.CHOICES`, then ``JOINED``.
    """
    n = along.shape[0]
    costs[0] = 0 if n == 0 else BLOCKED
    costs[1] = min(length, BLOCKED)
    costs[2] = min(2 * length, BLOCKED)
    costs[3:6] = BLOCKED
    if n > 0 and length < BLOCKED:
        offsets, masks = offsets_and_sides(along, sides)
        m = offsets.shape[0]
        left, right, near_left, near_right = 0, 0, 0, 0
        for k in range(m):
            if masks[k] & LEFT:
                left = offsets[k]
                near_left = max(near_left, length - offsets[k])
            if masks[k] & RIGHT:
                right = offsets[k]
                near_right = max(near_right, length - offsets[k])
        costs[3] = price_of_ends(offsets[m - 1], left, right, crossing, turning)
        costs[4] = price_of_ends(length - offsets[0], near_left, near_right, crossing, turning)
        costs[5] = best_cut(offsets, masks, length, crossing, turning)[0]
        if crossing > 0 and left > 0 and right > 0:
            best = np.empty((m + 1, 3), dtype=np.int64)
            before = np.empty((m + 1, 3), dtype=np.int64)
            costs[1] = once_through(offsets, masks, length, crossing, turning, best, before)[0]
    # The choices between passages that lead to the same state.
    costs[7] = min(costs[0], costs[3])
    costs[8] = min(costs[0], costs[4])
    costs[9] = min(costs[4], costs[5])
    costs[10] = min(costs[3], costs[5])
    costs[6] = min(costs[7], costs[9])
    costs[JOINED] = min(costs[6], costs[2])


@kernel
def price_stages(
    stages: NDArray[np.int64],
    costs: NDArray[np.int64],
    along: NDArray[np.int64],
    sides: NDArray[np.int64],
    crossing: int,
    turning: int,
) -> NDArray[np.int64]:
    """Return the costs of the stages of a programme with prices.

    Parameters
    ----------
    stages, costs
        From :func:`~optimizer.routing.parallel.programme.lay_stages`: what they cost without
        prices.
    along, sides
        Shape (n_picks,), int64: of the picks that the stages refer to.
    crossing, turning
        Prices in millimetres, ``BLOCKED`` where forbidden.

    Returns
    -------
    NDArray
        Shape (n_stages, 12), int64.
    """
    priced = np.zeros((costs.shape[0], N_PRICED_CHOICES), dtype=np.int64)
    for stage in range(costs.shape[0]):
        if stages[stage, KIND] == PASSAGE_STAGE:
            first, past = stages[stage, FIRST], stages[stage, PAST]
            length = costs[stage, 1]
            priced_passage_costs(
                along[first:past], sides[first:past], length, crossing, turning, priced[stage]
            )
        else:
            priced[stage, : costs.shape[1]] = costs[stage]
    return priced
