"""Which picker does which batch when, so that every order is ready by its due date.

Batches have durations and due dates (the earliest of their orders), and identical pickers are free
from time 0. Times are integers in any one unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, kernel


@frugal_kernel
def lateness(
    order: NDArray[np.int64],
    n: int,
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    weight: NDArray[np.int64],
    free: NDArray[np.int64],
) -> int:
    """Return the weighted total tardiness of list scheduling: next batch to the next free picker.

    With one picker and the batches by due date it is 0 exactly when some sequence is on time
    (Jackson's rule). With several pickers 0 is a proof that the batches can be done on time, but
    more than 0 is none that they cannot. O(n m) without allocating memory.

    Parameters
    ----------
    order
        Batch numbers in the order in which they start; the first ``n`` count. By due date for
        Jackson's rule.
    n
        Number of batches to be done.
    duration, due, weight
        By batch number, int64: duration >= 0, due date, price per unit of tardiness >= 0.
    free
        Shape (n_pickers,), int64; overwritten with the time when each picker is done.

    References
    ----------
    Jackson, J. R. (1955): Scheduling a production line to minimize maximum tardiness. Management
    Science Research Project, Research Report 43, University of California, Los Angeles.
    Graham, R. L. (1969): Bounds on multiprocessing timing anomalies. SIAM Journal on Applied
    Mathematics 17(2), 416-429. DOI 10.1137/0117039.
    """
    n_pickers = len(free)
    for picker in range(n_pickers):
        free[picker] = 0
    total = 0
    for place in range(n):
        batch = order[place]
        first = 0
        for picker in range(1, n_pickers):
            if free[picker] < free[first]:
                first = picker
        free[first] += duration[batch]
        late = free[first] - due[batch]
        if late > 0:
            total += late * weight[batch]
    return total


ON_TIME, LATE, UNDECIDED = 1, 0, -1
"""Answers of :func:`assign_on_time`."""


@kernel
def assign_on_time(
    order: NDArray[np.int64],
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    picker: NDArray[np.int64],
    n_pickers: int,
    most_steps: int,
) -> int:
    """Give batches to pickers such that all are on time, by complete search.

    Each picker does batches by due date, which is on time when any sequence is (Jackson's rule);
    so only who does which is searched, in that order, pickers with equal work counting as one.
    Exponential in the worst case, hence the limit; list scheduling answers most calls.

    Parameters
    ----------
    order
        Shape (n,), int64: batch numbers by due date.
    duration, due
        By batch number, int64.
    picker
        By batch number, int64; filled with who does each batch when all are on time.
    n_pickers
        At least 1.
    most_steps
        How many assignments are tried at most.

    Returns
    -------
    int
        :data:`ON_TIME`; :data:`LATE`: proven that no assignment is on time; :data:`UNDECIDED`:
        the limit was reached.
    """
    n = len(order)
    free = np.zeros(n_pickers, dtype=np.int64)
    work = np.int64(0)
    for place in range(n):
        work += duration[order[place]]
        # All work due by a date has to fit before it.
        last_of_date = place + 1 == n or due[order[place + 1]] > due[order[place]]
        if last_of_date and work > n_pickers * due[order[place]]:
            return LATE
    tried = np.full(n + 1, -1, dtype=np.int64)
    place = 0
    steps = 0
    while place >= 0:
        if place == n:
            return ON_TIME
        batch = order[place]
        last = tried[place]
        if last >= 0:
            free[last] -= duration[batch]
        following = last + 1
        while following < n_pickers:
            fits = free[following] + duration[batch] <= due[batch]
            for other in range(following):
                fits = fits and free[other] != free[following]
            if fits:
                break
            following += 1
        if following == n_pickers:
            tried[place] = -1
            place -= 1
            continue
        steps += 1
        if steps > most_steps:
            return UNDECIDED
        tried[place] = following
        free[following] += duration[batch]
        picker[batch] = following
        place += 1
    return LATE
