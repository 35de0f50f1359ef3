"""The search for good batches that cluster, sort-after and zone picking share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.capacity import CartRules
from optimizer.batching.cart_limits import CartLimits, cart_limits
from optimizer.batching.cells import ragged
from optimizer.batching.cost import Course
from optimizer.batching.demand import Batch, Demand, Partition
from optimizer.batching.exact.proof import can_be_proven
from optimizer.batching.exact.subsets import MOST_DEMANDS
from optimizer.batching.problem import BatchingProblem, Objective
from optimizer.batching.search.construction import first_come
from optimizer.batching.search.tables import partition_of, tables_of, widest_batch
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import (
    CalledWalk,
    GridWalk,
    MatrixWalk,
    Points,
    Walk,
    called_walk,
)
from optimizer.methods.batch_bounds import batches_bound
from optimizer.methods.batch_walks import (
    KEPT_LENGTHS,
    LENGTH,
    batch_value,
    cells_of,
    length_mm_of,
    objective_of,
    walk_of,
)
from optimizer.methods.dividing import divide, rejoin
from optimizer.methods.prepared import Prepared, Search
from optimizer.stopping import FirstShare

WHOLE_SHARE, DIVIDED_SHARE = 0.6, 0.8
"""Where orders may be divided: shares of the limit after which whole orders have been searched,
and after which no more are divided."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches in the order in which they should be picked, and how the search went.

    ``partition`` counts in ``demands``: those of the problem, or with some of them divided.
    ``bound_mm`` is a length that no batches can be below with the given allocation, ``None`` where
    none is known.
    """

    demands: Sequence[Demand]
    partition: Partition
    bound_mm: int | None
    has_converged: bool
    iterations: int


def first_come_batches(demands: Sequence[Demand], rules: CartRules) -> Partition:
    """Return the orders cart by cart as they arrive, in the order in which they are picked.

    The first-come first-served rule that the literature measures batching against (de Koster,
    van der Poort & Wolters 1999, section 3): a cart is filled until an order does not fit, then
    the next one is taken. Demands that travel alone do not close the open cart.

    References
    ----------
    .. [1] de Koster, R., van der Poort, E. S., Wolters, M. (1999). Efficient orderbatching
       methods in warehouses. International Journal of Production Research 37(7), 1479-1504.
       https://doi.org/10.1080/002075499191094
    """
    together = _by_rank(demands)
    nowhere = [np.zeros(0, dtype=np.int32)] * len(together)
    limits = cart_limits([demands[member] for member in together], rules)
    problem = _problem(limits, _NO_WALK, points=nowhere, cells=nowhere)
    return by_urgency(demands, _with_alone(demands, together, _as_they_come(problem)))


def best_batches(
    prepared: Prepared,
    demands: Sequence[Demand],
    rules: CartRules,
    course: Course,
    search: Search,
) -> Batches:
    """Return the best batches that :func:`~optimizer.batching.solve.solve_batching` finds.

    Never longer than first-come batches walked by the same router.

    Parameters
    ----------
    prepared, demands, rules
        The problem as the method sees it.
    course
        What a batch walks; bounds need an :class:`~optimizer.batching.cost.OneTrip`, or exact
        tours.
    search
        How long and whom to tell.
    """
    price_mm = prepared.params.division_price_mm
    # Parts of an order could come to the put wall with different loads of it.
    if price_mm is None or rules.shared_totes:
        return _searched(prepared, demands, rules, course, search)
    return _divided(prepared, demands, rules, course, search, price_mm)


def _divided(
    prepared: Prepared,
    demands: Sequence[Demand],
    rules: CartRules,
    course: Course,
    search: Search,
    price_mm: int,
) -> Batches:
    """Search with whole orders, divide what pays, and search again."""
    # A bound of whole orders is none of divided ones.
    told = replace(search, improved=lambda mm, _bound, steps: search.improved(mm, None, steps))
    first = _searched(
        prepared,
        demands,
        rules,
        course,
        replace(told, stop=FirstShare(search.stop, WHOLE_SHARE)),
    )
    objective = objective_of(prepared, np.arange(0, dtype=np.int32))

    @lru_cache(maxsize=KEPT_LENGTHS)
    def value_of(places: frozenset[int]) -> int:
        return batch_value(prepared, course, places, objective) if places else 0

    cells = cells_of(prepared)
    parts, partition = divide(
        demands,
        first.partition,
        rules,
        value_of=value_of,
        cell_of=lambda place: int(cells[place]),
        price=price_mm * objective.per_mm,
        stop=FirstShare(search.stop, DIVIDED_SHARE),
    )
    then = _searched(prepared, parts, rules, course, told, start=partition)
    joined, partition = rejoin(then.demands, then.partition, rules)
    return Batches(
        joined,
        by_urgency(joined, partition),
        None,
        then.has_converged,
        first.iterations + then.iterations,
    )


def _searched(
    prepared: Prepared,
    demands: Sequence[Demand],
    rules: CartRules,
    course: Course,
    search: Search,
    *,
    start: Partition | None = None,
) -> Batches:
    """Return the best batches of demands as they are, never worse than ``start``."""
    bound = batches_bound(prepared, demands, rules, course)
    together = _by_rank(demands)
    alone_mm = sum(
        length_mm_of(prepared.walks, course, demand.places) for demand in demands if demand.alone
    )
    if not together:
        return Batches(demands, by_urgency(demands, _with_alone(demands, [], ())), bound, True, 0)
    company = [demands[member] for member in together]
    places = [demand.places for demand in company]
    limits = cart_limits(company, rules)
    walk, point_of = walk_of(prepared, course, places, n_batches=_fewest_batches(limits))
    cell_of = walk.cells()[point_of] if isinstance(walk, GridWalk) else cells_of(prepared)
    objective = objective_of(prepared, point_of[sorted(frozenset().union(*places))])
    problem = _problem(
        limits,
        walk,
        points=ragged(places, point_of),
        cells=ragged(places, cell_of),
        objective=objective,
    )
    in_metres = objective == LENGTH
    # A cut order could be cut otherwise, another packing could need less of a cart.
    is_bounded = (
        in_metres and can_be_proven(problem) and limits.is_least and len(together) == len(demands)
    )

    def improved(value: int, engine_bound: int | None, iterations: int) -> None:
        if in_metres:
            known = _best_bound(bound, engine_bound if is_bounded else None)
            search.improved(value + alone_mm, known, iterations)

    begun = None if start is None else _among(together, start)
    solved = solve_batching(
        problem,
        start=begun,
        stop=search.stop,
        seed=search.seed,
        # Routers have working memory: one thread at a time may call them.
        threads=1 if isinstance(walk, CalledWalk) else 2,
        prove=_is_worth_proving(problem),
        progress=improved,
    )
    found = solved.partition
    if prepared.estimates is not prepared.walks or isinstance(walk, MatrixWalk):
        # Estimates may mislead by a little; what counts is what is walked.
        found = min(
            (found, begun or _as_they_come(problem)),
            key=lambda partition: _walked_value(prepared, course, places, partition, objective),
        )
    return Batches(
        demands,
        by_urgency(demands, _with_alone(demands, together, found)),
        _best_bound(bound, solved.bound if is_bounded else None),
        solved.has_converged,
        solved.iterations,
    )


def by_urgency(demands: Sequence[Demand], partition: Partition) -> Partition:
    """Return batches sorted by their first order: by priority, then arrival."""

    def key(batch: Batch) -> tuple[int, Batch]:
        return (min([demands[member].rank for member in batch]), batch)

    return tuple(sorted(partition, key=key))


def _by_rank(demands: Sequence[Demand]) -> list[int]:
    """Return the demands that take company, as they are served."""
    together = [member for member, demand in enumerate(demands) if not demand.alone]
    return sorted(together, key=lambda member: demands[member].rank)


def _with_alone(
    demands: Sequence[Demand], together: Sequence[int], partition: Partition
) -> Partition:
    """Return batches of all demands: those of the ones that take company, and one each."""
    alone = ((member,) for member, demand in enumerate(demands) if demand.alone)
    named = (tuple(sorted([together[member] for member in batch])) for batch in partition)
    return (*alone, *named)


def _among(together: Sequence[int], partition: Partition) -> Partition:
    """Return the batches of the demands that take company, counted among these."""
    number = {member: place for place, member in enumerate(together)}
    batches = (tuple(sorted(number[m] for m in batch if m in number)) for batch in partition)
    return tuple(batch for batch in batches if batch)


def _problem(
    limits: CartLimits,
    walk: Walk,
    *,
    points: Sequence[Points],
    cells: Sequence[NDArray[np.int32]],
    objective: Objective = LENGTH,
) -> BatchingProblem:
    return BatchingProblem(
        walk=walk,
        points=points,
        sizes=limits.sizes,
        carts=(limits.cart,),
        objective=objective,
        kinds=limits.kinds,
        refuses=limits.refuses,
        cells=cells,
        filling=limits.filling,
    )


def _as_they_come(problem: BatchingProblem) -> Partition:
    if not problem.n:
        return ()
    return partition_of(first_come(tables_of(problem, seed=1), widest_batch(problem)))


_NO_WALK = called_walk(lambda _points: 0)


def _is_worth_proving(problem: BatchingProblem) -> bool:
    """Return whether bounds are looked for: by trying all, or by many compiled tours."""
    return not isinstance(problem.walk, CalledWalk) or problem.n <= MOST_DEMANDS


def _fewest_batches(limits: CartLimits) -> int:
    """Return a number of batches that the sizes alone ask for."""
    totals = limits.sizes.sum(axis=0)
    capacity = np.maximum(np.array(limits.cart.capacity, dtype=np.int64), 1)
    return max(1, int((-(-totals // capacity)).max(initial=0)))


def _best_bound(*bounds: int | None) -> int | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _walked_value(
    prepared: Prepared,
    course: Course,
    places: Sequence[frozenset[int]],
    partition: Partition,
    objective: Objective,
) -> int:
    """Return what batches cost as they are walked."""
    return sum(
        batch_value(
            prepared,
            course,
            frozenset().union(*(places[member] for member in batch)),
            objective,
        )
        for batch in partition
    )
