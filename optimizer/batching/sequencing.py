"""Which picker does which batch when, so that every order is ready by its due date.

Batches have durations and due dates (the earliest of their orders), and identical pickers are free
from time 0. Times are integers in any one unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel


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
