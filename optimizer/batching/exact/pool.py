"""Listed batches: all that can be in a better solution, as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from optimizer.batching.exact.master import Cut
from optimizer.batching.exact.pricing import FINE, Prices
from optimizer.batching.problem import Batch


class Pool:
    """Batches with their values; reduced costs for any prices at once.

    Parameters
    ----------
    n
        Number of demands.
    batches
        Batches and values.
    """

    def __init__(self, n: int, batches: Sequence[tuple[Batch, int]]) -> None:
        self._n = n
        self.batches = [batch for batch, _ in batches]
        self.values = np.array([value for _, value in batches], dtype=np.int64)
        sizes = [len(batch) for batch in self.batches]
        begins = np.zeros(len(sizes) + 1, dtype=np.int64)
        np.cumsum(sizes, out=begins[1:])
        flat = np.fromiter(
            (demand for batch in self.batches for demand in batch), np.int64, int(begins[-1])
        )
        self._holds = csr_array(
            (np.ones(len(flat), dtype=np.int64), flat, begins), shape=(len(sizes), n)
        )
        self._members: dict[int, NDArray[np.bool_]] = {}
        self._counts: dict[tuple[Batch, int], NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self.batches)

    def reduced_costs(self, prices: Prices, cuts: Sequence[Cut]) -> NDArray[np.int64]:
        """Return the reduced costs of all batches, in parts, exactly."""
        costs = self.values * FINE - self._holds @ prices.prices - prices.fixed[0]
        for cut, penalty in zip(cuts, prices.penalties, strict=False):
            if penalty > 0:
                costs = costs + penalty * self._count(cut)
        return np.asarray(costs, dtype=np.int64)

    def obeys(self, first: int, second: int, *, together: bool) -> NDArray[np.bool_]:
        """Return which batches have both or none of two demands; or not both of them."""
        one, other = self._has(first), self._has(second)
        return ~(one ^ other) if together else ~(one & other)

    def _has(self, demand: int) -> NDArray[np.bool_]:
        if demand not in self._members:
            inside = np.zeros(self._n, dtype=np.int64)
            inside[demand] = 1
            self._members[demand] = np.asarray(self._holds @ inside, dtype=np.bool_)
        return self._members[demand]

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop all batches but the wanted ones."""
        self.batches = [batch for batch, kept in zip(self.batches, wanted, strict=True) if kept]
        self.values = self.values[wanted]
        self._holds = self._holds[np.flatnonzero(wanted)]
        self._members.clear()
        self._counts = {key: counts[wanted] for key, counts in self._counts.items()}

    def _count(self, cut: Cut) -> NDArray[np.int64]:
        key = (cut.demands, cut.divisor)
        if key not in self._counts:
            inside = np.zeros(self._n, dtype=np.int64)
            inside[list(cut.demands)] = 1
            held: NDArray[np.int64] = np.asarray(self._holds @ inside, dtype=np.int64)
            self._counts[key] = held // cut.divisor
        return self._counts[key]
