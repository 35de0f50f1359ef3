"""Batching problems for tests of the engine: exact grids, and lines with all sorts of rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from optimizer.batching.problem import Batch, BatchingProblem, Cart, Filling, Objective, Partition
from optimizer.batching.walks import ANY_NUMBER, Points, called_walk, grid_walk
from optimizer.ids import LocationId
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.warm_up import END, START


@lru_cache
def router(blocks: int) -> ExactRouter:
    """Return shortest tours in a small warehouse."""
    return ExactRouter(generate_layout(aisles=5, blocks=blocks, positions=4))


def locations(blocks: int) -> list[LocationId]:
    """Return the locations of the same."""
    return [
        location.id for location in generate_layout(aisles=5, blocks=blocks, positions=4).locations
    ]


def grid_problem(
    n: int, seed: int, *, blocks: int = 1, both_ends: bool = False, capacity: int = 12
) -> BatchingProblem:
    """Return random demands of one to five pieces on exact tours."""
    random = np.random.default_rng(seed)
    exact, places = router(blocks), locations(blocks)
    counts = random.integers(1, 6, n)
    wanted = [random.choice(len(places), count, replace=False) for count in counts]
    ways = [exact.course(START, end) for end in ((START, END) if both_ends else (START,))]
    return BatchingProblem(
        grid_walk([way for way in ways if way is not None]),
        [exact.points([places[one] for one in chosen]) for chosen in wanted],
        counts.reshape(-1, 1).astype(np.int64),
        (Cart((capacity,)),),
    )


def ruled_problem(n: int, seed: int) -> BatchingProblem:
    """Return random demands under all rules at once, walked along a line and back.

    Two sizes, two kinds of carts with costs, three kinds of demands of which two refuse each
    other, shared totes, prices of stops and batches.
    """
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 5, (n, 2))
    kinds = np.uint64(1) << random.integers(0, 3, n).astype(np.uint64)
    promises = random.integers(1, 3, n)
    filling = Filling(
        begins=np.concatenate(([0], np.cumsum(promises))).astype(np.int64),
        weight_g=random.integers(0, 40, promises.sum()),
        volume_ml=random.integers(0, 40, promises.sum()),
        quantity=random.integers(1, 4, promises.sum()),
        tote_weight_g=100,
        tote_volume_ml=100,
        totes=4,
        lines=8,
    )
    return BatchingProblem(
        called_walk(line_mm, shortest_up_to=ANY_NUMBER),
        [random.integers(1, 40, size).astype(np.int32) for size in sizes[:, 0]],
        sizes,
        (Cart((6, 6)), Cart((12, 9), cost=5)),
        Objective(per_mm=2, per_stop=3, per_batch=7),
        kinds=kinds,
        refuses=np.where(kinds == 1, 2, np.where(kinds == 2, 1, 0)).astype(np.uint64),
        filling=filling,
        max_demands=4,
    )


def line_mm(points: Points) -> int:
    """Return the walk along a line to the farthest point and back."""
    return 2 * int(points.max(initial=0))


def value_of(problem: BatchingProblem, batch: Batch) -> int | None:
    """Return what a batch costs, recomputed from the problem; ``None`` where it breaks a rule."""
    members = sorted(batch)
    used = problem.sizes[members].sum(axis=0)
    carts = [cart.cost for cart in problem.carts if (used <= np.array(cart.capacity)).all()]
    if not carts or len(members) > problem.max_demands:
        return None
    if problem.kinds is not None and problem.refuses is not None:
        kinds = np.bitwise_or.reduce(problem.kinds[members])
        if kinds & np.bitwise_or.reduce(problem.refuses[members]):
            return None
    if problem.filling is not None and not _fit_totes(problem.filling, members):
        return None
    points = np.concatenate([problem.points[member] for member in members])
    objective = problem.objective
    return (
        objective.per_mm * problem.walk.length_mm(points)
        + objective.per_stop * len(set(points.tolist()))
        + objective.per_batch
        + min(carts)
    )


def _fit_totes(filling: Filling, members: Sequence[int]) -> bool:
    """Put unit after unit into totes."""
    totes, grams, millilitres, lines = 1, filling.tote_weight_g, filling.tote_volume_ml, 0
    for member in members:
        for number in range(filling.begins[member], filling.begins[member + 1]):
            entered = 0
            for _ in range(filling.quantity[number]):
                if filling.weight_g[number] > grams or filling.volume_ml[number] > millilitres:
                    totes, entered = totes + 1, 0
                    grams, millilitres = filling.tote_weight_g, filling.tote_volume_ml
                lines += not entered
                entered = 1
                grams -= filling.weight_g[number]
                millilitres -= filling.volume_ml[number]
    return totes <= filling.totes and lines <= filling.lines


def total_of(problem: BatchingProblem, partition: Partition) -> int:
    """Return the recomputed value of a partition; it must be one, and break no rule."""
    assert sorted(member for batch in partition for member in batch) == list(range(problem.n))
    values = [value_of(problem, batch) for batch in partition]
    known = [value for value in values if value is not None]
    assert len(known) == len(values)
    return sum(known)


def feasible(problem: BatchingProblem) -> BatchingProblem:
    """Return the same problem without demands that fit no cart by themselves."""
    keep = [one for one in range(problem.n) if value_of(problem, (one,)) is not None]
    filling = problem.filling
    if filling is not None:
        promises = [range(filling.begins[one], filling.begins[one + 1]) for one in keep]
        chosen = [number for each in promises for number in each]
        filling = replace(
            filling,
            begins=np.cumsum([0, *map(len, promises)]).astype(np.int64),
            weight_g=filling.weight_g[chosen],
            volume_ml=filling.volume_ml[chosen],
            quantity=filling.quantity[chosen],
        )
    return replace(
        problem,
        points=[problem.points[one] for one in keep],
        sizes=problem.sizes[keep],
        kinds=None if problem.kinds is None else problem.kinds[keep],
        refuses=None if problem.refuses is None else problem.refuses[keep],
        filling=filling,
    )
