"""Pricing as the linear programme sees it: duals in, batches and an exact bound out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.exact.master import Cut, Duals
from optimizer.batching.exact.pricing import (
    FINE,
    LEAST,
    N_FOUND,
    NODES,
    WAS_FULL,
    Prices,
    find_batches,
    order_by_price,
    scarcest,
    search_of,
)
from optimizer.batching.problem import NO_LIMIT, Batch, BatchingProblem
from optimizer.batching.search.moves import cheapest_cart, cost_of
from optimizer.batching.search.tables import (
    Tables,
    most_points,
    space_of,
    state_of,
    widest_batch,
)
from optimizer.batching.walks import CalledWalk

FIRST_GUESS = 100_000.0
FEWEST_TIMED = 5_000
CALLED_SLOWNESS = 100
"""Tours per second until a search of at least so many tours has shown the real speed; it only
matters where there is a time limit. Tours that are Python functions are slower by about so
much."""

KEPT_LENGTHS = 1 << 20
"""Lengths that are kept between searches; they come back again and again."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Batches below the limit, with values and reduced costs, the best first.

    ``least``: the least reduced cost of any batch, at most 0, in parts; ``is_complete``: the search
    came to its end; ``are_all``: and every batch below the limit is here. ``nodes``: tours asked.
    """

    batches: list[tuple[Batch, int]]
    costs: NDArray[np.int64]
    least: int
    is_complete: bool
    are_all: bool
    nodes: int


def prices_of(
    duals: Duals,
    cuts: Sequence[Cut],
    apart: NDArray[np.uint64],
) -> Prices:
    """Return duals as integers for the search, rounded so that a bound stays valid."""
    n = len(duals.demands)
    penalties = np.ceil(duals.cuts * FINE - 1e-6).astype(np.int64)
    inside: list[list[int]] = [[] for _ in range(n)]
    for number, cut in enumerate(cuts):
        if penalties[number] > 0:
            for demand in cut.demands:
                inside[demand].append(number)
    begins = np.zeros(n + 1, dtype=np.int64)
    np.cumsum([len(one) for one in inside], out=begins[1:])
    return Prices(
        prices=np.floor(duals.demands * FINE + 1e-6).astype(np.int64),
        fixed=np.array([int(np.floor(duals.batch * FINE + 1e-6))], dtype=np.int64),
        divisors=np.array([cut.divisor for cut in cuts] or [1], dtype=np.int64),
        penalties=penalties if len(cuts) else np.zeros(1, dtype=np.int64),
        cut_begins=begins,
        cuts=np.array([number for one in inside for number in one], dtype=np.int32),
        apart=apart,
    )


def dual_value(prices: Prices, cuts: Sequence[Cut], *, fewest: int, most: int, least: int) -> int:
    """Return what prices prove, in parts: no choice of ``fewest`` to ``most`` batches costs less.

    Weak duality in integers: the prices of all demands, less the penalties, plus for every batch
    what it earns as such and the least reduced cost there is.
    """
    total = int(prices.prices.sum())
    total -= sum(
        int(penalty) * cut.limit for penalty, cut in zip(prices.penalties, cuts, strict=False)
    )
    each = int(prices.fixed[0]) + min(0, least)
    return total + each * (fewest if each >= 0 else most)


class Pricer:
    """Searches for batches; keeps working memory and lengths between calls.

    Parameters
    ----------
    problem, tables
        Shared totes are left out of account: a bound stays valid, a batch may not fit.
    seed
        For the working memory only.
    """

    def __init__(self, problem: BatchingProblem, tables: Tables, *, seed: int) -> None:
        self._tables = tables._replace(fill_limits=np.zeros(4, dtype=np.int64))
        self.width = widest_batch(problem)
        self.main = scarcest(tables)
        state = state_of(problem, tables, spare=1, screened=False, batches=1)
        self._space = space_of(
            tables,
            state,
            demands=np.arange(problem.n, dtype=np.int32),
            regions=np.zeros(len(state.counts), dtype=np.int8),
            region=0,
            seed=seed,
            kept_lengths=KEPT_LENGTHS,
        )
        self._spot = problem.walk.spot(most_points(tables, self.width))
        self._free = np.full(len(tables.cart_costs), NO_LIMIT, dtype=np.int64)
        self._search = search_of(tables, self.width, most=1, n_cuts=1)
        self.apart = apart_of(tables)
        self.capacity = int(tables.most[self.main])
        self._problem = problem
        self.slowness = CALLED_SLOWNESS if isinstance(problem.walk, CalledWalk) else 1
        self.nodes_per_second = FIRST_GUESS / self.slowness
        alone = [self.value((demand,)) for demand in range(problem.n)]
        self.alone = [*alone, max(alone, default=1)]

    def size(self, batch: Batch) -> int:
        """Return what a batch takes of the main resource."""
        return int(self._tables.sizes[list(batch), self.main].sum())

    def fits(self, batch: Batch) -> bool:
        """Return whether a cart takes a batch and nobody in it refuses another."""
        members = list(batch)
        used = self._tables.sizes[members].sum(axis=0)
        kinds = np.bitwise_or.reduce(self._tables.kinds[members])
        refuses = np.bitwise_or.reduce(self._tables.refuses[members])
        return (
            len(batch) <= self.width
            and not kinds & refuses
            and cheapest_cart(used, self._tables, self._free) >= 0
        )

    def value(self, batch: Batch) -> int:
        """Return the value of a batch."""
        points = np.concatenate([self._problem.points[demand] for demand in batch])
        length = self._problem.walk.length_mm(points)
        stops = len(np.unique(points))
        used = self._tables.sizes[list(batch)].sum(axis=0)
        cart = int(cheapest_cart(used, self._tables, self._free))
        return int(cost_of(length, stops, cart, self._tables))

    def find(
        self,
        prices: Prices,
        *,
        limit: int,
        most: int,
        most_nodes: int,
        least_size: int = 0,
    ) -> Priced:
        """Return the batches with reduced costs below a limit (in parts), ``most`` of them.

        Parameters
        ----------
        prices
            What batches earn.
        limit
            In parts of :data:`~optimizer.batching.exact.pricing.FINE`.
        most
            Where there are more, the best are kept.
        most_nodes
            Tours after which the search gives up.
        least_size
            Only batches of at least this size in the main resource.
        """
        n_cuts = len(prices.penalties)
        if len(self._search.costs) != most or len(self._search.counts) < n_cuts:
            self._search = search_of(self._tables, self.width, most=most, n_cuts=2 * n_cuts)
        search = self._search
        search.order[:] = order_by_price(self._tables, prices.prices)
        begun = time.perf_counter()
        is_complete = find_batches(
            limit,
            least_size,
            most_nodes,
            self.main,
            search,
            prices,
            self._tables,
            self._spot,
            self._space,
            self._free,
        )
        nodes = int(search.tell[NODES])
        if nodes > FEWEST_TIMED:
            self.nodes_per_second = nodes / max(time.perf_counter() - begun, 1e-6)
        count = int(search.tell[N_FOUND])
        rank = np.argsort(search.costs[:count], kind="stable")
        measures = search.measures[:count][rank]
        batches = [
            (
                tuple(sorted(demand for demand in members if demand >= 0)),
                int(cost_of(length, stops, cart, self._tables)),
            )
            for members, (length, stops, cart) in zip(
                search.found[:count][rank].tolist(), measures.tolist(), strict=True
            )
        ]
        return Priced(
            batches,
            search.costs[:count][rank],
            min(0, int(search.tell[LEAST])),
            bool(is_complete),
            bool(is_complete) and not search.tell[WAS_FULL],
            nodes,
        )


def apart_of(tables: Tables) -> NDArray[np.uint64]:
    """Return bit sets (n, words) of the demands that are never in one batch with each."""
    n = len(tables.marks)
    apart = np.zeros((n, -(-n // 64)), dtype=np.uint64)
    if not tables.refuses.any():
        return apart
    for demand in range(n):
        hostile = (tables.kinds & tables.refuses[demand]) | (tables.refuses & tables.kinds[demand])
        for other in np.flatnonzero(hostile):
            apart[demand, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
    return apart
