"""All batchings of a few demands at once, by dynamic programming over sets of demands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.problem import BatchingProblem
from optimizer.batching.search.moves import cheapest_cart, cost_of, walk_present
from optimizer.batching.search.tables import (
    Space,
    Spot,
    Tables,
    most_points,
    space_of,
    state_of,
    widest_batch,
)
from optimizer.routing.kernel import frugal_kernel

MOST_DEMANDS = 12
"""3**12 = 531,441 steps take a millisecond; every demand more triples them."""

NEVER = np.int64(1) << np.int64(60)


@frugal_kernel
def fill_values(
    width: int,
    values: NDArray[np.int64],
    space: Space,
    tables: Tables,
    spot: Spot,
    free: NDArray[np.int64],
) -> None:
    """Fill ``values`` (2**n,) with the value of every set of demands as a batch."""
    n = tables.marks.shape[0]
    for batch in range(1, values.shape[0]):
        count = 0
        kinds, refuses = np.uint64(0), np.uint64(0)
        space.new_used[0, :] = 0
        for demand in range(n):
            if batch >> demand & 1:
                if count < width:
                    space.present[count] = demand
                count += 1
                kinds |= tables.kinds[demand]
                refuses |= tables.refuses[demand]
                for resource in range(tables.sizes.shape[1]):
                    space.new_used[0, resource] += tables.sizes[demand, resource]
        cart = cheapest_cart(space.new_used[0], tables, free)
        if count > width or cart < 0 or (kinds & refuses) != 0:
            values[batch] = NEVER
            continue
        length, stops = walk_present(count, space, tables, spot)
        values[batch] = cost_of(length, stops, cart, tables)


@frugal_kernel
def best_partitions(
    values: NDArray[np.int64], best: NDArray[np.int64], last: NDArray[np.int32]
) -> None:
    """Fill ``best`` with the least value of partitions of every set, ``last`` with one batch of it.

    The batch is the one that holds the lowest demand of the set. O(3**n).
    """
    best[0] = 0
    for wanted in range(1, best.shape[0]):
        low = wanted & -wanted
        rest = wanted ^ low
        best[wanted] = NEVER
        part = rest
        while True:
            batch = part | low
            if values[batch] < NEVER and best[wanted ^ batch] < NEVER:
                value = values[batch] + best[wanted ^ batch]
                if value < best[wanted]:
                    best[wanted] = value
                    last[wanted] = batch
            if part == 0:
                break
            part = (part - 1) & rest


def can_be_enumerated(problem: BatchingProblem) -> bool:
    """Return whether all batchings can be looked at, and nothing but the batches counts."""
    return (
        problem.n <= MOST_DEMANDS
        and problem.schedule is None
        and all(cart.count >= problem.n for cart in problem.carts)
    )


def best_subsets(problem: BatchingProblem, tables: Tables) -> tuple[NDArray[np.int32], int]:
    """Return the batch of every demand in a best partition, and its value.

    Exact (dynamic programming over subsets, Held and Karp 1962, DOI 10.1137/0110015).

    Parameters
    ----------
    problem, tables
        At most :data:`MOST_DEMANDS` demands.
    """
    n = problem.n
    width = widest_batch(problem)
    state = state_of(problem, tables, spare=1, screened=False, batches=n)
    space = space_of(
        tables,
        state,
        demands=np.arange(n, dtype=np.int32),
        regions=np.zeros(len(state.counts), dtype=np.int8),
        region=0,
        seed=1,
        kept_lengths=1,
    )
    values = np.full(1 << n, NEVER)
    spot = problem.walk.spot(most_points(tables, width))
    fill_values(width, values, space, tables, spot, state.free)
    problem.walk.check()
    best, last = np.full(1 << n, NEVER), np.zeros(1 << n, dtype=np.int32)
    best_partitions(values, best, last)
    owner = np.zeros(n, dtype=np.int32)
    wanted, number = (1 << n) - 1, 0
    while wanted:
        batch = int(last[wanted])
        for demand in range(n):
            if batch >> demand & 1:
                owner[demand] = number
        wanted ^= batch
        number += 1
    return owner, int(best[-1])
