"""Branch and bound over listed batches: pairs of demands together or apart.

Ryan and Foster (1981), An integer programming approach to scheduling: in a fractional solution some
two demands are together in part; either they share a batch or they do not. Every node drops the
batches whose reduced cost says that they are in nothing better, so lists melt away quickly; what is
short is left to an integer programme.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.exact.cuts import violated_cuts
from optimizer.batching.exact.integer import choose_batches
from optimizer.batching.exact.master import Master
from optimizer.batching.exact.pool import Pool
from optimizer.batching.exact.pricer import dual_value, prices_of
from optimizer.batching.exact.pricing import FINE
from optimizer.batching.exact.standing import Standing

COLUMNS_PER_ROUND = 200

CONVERGED = FINE // 8

LEFT_TO_INTEGER = 5_000
"""Batches of a node that an integer programme settles in less time than more branching."""

SETTLED_AT_ONCE = 150
"""The same where no time limit ends the programme, or good batches are wanted rather than the
bound: with so few it takes a moment."""

SETTLING_SHARE = 0.7
"""Share of the time left that one programme may take; then its node is branched after all."""

TRIED_PAIRS = 6
"""Pairs whose two sides are tried before one is chosen."""

CUTS_TO_DEPTH = 6

MOST_NODES = 3_000


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two demands that must be together, or apart."""

    first: int
    second: int
    together: bool


@dataclass(frozen=True, slots=True, order=True)
class _Node:
    """Decisions, and a bound in parts that holds below them; ``rank`` orders the open ones."""

    rank: int
    parts: int
    number: int
    pairs: tuple[_Pair, ...]


class Tree:
    """Searches a list of batches completely.

    ``parts``: a bound of all that is not yet searched, in parts. ``is_complete``: nothing better
    than the best batches is in the list.

    Parameters
    ----------
    pool
        All batches that can be in something better.
    master
        A linear programme with the same demands, limits and cuts; its batches are among the pool's.
    standing
        What is known.
    least, most
        Limits of the number of batches.
    parts
        A bound in parts.
    plunge
        Go for good batches, deepest nodes first, rather than for the bound.
    """

    def __init__(
        self,
        pool: Pool,
        master: Master,
        standing: Standing,
        *,
        least: int,
        most: int | None,
        parts: int,
        plunge: bool = False,
    ) -> None:
        self._plunge = plunge
        self._pool, self._master, self._standing = pool, master, standing
        self._least, self._most = least, most
        self._apart = np.zeros((standing.n, 1), dtype=np.uint64)
        self._index = {batch: at for at, batch in enumerate(pool.batches)}
        self._numbers = itertools.count()
        self._open = [_Node(0, parts, next(self._numbers), ())]
        self.parts = parts
        self.is_complete = False

    def search(self) -> Iterator[bool]:
        """Search node by node, the lowest bound first."""
        for _ in range(MOST_NODES):
            if not self._open:
                self.is_complete = True
                return
            if self._standing.is_over:
                return
            if not self._plunge:
                self.parts = self._open[0].parts
                if self._standing.is_hopeless(self.parts):
                    self.is_complete = True
                    return
            self._branch(heapq.heappop(self._open))
            yield True

    def _branch(self, node: _Node) -> None:
        if self._standing.is_hopeless(node.parts):
            return
        wanted = self._allowed(node)
        parts, wanted = self._converge(wanted, node)
        if parts is None:
            return
        count = int(wanted.sum())
        if count <= self._left_to_integer and self._settle(wanted):
            return
        pair = self._choose_pair(wanted)
        if pair is None:
            # The solution is a partition: nothing below this node is better.
            self._standing.offer_cover([batch for batch, _ in self._master.chosen()])
            return
        for together in (True, False):
            self._push(node, parts, _Pair(*pair, together))

    def _push(self, node: _Node, parts: int, pair: _Pair) -> None:
        pairs = (*node.pairs, pair)
        lower = max(parts, node.parts)
        rank = -len(pairs) if self._plunge else lower
        heapq.heappush(self._open, _Node(rank, lower, next(self._numbers), pairs))

    def _allowed(self, node: _Node) -> NDArray[np.bool_]:
        wanted = np.ones(len(self._pool), dtype=np.bool_)
        for pair in node.pairs:
            wanted &= self._pool.obeys(pair.first, pair.second, together=pair.together)
        return wanted

    def _converge(
        self, wanted: NDArray[np.bool_], node: _Node
    ) -> tuple[int | None, NDArray[np.bool_]]:
        """Solve a node; return its bound, ``None`` if it is closed, and the batches left."""
        rounds = 3 if len(node.pairs) <= CUTS_TO_DEPTH else 1
        parts = node.parts
        for turn in range(rounds):
            before = parts
            solved, wanted = self._solve(wanted)
            if solved is None:
                return None, wanted
            parts = max(parts, solved)
            if turn == rounds - 1 or not wanted.any():
                break
            cuts = violated_cuts(self._standing.n, self._master.chosen(), self._master.cuts)
            if not cuts or (turn and parts - before < 0.03 * self._standing.gap(before)):
                break
            self._master.add_cuts(cuts)
        if self._standing.is_hopeless(parts) or not wanted.any():
            return None, wanted
        return parts, wanted

    def _solve(self, wanted: NDArray[np.bool_]) -> tuple[int | None, NDArray[np.bool_]]:
        """Solve the linear programme over allowed batches; drop what is in nothing better."""
        pool, master, standing = self._pool, self._master, self._standing
        self._allow(wanted)
        parts: int | None = None
        while True:
            duals = master.solve()
            prices = prices_of(duals, master.cuts, self._apart)
            costs = pool.reduced_costs(prices, master.cuts)
            least = min(0, int(costs[wanted].min(initial=0)))
            most = self._most if self._most is not None else standing.n
            bound = dual_value(prices, master.cuts, fewest=self._least, most=most, least=least)
            parts = bound if parts is None else max(parts, bound)
            if standing.is_hopeless(parts):
                return None, wanted
            order = np.argsort(costs, kind="stable")
            found = [at for at in order[: 4 * COLUMNS_PER_ROUND].tolist() if wanted[at]]
            added = master.add(
                (pool.batches[at], int(pool.values[at]))
                for at in found[:COLUMNS_PER_ROUND]
                if costs[at] < -CONVERGED
            )
            if added == 0:
                if least < -CONVERGED:
                    # The best ones are barred elsewhere in the order: take them one by one.
                    missing = np.flatnonzero(wanted & (costs < -CONVERGED))
                    added = master.add(
                        (pool.batches[at], int(pool.values[at])) for at in missing.tolist()
                    )
                if added == 0 and not master.raise_missing(2 * max(1, standing.upper)):
                    break
        wanted = wanted & (costs < standing.gap(bound))
        self._allow(wanted)
        return parts, wanted

    def _allow(self, wanted: NDArray[np.bool_]) -> None:
        self._master.allow_only(lambda batch: bool(wanted[self._index[batch]]))

    @property
    def _left_to_integer(self) -> int:
        at_once = self._plunge or self._standing.seconds is None
        return SETTLED_AT_ONCE if at_once else LEFT_TO_INTEGER

    def _settle(self, wanted: NDArray[np.bool_]) -> bool:
        """Search what is left of a node by an integer programme; return whether that is done."""
        standing = self._standing
        at = np.flatnonzero(wanted).tolist()
        values = {self._pool.batches[one]: int(self._pool.values[one]) for one in at}
        seconds = standing.seconds
        chosen = choose_batches(
            standing.n,
            list(values.items()),
            most_value=standing.upper - standing.step,
            least=self._least,
            most=self._most,
            seconds=None if seconds is None else SETTLING_SHARE * seconds,
            interrupter=standing.interrupter,
        )
        if chosen.batches is not None:
            value = sum(values[batch] for batch in chosen.batches)
            standing.offer(chosen.batches, value, is_own=True)
        return chosen.is_complete

    def _choose_pair(self, wanted: NDArray[np.bool_]) -> tuple[int, int] | None:
        """Return the pair whose worse side raises the bound most, ``None`` without any."""
        n = self._standing.n
        together = np.zeros((n, n))
        for batch, part in self._master.chosen():
            members = np.array(batch)
            together[np.ix_(members, members)] += part
        upper = np.triu(together, 1)
        split = np.minimum(upper, 1.0 - upper)
        ranked = np.argsort(-split, axis=None)[:TRIED_PAIRS]
        pairs = [(int(at) // n, int(at) % n) for at in ranked if split.flat[at] > 1e-6]
        if len(pairs) <= 1:
            return pairs[0] if pairs else None
        best, best_score = pairs[0], (-1.0, -1.0)
        for pair in pairs:
            gains = sorted(self._tried(wanted, pair, together=side) for side in (True, False))
            score = (min(gains[0], 1e12), gains[1])
            if score > best_score:
                best, best_score = pair, score
        return best

    def _tried(self, wanted: NDArray[np.bool_], pair: tuple[int, int], *, together: bool) -> float:
        """Return the value of the linear programme on one side, over the batches that are in it."""
        obeys = wanted & self._pool.obeys(*pair, together=together)
        self._allow(obeys)
        self._master.solve()
        return self._master.value
