"""Batchings with a number of batches between two limits: bound, cuts, listing, integer step."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np

from optimizer.batching.exact.cuts import violated_cuts
from optimizer.batching.exact.master import Duals, Master
from optimizer.batching.exact.pool import Pool
from optimizer.batching.exact.pricer import Priced, Pricer, dual_value, prices_of
from optimizer.batching.exact.pricing import FINE, Prices
from optimizer.batching.exact.standing import Standing
from optimizer.batching.exact.tree import Tree
from optimizer.batching.problem import Batch

COLUMNS_PER_ROUND = 300

NODES_OF_PRICING = 300_000
PRICING_SHARE = 0.2
"""Tours of one pricing where no time limit tells, else the share of the time that is left; beyond
it there is no bound."""

LISTED = 300_000
"""Batches that are listed at most."""

NODES_OF_LISTING = 1_000_000
LISTING_SHARE = 0.25
"""The same for one listing."""

QUICK_NODES = 150_000
"""Tours of a first attempt to list."""

WORTH_ANOTHER = 0.85
"""Share of the gap of the last attempt to list below which another one is made."""

MOST_UNFINISHED = 4
"""Pricings that may come to no end before it is given up."""

SURE = 0.99
DRAWN_FROM = 4
"""A dive takes batches that are sure, else one of the most certain four."""

DIVE_ROUNDS = 3
NODES_OF_DIVE = 300_000
"""Pricings after each step of a dive, and tours of each."""

UNWANTED = 1e12
"""Price that keeps a demand out of all batches."""

PART_SHARES = (0.5, 0.3, 0.2, 0.12, 0.07)
MOST_IN_PART = 12_000
NODES_OF_PLUNGE = 120
"""Shares of the gap below which batches are listed in part, the first that gives no more than so
many; nodes of the search among them."""

MOST_FAILED = 3
"""Attempts to find better batches that may fail before they end."""

CUT_ROUNDS = 30
"""Rounds of cuts on a list."""

LEAST_GAIN = 0.015
"""Share of the gap that a round of cuts must close, or they end."""

CONVERGED = FINE // 8
"""Reduced costs nearer to zero than this do not count, in parts."""


class Level:
    """One linear programme over the batches of a number of batches.

    ``parts`` is its bound in parts of FINE, ``None`` before there is one; ``is_closed`` tells that
    nothing better than the best batches is here.

    Parameters
    ----------
    pricer, standing
        Search for batches; what is known.
    least, most
        Limits of the number of batches.
    least_size
        Batches below it in the main resource cannot be here. Where it is large, demands must be in
        exactly one batch, since a batch without one of its demands may be too small.
    """

    def __init__(
        self, pricer: Pricer, standing: Standing, *, least: int, most: int | None, least_size: int
    ) -> None:
        self._pricer = pricer
        self._standing = standing
        self.least, self._most = least, most
        self._least_size = least_size if 2 * least_size > pricer.capacity else 0
        self.parts: int | None = None
        self.is_closed = False
        self._prices: Prices | None = None
        self._duals: Duals | None = None
        self.master = Master(
            standing.n,
            least=least,
            most=most,
            exactly=self._least_size > 0,
            missing=pricer.alone,
        )
        self.take_batches()

    def take_batches(self) -> None:
        """Add the best known batches."""
        pricer = self._pricer
        self.master.add(
            (batch, pricer.value(batch))
            for batch in self._standing.batches
            if pricer.size(batch) >= self._least_size
        )

    def take_from(self, other: Level) -> None:
        """Add the batches of another level that may be here."""
        self.master.add(
            (batch, column.value)
            for batch, column in other.master.columns.items()
            if self._pricer.size(batch) >= self._least_size
        )

    def set_least(self, least: int) -> None:
        """Raise the least number of batches; the bound is to be found anew."""
        self.least, self.parts, self._prices = least, None, None
        self.master.set_least(least)

    def converge(self) -> Iterator[bool]:
        """Generate batches until none is missing; then there is a bound."""
        unfinished = 0
        while not self._standing.is_over:
            duals = self.master.solve()
            prices = prices_of(duals, self.master.cuts, self._pricer.apart)
            priced = self._pricer.find(
                prices,
                limit=0,
                most=COLUMNS_PER_ROUND,
                most_nodes=self._worth(PRICING_SHARE, NODES_OF_PRICING),
                least_size=self._least_size,
            )
            if priced.is_complete:
                self._raise(prices, priced.least)
            elif self.parts is None:
                # Too many batches for this time: no bound will come.
                unfinished += 1
                if unfinished == MOST_UNFINISHED:
                    return
            if self._is_proven():
                return
            added = self.master.add(priced.batches)
            if added == 0 or priced.least > -CONVERGED:
                if self.master.raise_missing(2 * max(1, self._standing.upper)):
                    yield True
                    continue
                if self.parts is not None:
                    self._prices, self._duals = prices, duals
                return
            yield True

    def close(self) -> Iterator[bool]:
        """Prove that nothing better is here, or find it, or give up with a bound."""
        yield from self.converge()
        standing = self._standing
        cuts_pay, tried_at, dives, failed = True, 0, 0, 0
        random = np.random.default_rng(1)
        while self.parts is not None and self._prices is not None:
            if self._is_proven() or standing.is_over:
                return
            gap = standing.gap(self.parts)
            if not tried_at or gap < WORTH_ANOTHER * tried_at:
                tried_at = gap
                listed = self._list()
                yield True
                if listed is not None:
                    standing.has_list = True
                    yield from self._close_list(listed)
                    standing.has_list, failed = False, 0
                    continue
            if cuts_pay:
                cuts_pay = yield from self._cut_round()
                continue
            if failed >= MOST_FAILED:
                # Annealing has the better chances now; a smaller gap brings another list.
                if standing.seconds is None:
                    return
                yield True
                continue
            upper, dives = standing.upper, dives + 1
            yield from self._dive(random) if dives % 3 else self._plunge()
            failed = 0 if standing.is_own and standing.upper < upper else failed + 1

    def tighten(self) -> Iterator[bool]:
        """Raise the bound by cuts as long as they pay."""
        pays = True
        while pays:
            pays = yield from self._cut_round()

    def _is_proven(self) -> bool:
        if self.parts is not None and self._standing.is_hopeless(self.parts):
            self.is_closed = True
        return self.is_closed

    def _raise(self, prices: Prices, least: int) -> None:
        most = self._most if self._most is not None else self._standing.n
        parts = dual_value(prices, self.master.cuts, fewest=self.least, most=most, least=least)
        if self.parts is None or parts > self.parts:
            self.parts = parts

    def _cut_round(self) -> Generator[bool, None, bool]:
        """Add cuts and find the new bound; return whether it was worth while."""
        if self.parts is None or self._is_proven() or self._standing.is_over:
            return False
        before = self.parts
        cuts = violated_cuts(self._standing.n, self.master.chosen(), self.master.cuts)
        if not cuts:
            return False
        self.master.add_cuts(cuts)
        yield from self.converge()
        return self.parts - before >= LEAST_GAIN * max(1, self._standing.gap(before))

    def _worth(self, share: float, counted: int) -> int:
        """Return how many tours a search may ask for: some of the time left, or a fixed number."""
        seconds = self._standing.seconds
        if seconds is None:
            return counted // self._pricer.slowness
        return max(1_000, int(self._pricer.nodes_per_second * seconds * share))

    def _list(self) -> Pool | None:
        """Return all batches that can be in something better, ``None`` where there are too many.

        Half the gap tells whether the whole one is worth while: lists grow about tenfold.
        """
        assert self.parts is not None
        gap = self._standing.gap(self.parts)
        half = self._find(gap // 2, min(QUICK_NODES, self._worth(0.05, QUICK_NODES)), LISTED // 10)
        if not half.are_all:
            return None
        found = self._find(gap, self._worth(LISTING_SHARE, NODES_OF_LISTING), LISTED)
        return Pool(self._standing.n, found.batches) if found.are_all else None

    def _find(self, limit: int, most_nodes: int, most: int) -> Priced:
        assert self._prices is not None
        return self._pricer.find(
            self._prices,
            limit=limit,
            most=most,
            most_nodes=most_nodes,
            least_size=self._least_size,
        )

    def _close_list(self, pool: Pool) -> Iterator[bool]:
        """Solve the problem over listed batches: cuts shrink the list, then the integer step."""
        master, standing = self.master, self._standing
        listed = set(pool.batches)
        master.drop(listed.__contains__)
        for _ in range(CUT_ROUNDS):
            before = self.parts
            if not self._converge_on(pool):
                return
            yield True
            if self._is_proven() or standing.is_over:
                return
            assert before is not None
            assert self.parts is not None
            cuts = violated_cuts(standing.n, master.chosen(), master.cuts)
            gain = self.parts - before
            if not cuts or (gain < LEAST_GAIN * standing.gap(before) and len(pool) < 5_000):
                break
            master.add_cuts(cuts)
        assert self.parts is not None
        tree = Tree(pool, master, standing, least=self.least, most=self._most, parts=self.parts)
        for _ in tree.search():
            self.parts = max(self.parts, tree.parts)
            yield True
        self.parts = max(self.parts, tree.parts)
        self.is_closed = tree.is_complete

    def _plunge(self) -> Iterator[bool]:
        """Search a part of the list, the batches of least reduced cost, for better batchings.

        A batching of value v needs batches whose reduced costs add up to v less the bound, so that
        all of them are below a small share of the gap.
        """
        assert self.parts is not None
        standing = self._standing
        gap = standing.gap(self.parts)
        nodes = self._worth(0.1, QUICK_NODES)
        for share in PART_SHARES:
            found = self._find(int(gap * share), nodes, MOST_IN_PART)
            yield True
            if found.are_all:
                break
        columns = {batch: column.value for batch, column in self.master.columns.items()}
        columns.update(found.batches)
        columns.update((batch, self._pricer.value(batch)) for batch in standing.batches)
        part = Master(
            standing.n,
            least=self.least,
            most=None,
            exactly=self._least_size > 0,
            missing=self._pricer.alone,
        )
        pool = Pool(standing.n, list(columns.items()))
        part.add((batch, columns[batch]) for batch, _ in self.master.chosen())
        part.add((batch, columns[batch]) for batch in standing.batches)
        part.add_cuts(self.master.cuts)
        tree = Tree(
            pool, part, standing, least=self.least, most=None, parts=self.parts, plunge=True
        )
        nodes_left = NODES_OF_PLUNGE
        for _ in tree.search():
            yield True
            nodes_left -= 1
            if nodes_left == 0:
                break
        self.take_batches()

    def _converge_on(self, pool: Pool) -> bool:
        """Solve the linear programme over the list, drop batches that cannot be in better ones.

        Returns whether any batches are left.
        """
        master, standing = self.master, self._standing
        while True:
            duals = master.solve()
            prices = prices_of(duals, master.cuts, self._pricer.apart)
            costs = pool.reduced_costs(prices, master.cuts)
            least = min(0, int(costs.min(initial=0)))
            self._raise(prices, least)
            if self._is_proven():
                return True
            best = np.argsort(costs, kind="stable")[:COLUMNS_PER_ROUND]
            missing = [at for at in best.tolist() if costs[at] < -CONVERGED]
            added = master.add((pool.batches[at], int(pool.values[at])) for at in missing)
            if added == 0:
                self._prices, self._duals = prices, duals
                break
        assert self.parts is not None
        wanted = costs < standing.gap(self.parts)
        if not wanted.any():
            self.is_closed = True
            return False
        if not wanted.all():
            pool.keep(wanted)
            listed = set(pool.batches)
            master.drop(listed.__contains__)
        return True

    def _dive(self, random: np.random.Generator) -> Iterator[bool]:
        """Round the linear programme to batches: take the most certain ones, solve anew, repeat.

        Batches are generated all the way down, for the demands that are left. Diving as in Sadykov,
        Vanderbeck, Pessoa, Tahiri and Uchoa (2019), Primal heuristics for branch and price, DOI
        10.1287/ijoc.2018.0822; which of the most certain batches is taken is random.
        """
        master, standing = self.master, self._standing
        taken: list[Batch] = []
        left = set(range(standing.n))
        master.solve()
        while left and not standing.is_over:
            parts = [(part, batch) for batch, part in master.chosen() if batch not in taken]
            sure = [batch for part, batch in parts if part > SURE]
            if not sure:
                if not parts:
                    break
                ranked = sorted(parts, reverse=True)[:DRAWN_FROM]
                weights = np.array([part for part, _ in ranked]) ** 2
                drawn = int(random.choice(len(ranked), p=weights / weights.sum()))
                sure = [ranked[drawn][1]]
            for batch in sure:
                if left.issuperset(batch):
                    taken.append(batch)
                    left.difference_update(batch)
                else:
                    master.columns[batch].variable.SetUb(0)
            master.fix(taken)
            if not left:
                break
            yield from self._generate_for(left)
        master.release()
        if not standing.is_over:
            taken = self._complete(taken, left)
            polished, value = self._standing.polish(taken, sum(map(self._pricer.value, taken)))
            standing.offer(polished, value, is_own=True)
            self.take_batches()
        yield True

    def _complete(self, taken: Sequence[Batch], left: set[int]) -> list[Batch]:
        """Put demands that a dive could not place where they fit, else in batches of their own."""
        batches = list(taken)
        for demand in sorted(left, key=lambda one: (-self._pricer.size((one,)), one)):
            for at, batch in enumerate(batches):
                if self._pricer.fits((*batch, demand)):
                    batches[at] = tuple(sorted((*batch, demand)))
                    break
            else:
                batches.append((demand,))
        return batches

    def _generate_for(self, left: set[int]) -> Iterator[bool]:
        """Solve again, with new batches for the demands that are left."""
        out = [demand for demand in range(self._standing.n) if demand not in left]
        for _ in range(DIVE_ROUNDS):
            duals = self.master.solve()
            duals.demands[out] = -UNWANTED
            prices = prices_of(duals, self.master.cuts, self._pricer.apart)
            priced = self._pricer.find(
                prices,
                limit=-CONVERGED,
                most=COLUMNS_PER_ROUND,
                most_nodes=min(NODES_OF_DIVE, self._worth(PRICING_SHARE, NODES_OF_DIVE)),
                least_size=self._least_size,
            )
            if self.master.add(priced.batches) == 0 and not self.master.raise_missing(
                2 * max(1, self._standing.upper)
            ):
                return
            yield True
        self.master.solve()
