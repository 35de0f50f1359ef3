"""A running plan grows: orders that came since are put where they cost least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.grid_spot import NO_TOUR
from optimizer.batching.problem import BatchingProblem, Partition
from optimizer.batching.search.construction import joins, renumbered
from optimizer.batching.search.moves import (
    CART,
    LENGTH,
    STOPS,
    VALUE,
    cheapest_cart,
    cost_of,
    load_state,
    put,
    walk_present,
)
from optimizer.batching.search.tables import (
    Space,
    Spot,
    State,
    Tables,
    most_points,
    space_of,
    state_of,
    widest_batch,
)
from optimizer.errors import ProblemError
from optimizer.routing.kernel import frugal_kernel


@frugal_kernel
def insert_cheapest(
    arrived: NDArray[np.int32], state: State, space: Space, tables: Tables, spot: Spot
) -> int:
    """Put demands, one after the other, into the batch whose value grows least, or an empty one.

    Cheapest insertion (Rosenkrantz, Stearns and Lewis 1977, DOI 10.1137/0206041, on batches).

    Parameters
    ----------
    arrived
        Shape (m,), int32: demands that are in no batch yet.
    state
        Batches with their lengths; there is an empty one for every arrived demand.

    Returns
    -------
    int
        The first demand for which no cart was left, -1 when all are placed.
    """
    width = state.members.shape[1]
    for n in range(arrived.shape[0]):
        demand = arrived[n]
        best, least = -1, np.int64(0)
        tried_empty = False
        for batch in range(state.counts.shape[0]):
            count = state.counts[batch]
            if count == 0:
                if tried_empty:
                    continue
                tried_empty = True
            if not joins(
                demand,
                state.used[batch],
                count,
                state.kinds[batch],
                state.refuses[batch],
                width,
                tables,
            ):
                continue
            for at in range(count):
                space.present[at] = state.members[batch, at]
            space.present[count] = demand
            length, stops = walk_present(count + 1, space, tables, spot)
            if length >= NO_TOUR:
                continue
            for resource in range(tables.sizes.shape[1]):
                space.new_used[0, resource] = (
                    state.used[batch, resource] + tables.sizes[demand, resource]
                )
            if state.carts[batch] >= 0:
                state.free[state.carts[batch]] += 1
            cart = cheapest_cart(space.new_used[0], tables, state.free)
            if state.carts[batch] >= 0:
                state.free[state.carts[batch]] -= 1
            if cart < 0:
                continue
            value = cost_of(length, stops, cart, tables)
            if best < 0 or value - state.values[batch] < least:
                best, least = batch, value - state.values[batch]
                space.new[0, LENGTH], space.new[0, STOPS] = length, stops
                space.new[0, VALUE], space.new[0, CART] = value, cart
        if best < 0:
            return int(demand)
        put(demand, best, state, tables)
        if state.carts[best] >= 0:
            state.free[state.carts[best]] += 1
        state.lengths[best], state.stops[best] = space.new[0, LENGTH], space.new[0, STOPS]
        state.values[best], state.carts[best] = space.new[0, VALUE], space.new[0, CART]
        state.free[state.carts[best]] -= 1
    return -1


def grown(problem: BatchingProblem, tables: Tables, start: Partition) -> NDArray[np.int32]:
    """Return the batches of a running plan with all demands that it does not hold.

    Parameters
    ----------
    start
        Batches of some of the demands, each at most once; they fit their carts.

    Returns
    -------
    NDArray
        Shape (n,), int32: batch of each demand, from 0, without gaps.

    Raises
    ------
    ProblemError
        A demand of ``start`` does not exist or is there twice, or no cart is left for another one.
    """
    known = [member for batch in start for member in batch]
    if len(set(known)) < len(known) or not all(0 <= member < problem.n for member in known):
        raise ProblemError("the first batches hold a demand twice, or one that is not there")
    arrived = np.setdiff1d(np.arange(problem.n), np.array(known, dtype=np.int64)).astype(np.int32)
    owner = np.full(problem.n, -1, dtype=np.int32)
    for number, batch in enumerate(start):
        owner[list(batch)] = number
    if not len(arrived):
        return renumbered(owner)
    state = state_of(problem, tables, spare=len(arrived), screened=False, batches=len(start))
    space = space_of(
        tables,
        state,
        demands=np.arange(problem.n, dtype=np.int32),
        regions=np.zeros(len(state.counts), dtype=np.int8),
        region=0,
        seed=1,
        kept_lengths=1,
    )
    spot = problem.walk.spot(most_points(tables, widest_batch(problem)))
    load_state(owner, state, space, tables, spot)
    homeless = insert_cheapest(arrived, state, space, tables, spot)
    problem.walk.check()
    if homeless >= 0:
        raise ProblemError(f"no cart is left for demand {homeless}")
    return renumbered(state.owner)
