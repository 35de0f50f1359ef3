"""The cheapest batches that hold every order once and can be done in time, by complete search.

The search covers the orders one by one: the next order not yet held gets one of the batches that
hold it and no order held already. Reduced costs tell what a partial plan costs at least: every
plan costs a constant plus the reduced costs of its batches, so the search ends a branch when their
sum exceeds what a better plan may have left. All in integers: what it proves is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.on_time.due_date_master import DualBound
from optimizer.batching.on_time.feasible_batches import Batches
from optimizer.batching.on_time.sequencing import ON_TIME, UNDECIDED, assign_on_time
from optimizer.routing.kernel import kernel

STEPS_TO_ASSIGN = 100_000
"""Most assignments tried for one set of batches."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundPartition:
    """Result of a search.

    ``batches`` are the places of the best batches found, ``None`` where none are within the limit;
    ``pickers`` says who does each. ``complete``: there is nothing cheaper within the limit.
    ``steps`` counts the batches tried.
    """

    batches: NDArray[np.int64] | None
    pickers: NDArray[np.int64] | None
    cost: int
    complete: bool
    steps: int


def search_partition(
    batches: Batches, bound: DualBound, *, n_pickers: int, upper: int, most_steps: int
) -> FoundPartition:
    """Return the cheapest plan that costs at most ``upper``.

    Exponential in the worst case. Deterministic.

    Parameters
    ----------
    batches
        To choose from; all of reduced cost within :meth:`DualBound.threshold` of ``upper``.
    bound
        Dual values and what they bound.
    n_pickers
        At least 1.
    upper
        Largest cost, an integer.
    most_steps
        Most batches tried.
    """
    reduced = batches.reduced_costs(bound.prices)
    rank = _ranks(batches)
    place = np.append(rank, batches.n)[batches.members]
    first = place.min(axis=1, initial=batches.n)
    order = np.lexsort((np.arange(len(batches)), reduced, first))
    sizes = (place < batches.n).sum(axis=1)
    dates, date = np.unique(batches.due, return_inverse=True)
    begins = np.searchsorted(first[order], np.arange(batches.n + 1)).astype(np.int64)
    chosen = np.zeros(batches.n, dtype=np.int64)
    picker = np.zeros(batches.n, dtype=np.int64)
    best, count, complete, steps = cheapest_partition(
        (np.sort(place[order], axis=1), sizes[order], begins),
        (
            batches.cost[order],
            batches.time[order],
            batches.due[order],
            reduced[order],
            date[order].astype(np.int64),
        ),
        _shares(place, sizes, reduced, batches.n),
        n_pickers * dates,
        n_pickers,
        (upper, bound.prices.scale, bound.base, most_steps),
        chosen,
        picker,
    )
    if not count:
        return FoundPartition(None, None, upper + 1, complete, steps)
    return FoundPartition(order[chosen[:count]], picker[:count], best, complete, steps)


def _ranks(batches: Batches) -> NDArray[np.int64]:
    """Return the rank of each order: those in the fewest batches are covered first."""
    count = np.bincount(batches.members.ravel(), minlength=batches.n + 1)[: batches.n]
    rank = np.empty(batches.n, dtype=np.int64)
    rank[np.argsort(count, kind="stable")] = np.arange(batches.n)
    return rank


def _shares(
    place: NDArray[np.int64], sizes: NDArray[np.int64], reduced: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Return, per rank, what an order adds to the reduced cost of any plan at least."""
    unknown = np.iinfo(np.int64).max
    shares = np.full(n + 1, unknown, dtype=np.int64)
    np.minimum.at(shares, place, np.broadcast_to((reduced // sizes)[:, None], place.shape))
    # An order in no batch ends the search at once, whatever its share.
    return np.where(shares == unknown, 0, shares)[:n]


@kernel
def cheapest_partition(
    sets: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    values: tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
    ],
    shares: NDArray[np.int64],
    room: NDArray[np.int64],
    n_pickers: int,
    limits: tuple[int, int, int, int],
    best_batches: NDArray[np.int64],
    best_picker: NDArray[np.int64],
) -> tuple[int, int, bool, int]:
    """Search; see :func:`search_partition`.

    Parameters
    ----------
    sets
        Members of the batches as ranks, ascending, shape (n_batches, width), padded; their number;
        where the batches begin whose first member has each rank, shape (n + 1,). Batches of one
        first member come by reduced cost.
    values
        Cost, time, due time, reduced cost, number of the due time.
    shares
        Shape (n,): what each order adds at least to the sum of reduced costs.
    room
        Per due time: time of all pickers until then.
    n_pickers
        At least 1.
    limits
        Largest cost, scale, base of the bound, most steps.
    best_batches, best_picker
        Shape (n,), int64; filled.

    Returns
    -------
    tuple
        Cost and number of batches of the best plan (0: none), whether the search was complete,
        batches tried.
    """
    members, sizes, begins = sets
    cost, time, due, reduced, date = values
    upper, scale, base, most_steps = limits
    n = shares.shape[0]
    n_dates = room.shape[0]
    held = np.zeros(n + 1, dtype=np.bool_)
    left = room.copy()
    chosen = np.zeros(n + 1, dtype=np.int64)
    at = np.zeros(n + 1, dtype=np.int64)
    target = np.zeros(n + 1, dtype=np.int64)
    total, excess, rest = np.int64(0), np.int64(0), np.int64(0)
    # Rounded dual values leave some reduced costs, and so shares, a little below 0.
    negative = np.int64(0)
    for order in range(n):
        rest += shares[order]
        negative += min(shares[order], 0)
    found, complete = 0, True
    depth, steps = 0, 0
    at[0] = begins[0]
    allowed = upper * scale - base
    while depth >= 0:
        if at[depth] < 0:
            # Take the batch of this depth away again.
            batch = chosen[depth]
            for member in range(sizes[batch]):
                held[members[batch, member]] = False
                rest += shares[members[batch, member]]
            for later in range(date[batch], n_dates):
                left[later] += time[batch]
            total -= cost[batch]
            excess -= reduced[batch]
            at[depth] = batch + 1
        batch = at[depth]
        exhausted = batch >= begins[target[depth] + 1]
        # Every later batch of this order has a higher reduced cost.
        exhausted = exhausted or excess + reduced[batch] + negative > allowed
        if exhausted or steps >= most_steps:
            complete = complete and exhausted
            depth -= 1
            continue
        steps += 1
        fits = True
        own = np.int64(0)
        for member in range(sizes[batch]):
            fits = fits and not held[members[batch, member]]
            own += shares[members[batch, member]]
        fits = fits and excess + reduced[batch] + rest - own <= allowed
        for later in range(date[batch], n_dates):
            fits = fits and left[later] >= time[batch]
        if not fits:
            at[depth] += 1
            continue
        for member in range(sizes[batch]):
            held[members[batch, member]] = True
        rest -= own
        for later in range(date[batch], n_dates):
            left[later] -= time[batch]
        total += cost[batch]
        excess += reduced[batch]
        chosen[depth] = batch
        at[depth] = -1
        following = target[depth] + 1
        while following < n and held[following]:
            following += 1
        if following < n:
            depth += 1
            target[depth] = following
            at[depth] = begins[following]
            continue
        if total <= upper:
            count = depth + 1
            used = chosen[:count]
            picker = np.zeros(count, dtype=np.int64)
            by_due = np.argsort(due[used], kind="mergesort")
            answer = assign_on_time(
                by_due, time[used], due[used], picker, n_pickers, STEPS_TO_ASSIGN
            )
            if answer == UNDECIDED:
                complete = False
            elif answer == ON_TIME:
                found = count
                best_batches[:count] = used
                best_picker[:count] = picker
                upper = total - 1
                allowed = upper * scale - base
    return upper + 1, found, complete, steps
