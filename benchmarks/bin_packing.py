"""How few carts can take some orders at best: a bound that no search takes part in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

MOST_STEPS = 20
"""Up to how many steps sizes are rounded to; finer ones seldom say more."""


def fewest_bins(sizes: Sequence[int], capacity: int) -> int:
    """Return a number of bins that no packing is below, by dual feasible functions.

    Such a function changes sizes so that whatever fits a bin still fits it; the total of the
    changed sizes, divided by the capacity and rounded up, is then a bound. Used are those that
    round sizes to steps of a k-th, for each k, followed by those that call an item beyond
    ``capacity - threshold`` a whole bin and one below the threshold nothing (unrounded, these give
    bound L2 of Martello and Toth). Exact in integers; O(k d²) for d different sizes.

    Parameters
    ----------
    sizes
        Sizes of the items, 0 to ``capacity``.
    capacity
        What a bin takes, >= 1.

    References
    ----------
    Fekete, S. P., Schepers, J. (2001): New classes of fast lower bounds for bin packing problems.
    Mathematical Programming 91. DOI 10.1007/s101070100243.
    """
    counts = Counter(sizes)
    best = _best_threshold(counts, capacity)
    for k in range(1, MOST_STEPS + 1):
        rounded: Counter[int] = Counter()
        for size, count in counts.items():
            steps, rest = divmod((k + 1) * size, capacity)
            # In units of 1/k of a size, so that a bin takes k times the capacity.
            rounded[steps * capacity if rest else k * size] += count
        best = max(best, _best_threshold(rounded, k * capacity))
    return best


def _best_threshold(counts: Mapping[int, int], capacity: int) -> int:
    thresholds = {0, *(size for size in counts if 2 * size <= capacity)}
    return max(-(-_total(counts, capacity, one) // capacity) for one in thresholds)


def _total(counts: Mapping[int, int], capacity: int, threshold: int) -> int:
    return sum(
        count * (capacity if size > capacity - threshold else size)
        for size, count in counts.items()
        if size >= threshold
    )
