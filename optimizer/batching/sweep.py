"""Sweep batching: carts are filled along one sweep through the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.batching.demand import Batch, Partition
from optimizer.batching.neighbours import likeness

_OPEN_CARTS = 8


def sweep(keys: Sequence[int], masks: Sequence[int], *, fits: Callable[[Batch], bool]) -> Partition:
    """Put demands on carts in the order of their keys, each on the open cart it is most like.

    A few carts are open at once; when a further one is needed, the oldest leaves. Heuristic,
    made for many small orders, where it takes milliseconds and fills carts better than savings.
    O(n) capacity checks.

    Parameters
    ----------
    keys
        Per demand where on the sweep it lies, e.g. the serpentine number of its farthest cell.
    masks
        Per demand the cells it touches, see :func:`optimizer.batching.neighbours.cell_masks`.
    fits
        Whether a cart takes a batch.

    References
    ----------
    .. [1] Gillett, B. E., Miller, L. R. (1974). A heuristic algorithm for the vehicle-dispatch
       problem. Operations Research 22(2), 340-349. https://doi.org/10.1287/opre.22.2.340
    """
    done: list[Batch] = []
    carts: list[tuple[Batch, int]] = []
    for index in sorted(range(len(keys)), key=lambda index: (keys[index], index)):
        mask = masks[index]
        best: int | None = None
        for number, (batch, cells) in enumerate(carts):
            better = best is None or likeness(cells, mask) > likeness(carts[best][1], mask)
            if better and fits((*batch, index)):
                best = number
        if best is not None:
            batch, cells = carts[best]
            carts[best] = ((*batch, index), cells | mask)
            continue
        carts.append(((index,), mask))
        if len(carts) > _OPEN_CARTS:
            done.append(carts.pop(0)[0])
    done.extend(batch for batch, _ in carts)
    return tuple(tuple(sorted(batch)) for batch in done)
