"""How few carts can take some orders at best: a bound that no search takes part in."""

from __future__ import annotations

from collections.abc import Sequence


def fewest_bins(sizes: Sequence[int], capacity: int) -> int:
    """Return a number of bins that no packing is below: bound L2 of Martello and Toth.

    It counts the items that never share a bin with another one above a threshold, and how much of
    the small ones does not fit beside the large ones; with threshold 0 it is at least the total
    divided by the capacity, rounded up. O(n²).

    Parameters
    ----------
    sizes
        Sizes of the items, 1 to ``capacity``.
    capacity
        What a bin takes.

    References
    ----------
    Martello, S., Toth, P. (1990): Lower bounds and reduction procedures for the bin packing
    problem. Discrete Applied Mathematics 28. DOI 10.1016/0166-218X(90)90094-S.
    """
    thresholds = {0, *(size for size in sizes if 2 * size <= capacity)}
    return max(_bound(sizes, capacity, threshold) for threshold in thresholds)


def _bound(sizes: Sequence[int], capacity: int, threshold: int) -> int:
    alone = sum(size > capacity - threshold for size in sizes)
    large = [size for size in sizes if size <= capacity - threshold and 2 * size > capacity]
    small = sum(size for size in sizes if threshold <= size and 2 * size <= capacity)
    room = len(large) * capacity - sum(large)
    return alone + len(large) + max(0, -(-(small - room) // capacity))
