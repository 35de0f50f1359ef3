"""A batching problem and a state of the search as arrays, for compiled functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.problem import NO_LIMIT, BatchingProblem, Partition
from optimizer.batching.walks import CalledSpot

KEPT_LENGTHS = 1 << 18
"""Lengths a thread keeps; three words each, so that they stay in the processor's cache."""

_MOST_CELL_COUNTS = 50_000_000
"""Largest table of demands per batch and cell; beyond it moves are not screened."""


class Tables(NamedTuple):
    """A :class:`~optimizer.batching.problem.BatchingProblem`, n demands, r resources, k carts.

    ``points`` int32 with ``point_begins`` (n + 1,); ``cells`` of each demand and ``holders`` of
    each cell likewise. ``sizes`` (n, r), ``capacities`` (k, r), ``cart_costs`` (k,), cheapest
    first; ``most`` (r,): the largest capacities. ``kinds``, ``refuses``, ``marks`` (n,) uint64; the
    marks of a batch's demands together (exclusive or) are its name in the memory of lengths
    (Zobrist 1970). ``prices``: per_mm, per_stop, per_batch. ``times``: pickers (0: no schedule),
    per_mm, per_stop, per_batch. ``due``, ``work``, ``weight`` (n,). ``fill_…``: shared totes, with
    ``fill_limits``: tote weight, tote volume, totes (0: none are shared), lines.
    """

    points: NDArray[np.int32]
    point_begins: NDArray[np.int64]
    cells: NDArray[np.int32]
    cell_begins: NDArray[np.int64]
    holders: NDArray[np.int32]
    holder_begins: NDArray[np.int64]
    sizes: NDArray[np.int64]
    capacities: NDArray[np.int64]
    most: NDArray[np.int64]
    cart_costs: NDArray[np.int64]
    kinds: NDArray[np.uint64]
    refuses: NDArray[np.uint64]
    marks: NDArray[np.uint64]
    prices: NDArray[np.int64]
    times: NDArray[np.int64]
    due: NDArray[np.int64]
    work: NDArray[np.int64]
    weight: NDArray[np.int64]
    fill_begins: NDArray[np.int64]
    fill_weight_g: NDArray[np.int64]
    fill_volume_ml: NDArray[np.int64]
    fill_quantity: NDArray[np.int64]
    fill_limits: NDArray[np.int64]


class State(NamedTuple):
    """A partition: b places for batches of at most w demands; some are empty.

    ``owner`` (n,) and ``place`` (n,): batch of a demand and its index among the ``members`` (b, w)
    of which there are ``counts`` (b,). ``used`` (b, r); ``kinds``, ``refuses``, ``names`` (b,)
    uint64; ``lengths``, ``stops``, ``values`` (b,); ``carts`` (b,): kind of cart, -1 for none;
    ``free`` (k,): carts left. ``cell_counts`` (b, n_cells) int16: demands of a batch that visit a
    cell; without rows where moves are not screened.
    """

    owner: NDArray[np.int32]
    place: NDArray[np.int32]
    members: NDArray[np.int32]
    counts: NDArray[np.int64]
    used: NDArray[np.int64]
    kinds: NDArray[np.uint64]
    refuses: NDArray[np.uint64]
    names: NDArray[np.uint64]
    lengths: NDArray[np.int64]
    stops: NDArray[np.int64]
    values: NDArray[np.int64]
    carts: NDArray[np.int32]
    free: NDArray[np.int64]
    cell_counts: NDArray[np.int16]


class Space(NamedTuple):
    """One thread's working memory.

    ``demands`` (m,): those it may move; ``regions`` (b,) and ``region``: batches it may change are
    those whose entry equals its number. ``empty`` (b,), ``counts``: empty batches of its own, how
    many; accepted moves; ``n_best``. ``random`` (1,) uint64. ``kept`` (3 * KEPT_LENGTHS,): name,
    length, stops. ``moved``, ``target``: a move, up to 4 demands and where they go. ``changed``:
    up to 3 batches, with ``new_…`` what they become. ``best_owner`` (n,) and ``best_value``.
    """

    demands: NDArray[np.int32]
    regions: NDArray[np.int8]
    region: int
    empty: NDArray[np.int32]
    counts: NDArray[np.int64]
    random: NDArray[np.uint64]
    kept: NDArray[np.int64]
    moved: NDArray[np.int32]
    target: NDArray[np.int32]
    changed: NDArray[np.int32]
    new_used: NDArray[np.int64]
    new: NDArray[np.int64]
    new_name: NDArray[np.uint64]
    old: NDArray[np.int64]
    origin: NDArray[np.int32]
    present: NDArray[np.int32]
    stamps: NDArray[np.int64]
    finish: NDArray[np.int64]
    order: NDArray[np.int32]
    batch_due: NDArray[np.int64]
    batch_time: NDArray[np.int64]
    best_owner: NDArray[np.int32]
    best: NDArray[np.int64]


def tables_of(problem: BatchingProblem, seed: int) -> Tables:
    """Return a problem as arrays; ``seed`` chooses the marks."""
    n = problem.n
    random = np.random.default_rng(seed)
    point_begins, points = _ragged([np.asarray(one, dtype=np.int32) for one in problem.points])
    cells = _cells(problem)
    cell_begins, flat_cells = _ragged([np.asarray(one, dtype=np.int32) for one in cells])
    by_cell = np.argsort(flat_cells, kind="stable")
    holder_of = np.repeat(np.arange(n, dtype=np.int32), np.diff(cell_begins))
    n_cells = int(flat_cells.max(initial=-1)) + 1
    holder_begins = np.zeros(n_cells + 1, dtype=np.int64)
    np.cumsum(np.bincount(flat_cells, minlength=n_cells), out=holder_begins[1:])
    carts = sorted(problem.carts, key=lambda cart: (cart.cost, cart.capacity))
    objective, schedule, filling = problem.objective, problem.schedule, problem.filling
    nothing = np.zeros(n, dtype=np.uint64)
    empty = np.zeros(0, dtype=np.int64)
    return Tables(
        points=points,
        point_begins=point_begins,
        cells=flat_cells,
        cell_begins=cell_begins,
        holders=holder_of[by_cell],
        holder_begins=holder_begins,
        sizes=np.ascontiguousarray(problem.sizes, dtype=np.int64),
        capacities=np.array([cart.capacity for cart in carts], dtype=np.int64),
        most=np.array([cart.capacity for cart in carts], dtype=np.int64).max(axis=0),
        cart_costs=np.array([cart.cost for cart in carts], dtype=np.int64),
        kinds=nothing if problem.kinds is None else problem.kinds.astype(np.uint64),
        refuses=nothing if problem.refuses is None else problem.refuses.astype(np.uint64),
        marks=random.integers(1, 1 << 63, size=n, dtype=np.uint64),
        prices=np.array([objective.per_mm, objective.per_stop, objective.per_batch]),
        times=np.array(
            [0, 0, 0, 0]
            if schedule is None
            else [schedule.pickers, schedule.per_mm, schedule.per_stop, schedule.per_batch]
        ),
        due=np.full(n, NO_LIMIT) if schedule is None else schedule.due.astype(np.int64),
        work=np.zeros(n, dtype=np.int64) if schedule is None else schedule.work.astype(np.int64),
        weight=_weights(problem),
        fill_begins=np.zeros(n + 1, dtype=np.int64) if filling is None else filling.begins,
        fill_weight_g=empty if filling is None else filling.weight_g,
        fill_volume_ml=empty if filling is None else filling.volume_ml,
        fill_quantity=empty if filling is None else filling.quantity,
        fill_limits=np.array(
            [0, 0, 0, 0]
            if filling is None
            else [filling.tote_weight_g, filling.tote_volume_ml, filling.totes, filling.lines]
        ),
    )


HARD_LATENESS = 1000
"""Cost of a unit of time that a hard due time is missed by, in units of the objective per unit of
time: high enough that lateness is driven out, low enough that the search can pass through it."""


def _weights(problem: BatchingProblem) -> NDArray[np.int64]:
    schedule = problem.schedule
    if schedule is None:
        return np.zeros(problem.n, dtype=np.int64)
    if schedule.weight is not None:
        return schedule.weight.astype(np.int64)
    return np.full(problem.n, HARD_LATENESS, dtype=np.int64)


def _cells(problem: BatchingProblem) -> Sequence[Sequence[int] | NDArray[np.int32]]:
    if problem.cells is not None:
        return problem.cells
    return [sorted({int(point) for point in points}) for points in problem.points]


def _ragged(rows: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    begins = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=begins[1:])
    flat = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    return begins, flat.astype(np.int32)


def widest_batch(problem: BatchingProblem) -> int:
    """Return how many demands a batch can have at most: the smallest ones, by each resource."""
    widest = 0
    for cart in problem.carts:
        most = problem.n
        for resource, capacity in enumerate(cart.capacity):
            sizes = np.sort(problem.sizes[:, resource])
            most = min(most, int(np.searchsorted(np.cumsum(sizes), capacity, side="right")))
        widest = max(widest, most)
    return max(1, min(widest, problem.max_demands))


def most_points(tables: Tables, width: int) -> int:
    """Return how many points a batch of at most ``width`` demands can visit, repeated ones too."""
    counts = np.sort(np.diff(tables.point_begins))[::-1]
    return int(counts[:width].sum())


def state_of(
    problem: BatchingProblem, tables: Tables, *, spare: int, screened: bool, batches: int
) -> State:
    """Return a state with room for a partition of ``batches`` batches and ``spare`` more."""
    n, n_resources = problem.n, tables.sizes.shape[1]
    room = batches + spare
    n_cells = len(tables.holder_begins) - 1
    counted = room if screened and room * n_cells <= _MOST_CELL_COUNTS else 0
    limits = sorted(problem.carts, key=lambda cart: (cart.cost, cart.capacity))
    return State(
        owner=np.full(n, -1, dtype=np.int32),
        place=np.zeros(n, dtype=np.int32),
        members=np.full((room, widest_batch(problem)), -1, dtype=np.int32),
        counts=np.zeros(room, dtype=np.int64),
        used=np.zeros((room, n_resources), dtype=np.int64),
        kinds=np.zeros(room, dtype=np.uint64),
        refuses=np.zeros(room, dtype=np.uint64),
        names=np.zeros(room, dtype=np.uint64),
        lengths=np.zeros(room, dtype=np.int64),
        stops=np.zeros(room, dtype=np.int64),
        values=np.zeros(room, dtype=np.int64),
        carts=np.full(room, -1, dtype=np.int32),
        free=np.array([cart.count for cart in limits], dtype=np.int64),
        cell_counts=np.zeros((counted, n_cells), dtype=np.int16),
    )


def space_of(
    tables: Tables,
    state: State,
    *,
    demands: NDArray[np.int32],
    regions: NDArray[np.int8],
    region: int,
    seed: int,
    kept_lengths: int = KEPT_LENGTHS,
) -> Space:
    """Return working memory for a thread that may move ``demands`` in batches of a region."""
    n, room, n_resources = len(tables.marks), len(state.counts), tables.sizes.shape[1]
    n_points = int(tables.points.max(initial=0)) + 1
    return Space(
        demands=demands.astype(np.int32),
        regions=regions,
        region=region,
        empty=np.zeros(room, dtype=np.int32),
        counts=np.zeros(4, dtype=np.int64),
        random=np.array([(2 * seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64)], dtype=np.uint64),
        kept=np.zeros(3 * kept_lengths, dtype=np.int64),
        moved=np.zeros(4, dtype=np.int32),
        target=np.zeros(4, dtype=np.int32),
        changed=np.zeros(3, dtype=np.int32),
        new_used=np.zeros((3, n_resources), dtype=np.int64),
        new=np.zeros((3, 4), dtype=np.int64),
        new_name=np.zeros(3, dtype=np.uint64),
        old=np.zeros((3, 4), dtype=np.int64),
        origin=np.zeros(4, dtype=np.int32),
        present=np.zeros(state.members.shape[1] + 4, dtype=np.int32),
        stamps=np.zeros(n_points + 1, dtype=np.int64),
        finish=np.zeros(max(int(tables.times[0]), 1), dtype=np.int64),
        order=np.zeros(room, dtype=np.int32),
        batch_due=np.zeros(room, dtype=np.int64),
        batch_time=np.zeros(room, dtype=np.int64),
        best_owner=np.zeros(n, dtype=np.int32),
        best=np.zeros(3, dtype=np.int64),
    )


def partition_of(owner: NDArray[np.int32]) -> Partition:
    """Return the batches of an assignment of demands to batches, sorted."""
    batches: dict[int, list[int]] = {}
    for demand, batch in enumerate(owner.tolist()):
        batches.setdefault(batch, []).append(demand)
    return tuple(sorted(tuple(batch) for batch in batches.values()))


Spot = CalledSpot
