"""Batches, pickers and sequence with hard due times: the cheapest plan, with proof.

The set of batches worth considering is searched completely where it is small, else as far as a
linear programme asks for it. Its exact bound tells how expensive a batch of any better plan can
be; among those that remain, a complete search finds the cheapest partition that pickers can do in
time. The allowed distance from the bound grows until something is found: nothing cheaper exists
then.

References
----------
Baldacci, R., Christofides, N., Mingozzi, A. (2008): An exact algorithm for the vehicle routing
problem based on the set partitioning formulation with additional cuts. Mathematical Programming
115, 351-385. DOI 10.1007/s10107-007-0178-5 (all columns within the gap).
van Gils, T., Caris, A., Ramaekers, K., Braekers, K. (2019): Formulating and solving the integrated
batching, routing, and picker scheduling problem in a real-life spare parts warehouse. European
Journal of Operational Research 277(3), 814-830. DOI 10.1016/j.ejor.2019.03.012 (the problem).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.on_time.due_date_master import DualBound, DueDateMaster
from optimizer.batching.on_time.feasible_batches import Batches, BatchRules, Prices, search_batches
from optimizer.batching.on_time.partition_search import FoundPartition, search_partition
from optimizer.stopping import Stop, never

FIRST_GAP = 500
"""The first search allows a plan to cost one part in so many above the bound."""

COLUMNS_PER_ROUND = 200
"""Most batches added to the linear programme at a time."""


class Termination(StrEnum):
    """Why the search ended."""

    OPTIMAL = "optimal"
    """The plan is the cheapest; the bound is its cost."""

    INFEASIBLE = "infeasible"
    """Proven: no plan is on time."""

    LIMIT = "limit"
    """A limit was reached: the plan, if there is one, may not be the cheapest."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work may be done; everything is counted, so that results are repeatable.

    Parameters
    ----------
    all_sets
        Sets of orders of one size up to which all batches are listed beforehand.
    priced_sets
        The same for those within a threshold of reduced cost.
    steps
        Batches tried in one search for a partition.
    """

    all_sets: int = 200_000
    priced_sets: int = 1_000_000
    steps: int = 300_000_000


@dataclass(frozen=True, slots=True)
class TimedPlan:
    """The plan found and what is known of it.

    Parameters
    ----------
    partition
        Orders of each batch; empty where no plan was found.
    sequences
        Per picker the places of its batches in ``partition``, in the order in which they are done.
    cost
        ``None`` where no plan was found.
    bound
        Cost that no plan is below, ``None`` where none is known.
    termination
        Why the search ended.
    """

    partition: tuple[tuple[int, ...], ...]
    sequences: tuple[tuple[int, ...], ...]
    cost: int | None
    bound: int | None
    termination: Termination


def plan_on_time(
    rules: BatchRules,
    *,
    n_pickers: int,
    upper: int | None = None,
    effort: Effort | None = None,
    stop: Stop = never,
) -> TimedPlan:
    """Return the cheapest plan in which every batch is done by the due time of its orders.

    Pickers begin at time 0 and do their batches one after the other, by due time, which is on time
    when any sequence is. Exact unless a limit is reached. Time grows with the number of batches
    whose reduced cost is within the gap between the bound and the cheapest plan.

    Parameters
    ----------
    rules
        What batches may be, take and cost.
    n_pickers
        At least 1.
    upper
        Only plans that cost less are of interest; with one in hand that costs so much,
        ``OPTIMAL`` without a plan says that it is the cheapest.
    effort
        Limits of work.
    stop
        Asked between steps of the search.
    """
    search = _Search(rules, n_pickers, effort or Effort(), stop)
    return search.run(upper)


class _Search:
    """The batches known, the linear programme over some of them, and the bound."""

    def __init__(self, rules: BatchRules, n_pickers: int, effort: Effort, stop: Stop) -> None:
        self.rules, self.n_pickers, self.effort, self.stop = rules, n_pickers, effort, stop
        found = search_batches(rules, Prices.none(rules.n), threshold=0, most=effort.all_sets)
        self.pool, self.whole = found.batches, found.complete
        alone = (self.pool.members < rules.n).sum(axis=1) == 1
        self.singles = self.pool.only(alone)
        # A tour through all orders of a plan is no longer than one tour for each of them.
        self.dearest = int(self.singles.cost.sum() + rules.n * rules.cart_costs.max(initial=0))

    def run(self, upper: int | None) -> TimedPlan:
        """Bound, then search within a growing distance from the bound."""
        limit = self.dearest if upper is None else min(upper - 1, self.dearest)
        if len(self.singles) < self.rules.n:
            return self._nothing(None, Termination.INFEASIBLE)
        priced = self._priced()
        if priced is None:
            return self._nothing(None, Termination.LIMIT)
        bound, least = priced
        low = bound.value(least, self.rules.n)
        gap = max(1, low // FIRST_GAP)
        while low <= limit:
            reach = min(low + gap, limit)
            threshold = bound.threshold(reach, least, self.rules.n)
            near, all_near = self._near(bound, threshold)
            found = self._searched(near, bound, reach)
            if found is None:
                return self._nothing(low, Termination.LIMIT)
            proven = all_near and found.complete
            if found.batches is not None and found.pickers is not None:
                return self._plan(near, found.batches, found.pickers, found.cost, low, proven)
            if not proven:
                return self._nothing(low, Termination.LIMIT)
            low, gap = reach + 1, 2 * gap
        if upper is not None and limit == upper - 1:
            return self._nothing(upper, Termination.OPTIMAL)
        return self._nothing(None, Termination.INFEASIBLE)

    def _priced(self) -> tuple[DualBound, int] | None:
        """Return dual values and a bound of all reduced costs; ``None`` when stopped before."""
        master = DueDateMaster(self.rules, n_pickers=self.n_pickers, missing_cost=self.dearest + 1)
        master.add(self.singles)
        known = {self.singles.orders(batch) for batch in range(len(self.singles))}
        width = COLUMNS_PER_ROUND
        while not self.stop():
            bound = master.solve()
            cheap, complete = self._cheap(bound, width)
            fresh = np.array(
                [n for n in range(len(cheap)) if cheap.orders(n) not in known], dtype=np.int64
            )
            if len(fresh):
                added = cheap.only(fresh)
                known.update(added.orders(batch) for batch in range(len(added)))
                master.add(added)
                continue
            if complete:
                return bound, int(cheap.reduced_costs(bound.prices).min(initial=0))
            if width >= self.effort.priced_sets:
                return None
            width = min(8 * width, self.effort.priced_sets)
        return None

    def _cheap(self, bound: DualBound, width: int) -> tuple[Batches, bool]:
        """Return batches of negative reduced cost, the least first; whether there are no others.

        Only a call that returns everything there is says so.
        """
        if self.whole:
            reduced = self.pool.reduced_costs(bound.prices)
            best = np.argsort(reduced, kind="stable")[:COLUMNS_PER_ROUND]
            best = best[reduced[best] < 0]
            return self.pool.only(best), True
        found = search_batches(
            self.rules, bound.prices, threshold=-1, most=width, keep=COLUMNS_PER_ROUND
        )
        return found.batches, found.complete

    def _near(self, bound: DualBound, threshold: int) -> tuple[Batches, bool]:
        """Return the batches of reduced cost up to a threshold, and whether they are all."""
        if self.whole:
            return self.pool.only(self.pool.reduced_costs(bound.prices) <= threshold), True
        found = search_batches(
            self.rules, bound.prices, threshold=threshold, most=self.effort.priced_sets
        )
        return found.batches, found.complete

    def _searched(self, near: Batches, bound: DualBound, reach: int) -> FoundPartition | None:
        """Return what the search finds; ``None`` when stopped before.

        It cannot be interrupted, so it begins with a hundredth of the steps.
        """
        found = None
        for share in (100, 10, 1):
            if self.stop():
                break
            found = search_partition(
                near,
                bound,
                n_pickers=self.n_pickers,
                upper=reach,
                most_steps=max(1, self.effort.steps // share),
            )
            if found.complete:
                break
        return found

    def _plan(
        self,
        near: Batches,
        chosen: NDArray[np.int64],
        pickers: NDArray[np.int64],
        cost: int,
        low: int,
        proven: bool,
    ) -> TimedPlan:
        due = near.due[chosen]
        by_due = np.argsort(due, kind="stable")
        return TimedPlan(
            tuple(near.orders(int(batch)) for batch in chosen),
            tuple(
                tuple(int(batch) for batch in by_due if pickers[batch] == picker)
                for picker in range(self.n_pickers)
            ),
            cost,
            cost if proven else low,
            Termination.OPTIMAL if proven else Termination.LIMIT,
        )

    def _nothing(self, bound: int | None, termination: Termination) -> TimedPlan:
        return TimedPlan((), ((),) * self.n_pickers, None, bound, termination)
