"""The search for good batches that cluster, sort-after and zone picking share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.bounds import SizedLength, batch_bound
from optimizer.batching.capacity import CartRules
from optimizer.batching.cart_limits import CartLimits, cart_limits
from optimizer.batching.cells import number_cells, ragged
from optimizer.batching.cost import Course, OneTrip, Walks
from optimizer.batching.demand import Batch, Demand, Partition, Promise
from optimizer.batching.exact.proof import can_be_proven
from optimizer.batching.exact.subsets import MOST_DEMANDS
from optimizer.batching.problem import BatchingProblem, Objective
from optimizer.batching.search.construction import first_come
from optimizer.batching.search.tables import partition_of, tables_of, widest_batch
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import (
    ANY_NUMBER,
    CalledWalk,
    GridWalk,
    MatrixWalk,
    Points,
    Walk,
    called_walk,
    grid_walk,
    matrix_walk,
)
from optimizer.ids import StationId
from optimizer.layout.distances import UNREACHABLE
from optimizer.methods.dividing import divide, rejoin
from optimizer.methods.prepared import Prepared, Search
from optimizer.params import Minimise
from optimizer.routing.exact import ExactRouter
from optimizer.routing.router import Router
from optimizer.stopping import FirstShare

_MATRIX_UP_TO = 2_000
"""Places between which all distances are kept: 32 MB."""

_MATRIX_STOPS = 20
"""Mean stops of a batch up to which tours over a matrix are taken: with 8 stops they take a tenth
of the time that the router does, with 16 as long, with 64 four times as long."""

_FAR = 1 << 40
"""Distance where no walk leads: above any tour, and far below overflow in a sum."""

_LENGTH = Objective()

WHOLE_SHARE, DIVIDED_SHARE = 0.6, 0.8
"""Where orders may be divided: shares of the limit after which whole orders have been searched,
and after which no more are divided."""

_KEPT_LENGTHS = 100_000
"""Lengths of batches that are kept where each is a call into Python: some 100 MB at most."""


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
    objective = _objective(prepared, np.arange(0, dtype=np.int32))

    @lru_cache(maxsize=_KEPT_LENGTHS)
    def value_of(places: frozenset[int]) -> int:
        return _value(prepared, course, places, objective) if places else 0

    cells = _cells(prepared)
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
        _length_mm(prepared.walks, course, demand.places) for demand in demands if demand.alone
    )
    if not together:
        return Batches(demands, by_urgency(demands, _with_alone(demands, [], ())), bound, True, 0)
    company = [demands[member] for member in together]
    places = [demand.places for demand in company]
    limits = cart_limits(company, rules)
    walk, point_of = _walk(prepared, course, places, n_batches=_fewest_batches(limits))
    cell_of = walk.cells()[point_of] if isinstance(walk, GridWalk) else _cells(prepared)
    objective = _objective(prepared, point_of[sorted(frozenset().union(*places))])
    problem = _problem(
        limits,
        walk,
        points=ragged(places, point_of),
        cells=ragged(places, cell_of),
        objective=objective,
    )
    in_metres = objective == _LENGTH
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


def batches_bound(
    prepared: Prepared, demands: Sequence[Demand], rules: CartRules, course: Course
) -> int | None:
    """Return a length no batches can be below with the given allocation, ``None`` if unknown.

    Needs batches of one trip, and a router that knows bounds of single orders. Orders that were
    cut into parts count unit by unit, each as long as the tour to its location alone, so that the
    bound is valid however they are cut.

    Parameters
    ----------
    prepared, demands, rules
        The problem as the method sees it.
    course
        Start and ends of every batch.
    """
    if not isinstance(course, OneTrip):
        return None
    was_cut = {demand.order for demand in demands if demand.alone}
    pieces: list[tuple[frozenset[int], tuple[int, ...]]] = []
    for demand in demands:
        if demand.order in was_cut:
            pieces.extend(
                (frozenset((promise.place,)), _sizes((promise,), rules, totes=0, orders=0))
                for promise in demand.promises
            )
        else:
            totes = max(
                1,
                -(-demand.load.weight_g // rules.cart.tote_weight_g),
                -(-demand.load.volume_ml // rules.cart.tote_volume_ml),
            )
            sizes = _sizes(demand.promises, rules, totes=totes, orders=1)
            pieces.append((demand.places, sizes))
    lengths = _tour_bounds(prepared, [places for places, _ in pieces], course)
    if lengths is None:
        return None
    cart = rules.cart
    return batch_bound(
        [SizedLength(length, sizes) for length, (_, sizes) in zip(lengths, pieces, strict=True)],
        (
            min(cart.max_weight_g, cart.slots * cart.tote_weight_g),
            cart.slots * cart.tote_volume_ml,
            cart.max_lines,
            cart.slots,
            rules.max_orders or len(pieces) + 1,
        ),
    )


def _sizes(
    promises: Sequence[Promise], rules: CartRules, *, totes: int, orders: int
) -> tuple[int, ...]:
    """Return at least what promises take of a cart: weight, volume, lines, own totes, orders."""
    return (
        sum([promise.weight_g * promise.quantity for promise in promises]),
        sum([promise.volume_ml * promise.quantity for promise in promises]),
        len({(promise.line, promise.place) for promise in promises}),
        0 if rules.shared_totes else totes,
        orders,
    )


def _tour_bounds(
    prepared: Prepared, tours: Sequence[frozenset[int]], course: OneTrip
) -> list[int] | None:
    """Return per set of places a length that no tour is below, ``None`` where one is unknown."""
    locations = prepared.problem.layout.locations
    named = [[locations[place].id for place in sorted(places)] for places in tours]
    router = prepared.walks.router
    per_end: list[list[int]] = []
    for end in course.ends:
        if isinstance(router, ExactRouter) and router.course(course.start, end) is not None:
            per_end.append(router.lengths_mm(named, start=course.start, end=end))
            continue
        bounds = [router.route(tour, start=course.start, end=end).bound_mm for tour in named]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            return None
        per_end.append(known)
    return [min(bounds) for bounds in zip(*per_end, strict=True)]


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
    objective: Objective = _LENGTH,
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


def _objective(prepared: Prepared, points: NDArray[np.int32]) -> Objective:
    """Return what a batch costs: its length, or its time in parts of a millisecond.

    What lines, units and totes take is the same in every batch. Stops are, too, unless orders share
    them, which counts where every place is a point of its own.
    """
    if prepared.params.minimise is Minimise.METRES:
        return _LENGTH
    model = prepared.time_model
    are_apart = len(np.unique(points)) == len(points)
    return Objective(
        per_mm=1000,
        per_stop=model.stop_ms * model.walk_mm_per_s if are_apart else 0,
        per_batch=model.list_ms * model.walk_mm_per_s,
    )


def _as_they_come(problem: BatchingProblem) -> Partition:
    if not problem.n:
        return ()
    return partition_of(first_come(tables_of(problem, seed=1), widest_batch(problem)))


_NO_WALK = called_walk(lambda _points: 0)


def _walk(
    prepared: Prepared, course: Course, places: Sequence[frozenset[int]], *, n_batches: int
) -> tuple[Walk, NDArray[np.int32]]:
    """Return the lengths that a search goes by, and the point of each place.

    Exact in compiled code where the layout is a grid; else short tours over a matrix of distances;
    where there are several ends, zones, too many places or long tours, whatever the router says.

    Parameters
    ----------
    prepared, course
        The problem, and what a batch walks.
    places
        Of each demand.
    n_batches
        About how many batches there will be.
    """
    locations = prepared.problem.layout.locations
    router = prepared.estimates.router
    if isinstance(course, OneTrip) and isinstance(router, ExactRouter):
        ways = [router.course(course.start, end) for end in course.ends]
        known = [way for way in ways if way is not None]
        if len(known) == len(ways):
            points = [int(router.points((location.id,))[0]) for location in locations]
            return grid_walk(known), np.array(points, dtype=np.int32)

    if isinstance(course, OneTrip) and len(course.ends) == 1:
        together = frozenset().union(*places)
        stops = sum(map(len, places)) / n_batches
        if stops <= _MATRIX_STOPS and len(together) <= _MATRIX_UP_TO:
            return _matrix_walk(prepared, course, sorted(together))

    @lru_cache(maxsize=_KEPT_LENGTHS)
    def length_mm(places: frozenset[int]) -> int:
        return _length_mm(prepared.estimates, course, places)

    walk = called_walk(
        lambda points: length_mm(frozenset(points.tolist())),
        shortest_up_to=ANY_NUMBER if _is_exact(router, prepared) else 0,
    )
    return walk, np.arange(len(locations), dtype=np.int32)


def _matrix_walk(
    prepared: Prepared, course: OneTrip, places: list[int]
) -> tuple[Walk, NDArray[np.int32]]:
    locations, graph = prepared.problem.layout.locations, prepared.graph
    stops = [course.start, *(locations[place].id for place in places), course.ends[0]]
    vertices = [graph.vertex(stop) for stop in stops]
    distances = graph.distances_from(vertices)[:, vertices]
    distances[distances == UNREACHABLE] = _FAR
    point_of = np.zeros(len(locations), dtype=np.int32)
    point_of[places] = np.arange(1, len(places) + 1)
    return matrix_walk(distances, start=0, end=len(places) + 1), point_of


def _is_worth_proving(problem: BatchingProblem) -> bool:
    """Return whether bounds are looked for: by trying all, or by many compiled tours."""
    return not isinstance(problem.walk, CalledWalk) or problem.n <= MOST_DEMANDS


def _is_exact(router: Router, prepared: Prepared) -> bool:
    """Return whether a router finds shortest tours between any two stations of the layout."""
    if not isinstance(router, ExactRouter):
        return False
    stations: list[StationId] = [station.id for station in prepared.problem.layout.stations]
    return all(router.course(start, end) is not None for start in stations for end in stations)


def _cells(prepared: Prepared) -> NDArray[np.int32]:
    locations = prepared.problem.layout.locations
    return number_cells([prepared.graph.point(location.id) for location in locations])


def _fewest_batches(limits: CartLimits) -> int:
    """Return a number of batches that the sizes alone ask for."""
    totals = limits.sizes.sum(axis=0)
    capacity = np.maximum(np.array(limits.cart.capacity, dtype=np.int64), 1)
    return max(1, int((-(-totals // capacity)).max(initial=0)))


def _best_bound(*bounds: int | None) -> int | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _length_mm(walks: Walks, course: Course, places: frozenset[int]) -> int:
    return sum(walks.length_mm(trip) for trip in course(places))


def _walked_value(
    prepared: Prepared,
    course: Course,
    places: Sequence[frozenset[int]],
    partition: Partition,
    objective: Objective,
) -> int:
    """Return what batches cost as they are walked."""
    return sum(
        _value(
            prepared,
            course,
            frozenset().union(*(places[member] for member in batch)),
            objective,
        )
        for batch in partition
    )


def _value(
    prepared: Prepared, course: Course, visited: frozenset[int], objective: Objective
) -> int:
    """Return what one batch costs as it is walked."""
    walked = objective.per_mm * _length_mm(prepared.walks, course, visited)
    return walked + objective.per_stop * len(visited) + objective.per_batch
