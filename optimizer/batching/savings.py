"""Savings batching, Clarke & Wright (ii)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence

from optimizer.batching.demand import Batch, Partition
from optimizer.batching.neighbours import likeness
from optimizer.stopping import Stop

_CLOSING_PARTNERS = 4
"""In the last pass every batch is compared with this many times the usual neighbours."""


def savings(
    masks: Sequence[int],
    neighbours: Sequence[Sequence[int]],
    *,
    cost: Callable[[Batch], int],
    fits: Callable[[Batch], bool],
    limit: int,
    stop: Stop,
) -> Partition:
    """Merge batches in order of the walk they save, until nothing that fits saves any.

    C&W(ii): every demand starts as a batch of its own; after each merge the savings of the new
    batch are computed afresh with its exact length [1]_, [2]_. Heuristic. Deviation from the
    paper: only ``neighbours`` are compared, so that the number of route lengths grows linearly
    with the number of demands; a last pass compares what is left more widely.

    Parameters
    ----------
    masks
        Per demand the cells it touches, see :func:`optimizer.batching.neighbours.cell_masks`.
    neighbours
        Per demand the demands it is compared with.
    cost
        Length of a batch in millimetres.
    fits
        Whether a cart takes a batch.
    limit
        Batches a merged batch is compared with at most.
    stop
        Asked before the neighbours of each demand are compared and before each merge; when true,
        the batches so far are returned.

    Returns
    -------
    Partition
        Every demand once.

    References
    ----------
    .. [1] Clarke, G., Wright, J. W. (1964). Scheduling of vehicles from a central depot to a
       number of delivery points. Operations Research 12(4), 568-581.
       https://doi.org/10.1287/opre.12.4.568
    .. [2] de Koster, R., van der Poort, E. S., Wolters, M. (1999). Efficient orderbatching
       methods in warehouses. International Journal of Production Research 37(7), 1479-1504.
       https://doi.org/10.1080/002075499191094
    """
    merger = _Merger(masks, cost, fits)
    for index, others in enumerate(neighbours):
        if stop():
            break
        for other in others:
            merger.offer(index, other)
    near = [set(others) for others in neighbours]
    closing = False
    while not stop():
        merged = merger.merge_best()
        if merged is not None:
            new, first, second = merged
            near.append(near[first] | near[second])
            partners = {merger.batch_of(member) for member in near[new]} - {new}
            for other in merger.closest(new, merger.batches if closing else partners, limit):
                merger.offer(new, other)
        elif closing:
            break
        else:
            closing = True
            for batch in sorted(merger.batches):
                for other in merger.closest(batch, merger.batches, _CLOSING_PARTNERS * limit):
                    merger.offer(batch, other)
    return tuple(sorted(merger.batches.values()))


class _Merger:
    """Batches by number, their lengths, and the savings of merging two of them."""

    def __init__(
        self,
        masks: Sequence[int],
        cost: Callable[[Batch], int],
        fits: Callable[[Batch], bool],
    ) -> None:
        self.batches: dict[int, Batch] = {index: (index,) for index in range(len(masks))}
        self._cost = cost
        self._fits = fits
        self._masks = list(masks)
        self._lengths = [cost((index,)) for index in range(len(masks))]
        self._owner = list(range(len(masks)))
        self._heap: list[tuple[int, int, int, int]] = []
        self._offered: set[tuple[int, int]] = set()

    def batch_of(self, index: int) -> int:
        """Return the number of the batch that holds a demand."""
        return self._owner[index]

    def offer(self, first: int, second: int) -> None:
        """Remember the saving of merging two batches if they fit one cart and save walking."""
        low, high = sorted((first, second))
        if (low, high) in self._offered:
            return
        self._offered.add((low, high))
        members = tuple(sorted(self.batches[low] + self.batches[high]))
        if not self._fits(members):
            return
        length = self._cost(members)
        saving = self._lengths[first] + self._lengths[second] - length
        if saving > 0:
            heapq.heappush(self._heap, (-saving, low, high, length))

    def merge_best(self) -> tuple[int, int, int] | None:
        """Merge the pair with the largest saving; return new number and its two parts."""
        while self._heap:
            _, first, second, length = heapq.heappop(self._heap)
            if first in self.batches and second in self.batches:
                members = tuple(sorted(self.batches.pop(first) + self.batches.pop(second)))
                new = len(self._lengths)
                self.batches[new] = members
                self._lengths.append(length)
                self._masks.append(self._masks[first] | self._masks[second])
                for member in members:
                    self._owner[member] = new
                return new, first, second
        return None

    def closest(self, batch: int, others: Iterable[int], limit: int) -> list[int]:
        """Return the batches that are most like one, best first."""
        mask = self._masks[batch]
        candidates = (other for other in others if other != batch)
        return heapq.nsmallest(
            limit,
            candidates,
            key=lambda other: (-likeness(mask, self._masks[other]), other),
        )
