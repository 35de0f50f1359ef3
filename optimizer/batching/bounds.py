"""A lower bound on the walk of any batching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SizedLength:
    """A demand by itself: a length no tour of it can be below, and what it takes of a cart.

    ``sizes`` are in the units of the capacities of :func:`batch_bound`.
    """

    length_mm: int
    sizes: tuple[int, ...]


def batch_bound(demands: Sequence[SizedLength], capacities: Sequence[int]) -> int:
    """Return a length no partition of the demands into batches can be below, in millimetres.

    A shortest tour never grows when stops are left out, so a batch is at least as long as the
    longest of its demands. Sort demands by length, longest first: the first ``j`` batches hold
    at most ``j`` capacities, so the demand at that place of the cumulated sizes is in a further
    batch, which is at least as long as it. Summing over ``j`` bounds the total; every resource
    gives a bound, the largest counts. The same holds for demands that may be divided, with a
    length that no tour of any piece can be below. O(n log n).

    Valid for shortest tours between fixed stations; not for policies such as S-shape, whose
    length may fall when a stop is added.

    Parameters
    ----------
    demands
        Each is in exactly one batch, or divided over several.
    capacities
        Per resource what one batch takes at most, at least 1.
    """
    ordered = sorted(demands, key=lambda demand: -demand.length_mm)
    return max(
        (_staircase(ordered, resource, capacity) for resource, capacity in enumerate(capacities)),
        default=0,
    )


def _staircase(ordered: Sequence[SizedLength], resource: int, capacity: int) -> int:
    if not ordered:
        return 0
    # Even demands without size are in some batch, so the longest always counts.
    total = ordered[0].length_mm
    filled = 0
    step = capacity
    for demand in ordered:
        filled += demand.sizes[resource]
        while filled > step:
            total += demand.length_mm
            step += capacity
    return total
