"""Simulated annealing on batches with exact tour lengths, compiled.

Moves are made to fit before they are measured: a demand and a batch that shares a cell of the
warehouse with it (or any) are drawn, then one of the ways in which the demand, or two, can come
into that batch: relocation, exchange one for one, two for one, two for two, or an ejection over a
third batch.
Lengths of batches are kept under the exclusive or of their demands' marks, so that a batch that
comes back costs no tour. In large waves moves are first screened by the change in visited cells.

References
----------
Kirkpatrick, S., Gelatt, C. D., Vecchi, M. P. (1983): Optimization by simulated annealing. Science
220(4598), 671-680. DOI 10.1126/science.220.4598.671.
Zobrist, A. L. (1970): A new hashing method with application for game playing. Technical report 88,
University of Wisconsin (marks and exclusive or).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.batching.search.moves import (
    ACCEPTED,
    BEST_LATE,
    BEST_VALUE,
    N_EMPTY,
    PICKERS,
    PRESENT_VALUE,
    VALUE,
    choose_carts,
    draw,
    draw_below,
    fits_move,
    lateness,
    list_empty,
    make_move,
    measure_changed,
)
from optimizer.batching.search.tables import Space, Spot, State, Tables
from optimizer.routing.kernel import frugal_kernel

COPIED_UP_TO = 400
"""Demands up to which every new best partition is copied at once; above, callers do so.

At 1,000 demands two threads on halves, with screened moves, end 5 % shorter than two on copies."""

NEAR_SHARE = 200
"""Of 256 moves so many go to a batch that shares a cell with the demand."""

OPEN, RELOCATE, EXCHANGE, TWO_FOR_ONE, EJECT, CYCLE = 1, 64, 190, 225, 244, 250
"""Of 256 moves those below OPEN begin a batch of their own, those below RELOCATE join another one
where there is room, and so on; from EJECT on a demand of the second batch goes to a third, from
CYCLE on one of the third to the first."""

SCREEN = 0.2
"""Share of the value of the newly visited cells that must be acceptable before lengths are asked.
Waves of 1,000 orders end 2 % longer at 0.5, where good moves are missed, and at 0, where few are
tried."""


@frugal_kernel
def fits_exchange(
    into: tuple[int, int],
    out: tuple[int, int],
    first: int,
    second: int,
    state: State,
    tables: Tables,
) -> bool:
    """Return whether up to two demands of the second batch may replace up to two of the first.

    By sizes alone; ``into`` goes to the second batch, ``out`` to the first, -1 for none.
    """
    for resource in range(tables.sizes.shape[1]):
        grows = tables.sizes[into[0], resource]
        if into[1] >= 0:
            grows += tables.sizes[into[1], resource]
        if out[0] >= 0:
            grows -= tables.sizes[out[0], resource]
        if out[1] >= 0:
            grows -= tables.sizes[out[1], resource]
        limit = tables.most[resource]
        if state.used[second, resource] + grows > limit:
            return False
        if state.used[first, resource] - grows > limit:
            return False
    return True


@frugal_kernel
def draw_target(demand: int, space: Space, state: State, tables: Tables) -> int:
    """Return a demand in another batch of the region, near the given one if possible, or -1."""
    random = space.random
    if draw_below(random, 256) < NEAR_SHARE:
        begin, end = tables.cell_begins[demand], tables.cell_begins[demand + 1]
        if end > begin:
            cell = tables.cells[begin + draw_below(random, end - begin)]
            first, last = tables.holder_begins[cell], tables.holder_begins[cell + 1]
            other = tables.holders[first + draw_below(random, last - first)]
            batch = state.owner[other]
            if batch != state.owner[demand] and space.regions[batch] == space.region:
                return int(other)
    other = space.demands[draw_below(random, space.demands.shape[0])]
    return int(other) if state.owner[other] != state.owner[demand] else -1


@frugal_kernel
def draw_move(space: Space, state: State, tables: Tables) -> int:
    """Fill ``space.moved`` and ``space.target`` with a random move; return how many demands move.

    0 where nothing was found that fits by sizes.
    """
    random, moved, target = space.random, space.moved, space.target
    demand = space.demands[draw_below(random, space.demands.shape[0])]
    first = state.owner[demand]
    kind = draw_below(random, 256)
    moved[0] = demand
    if kind < OPEN:
        if space.counts[N_EMPTY] == 0 or state.counts[first] == 1:
            return 0
        target[0] = space.empty[space.counts[N_EMPTY] - 1]
        return 1
    other = draw_target(demand, space, state, tables)
    if other < 0:
        return 0
    second = state.owner[other]
    target[0] = second
    if kind < RELOCATE and fits_exchange((demand, -1), (-1, -1), first, second, state, tables):
        return 1
    target[1] = first
    count, at = state.counts[second], state.place[other]
    if state.cell_counts.shape[0] > 0:
        # In large waves orders fit one another: whoever drew the demand here is not sent away.
        at = np.int32(draw_below(random, count))
    if kind < EXCHANGE:
        # One for one: the first that fits.
        for n in range(count):
            other = state.members[second, (at + n) % count]
            if fits_exchange((demand, -1), (other, -1), first, second, state, tables):
                moved[1] = other
                return 2
        return 0
    if kind < EJECT:
        extra = state.members[first, draw_below(random, state.counts[first])]
        if extra == demand:
            return 0
        moved[2] = extra
        target[2] = second
        if kind < TWO_FOR_ONE:
            for n in range(count):
                other = state.members[second, (at + n) % count]
                if fits_exchange((demand, extra), (other, -1), first, second, state, tables):
                    moved[1] = other
                    return 3
            return 0
        target[3] = first
        for n in range(count):
            other = state.members[second, (at + n) % count]
            for m in range(n + 1, count):
                more = state.members[second, (at + m) % count]
                if fits_exchange((demand, extra), (other, more), first, second, state, tables):
                    moved[1] = other
                    moved[3] = more
                    return 4
        return 0
    # An ejection: into the second batch, one of its demands into a third.
    after = draw_target(other, space, state, tables)
    if after < 0 or state.owner[after] == first:
        return 0
    third = state.owner[after]
    moved[1] = other
    target[1] = third
    if kind < CYCLE:
        return 2
    moved[2] = after
    target[2] = first
    return 3


@frugal_kernel
def cells_gained(n_moved: int, state: State, space: Space, tables: Tables) -> int:
    """Return by how many the changed batches' distinct cells grow in a move, about."""
    gained = 0
    for n in range(n_moved):
        demand = space.moved[n]
        origin, goal = state.owner[demand], space.target[n]
        for at in range(tables.cell_begins[demand], tables.cell_begins[demand + 1]):
            cell = tables.cells[at]
            if state.cell_counts[origin, cell] == 1:
                gained -= 1
            if state.cell_counts[goal, cell] == 0:
                gained += 1
    return gained


@frugal_kernel
def undo_move(n_moved: int, n_changed: int, state: State, space: Space, tables: Tables) -> None:
    """Take back the move that was made last."""
    for n in range(n_moved):
        space.target[n] = space.origin[n]
    for n in range(n_changed):
        for field in range(4):
            space.new[n, field] = space.old[n, field]
    make_move(n_moved, n_changed, state, space, tables)


@frugal_kernel
def keep_best(state: State, space: Space, value: int, late: int) -> None:
    """Copy the present partition if it is the best so far."""
    best = space.best
    if value + late >= best[BEST_VALUE] + best[BEST_LATE]:
        return
    best[BEST_VALUE], best[BEST_LATE] = value, late
    for demand in range(state.owner.shape[0]):
        space.best_owner[demand] = state.owner[demand]


@frugal_kernel
def anneal(
    tables: Tables,
    spot: Spot,
    state: State,
    space: Space,
    moves: int,
    hot: float,
    cold: float,
    per_cell: float,
) -> None:
    """Try a number of moves while the temperature falls geometrically from hot to cold.

    Parameters
    ----------
    tables, spot
        The problem, and this thread's tours.
    state, space
        Where the search stands, changed; up to :data:`COPIED_UP_TO` demands ``space.best`` and
        ``space.best_owner`` hold the best.
        ``space.best[PRESENT_VALUE]`` is the value of the present batches of the region.
    moves
        Number of moves drawn, feasible or not.
    hot, cold
        Temperatures in units of the objective.
    per_cell
        Value of a visited cell, for the screen; 0 for none.
    """
    list_empty(state, space)
    present = space.best[PRESENT_VALUE]
    scheduled = tables.times[PICKERS] > 0
    late = lateness(state, space, tables) if scheduled else 0
    copied = tables.marks.shape[0] <= COPIED_UP_TO
    temperature = hot
    cooling = (cold / hot) ** (64.0 / max(moves, 64))
    accepted = 0
    for step in range(moves):
        if step & 63 == 63:
            temperature *= cooling
        n_moved = draw_move(space, state, tables)
        if n_moved == 0:
            continue
        n_changed = fits_move(n_moved, state, space, tables)
        if n_changed == 0:
            continue
        share = (np.float64(draw(space.random) >> np.uint64(11)) + 1.0) / 9007199254740993.0
        limit = -temperature * math.log(share)
        if per_cell > 0:
            gained = cells_gained(n_moved, state, space, tables)
            if SCREEN * per_cell * gained > limit:
                continue
        if not choose_carts(n_changed, state, space, tables):
            continue
        change = 0
        for n in range(n_changed):
            change -= state.values[space.changed[n]]
        for n in range(n_changed):
            measure_changed(n, n_moved, state, space, tables, spot)
            change += space.new[n, VALUE]
            if change > limit + late:
                # What is left to measure costs at least nothing.
                break
        # Lateness can fall by all of it at most.
        if change > limit + late:
            continue
        make_move(n_moved, n_changed, state, space, tables)
        if scheduled:
            after = lateness(state, space, tables)
            if change + after - late > limit:
                undo_move(n_moved, n_changed, state, space, tables)
                continue
            late = after
        present += change
        accepted += 1
        if copied and present + late < space.best[BEST_VALUE] + space.best[BEST_LATE]:
            keep_best(state, space, present, late)
    space.best[PRESENT_VALUE] = present
    space.counts[ACCEPTED] += accepted
