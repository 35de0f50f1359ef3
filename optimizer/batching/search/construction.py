"""First batches: as orders arrive, along a sweep, by savings, and packed tightly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.problem import BatchingProblem
from optimizer.batching.search.moves import PER_BATCH, PER_MM, PER_STOP, fills, walk_present
from optimizer.batching.search.tables import Space, Spot, Tables
from optimizer.routing.kernel import frugal_kernel, kernel

WINDOW = 8
"""Carts that are open at once in a sweep."""

NO_SAVING = np.int64(-1) << np.int64(60)

MOST_CAPACITY = 4096
"""Largest capacity for which tight packing tabulates sums of sizes."""


@frugal_kernel
def joins(
    demand: int,
    used: NDArray[np.int64],
    count: int,
    kinds: np.uint64,
    refuses: np.uint64,
    width: int,
    tables: Tables,
) -> bool:
    """Return whether a demand may join a batch that uses so much, by sizes and kinds."""
    if count >= width:
        return False
    if (kinds & tables.refuses[demand]) != 0 or (refuses & tables.kinds[demand]) != 0:
        return False
    for cart in range(tables.capacities.shape[0]):
        fits = True
        for resource in range(used.shape[0]):
            size = used[resource] + tables.sizes[demand, resource]
            if size > tables.capacities[cart, resource]:
                fits = False
                break
        if fits:
            return True
    return False


@kernel
def fill_open_carts(
    order: NDArray[np.int32],
    masks: NDArray[np.uint64],
    window: int,
    width: int,
    tables: Tables,
) -> NDArray[np.int32]:
    """Put demands on carts in a given order, each on the open cart it is most like.

    ``window`` carts are open at once; when a further one is needed, the oldest leaves. With one
    cart and no masks this is first come, first served. Likeness is the share of common cells
    (Jaccard): by their mere number the biggest demands would be everybody's company.

    Parameters
    ----------
    order
        Shape (n,), int32: demands, the first to be put first.
    masks
        Shape (n, n_words), uint64: cells of each demand as bits.
    window
        Open carts, >= 1.
    width
        Most demands on a cart.

    Returns
    -------
    NDArray
        Shape (n,), int32: batch of each demand.
    """
    n, n_words = masks.shape
    n_resources = tables.sizes.shape[1]
    owner = np.full(n, -1, dtype=np.int32)
    used = np.zeros((window, n_resources), dtype=np.int64)
    cells = np.zeros((window, n_words), dtype=np.uint64)
    counts = np.zeros(window, dtype=np.int64)
    kinds = np.zeros(window, dtype=np.uint64)
    refuses = np.zeros(window, dtype=np.uint64)
    names = np.full(window, -1, dtype=np.int64)
    shares_totes = tables.fill_limits[2] > 0
    members = np.zeros((window, width if shares_totes else 0), dtype=np.int32)
    n_batches = 0
    for rank in range(n):
        demand = order[rank]
        best, likest = -1, -1.0
        for cart in range(window):
            if names[cart] < 0:
                continue
            if not joins(
                demand, used[cart], counts[cart], kinds[cart], refuses[cart], width, tables
            ):
                continue
            common, either = 0, 0
            for word in range(n_words):
                common += bits_in(cells[cart, word] & masks[demand, word])
                either += bits_in(cells[cart, word] | masks[demand, word])
            like = common / max(either, 1)
            if like <= likest:
                continue
            if shares_totes:
                members[cart, counts[cart]] = demand
                together = fills(counts[cart] + 1, members[cart], tables)
                # They are sorted now: the demand has to be found before it is taken out.
                leave_out(demand, counts[cart] + 1, members[cart])
                if not together:
                    continue
            best, likest = cart, like
        if best < 0:
            best = 0
            for cart in range(window):
                if names[cart] < names[best]:
                    best = cart
            names[best] = n_batches
            n_batches += 1
            used[best] = 0
            cells[best] = 0
            counts[best] = 0
            kinds[best] = 0
            refuses[best] = 0
        owner[demand] = names[best]
        if shares_totes:
            members[best, counts[best]] = demand
        counts[best] += 1
        kinds[best] |= tables.kinds[demand]
        refuses[best] |= tables.refuses[demand]
        for resource in range(n_resources):
            used[best, resource] += tables.sizes[demand, resource]
        for word in range(n_words):
            cells[best, word] |= masks[demand, word]
    return owner


@frugal_kernel
def leave_out(demand: int, count: int, members: NDArray[np.int32]) -> None:
    """Take a demand out of the first members; the others move up."""
    at = 0
    while members[at] != demand:
        at += 1
    for n in range(at, count - 1):
        members[n] = members[n + 1]


@frugal_kernel
def bits_in(word: np.uint64) -> int:
    """Return how many bits of a word are set (Warren, Hacker's Delight, 2012)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@frugal_kernel
def merged_value(
    first: int, second: int, owner: NDArray[np.int32], space: Space, tables: Tables, spot: Spot
) -> int:
    """Return what two batches cost as one, without the cart; ``second`` -1: what one costs."""
    count = 0
    for demand in range(owner.shape[0]):
        if owner[demand] == first or owner[demand] == second:
            space.present[count] = demand
            count += 1
    length, stops = walk_present(count, space, tables, spot)
    prices = tables.prices
    return int(prices[PER_MM] * length + prices[PER_STOP] * stops + prices[PER_BATCH])


@frugal_kernel
def pair_saving(
    first: int,
    second: int,
    values: NDArray[np.int64],
    used: NDArray[np.int64],
    counts: NDArray[np.int64],
    owner: NDArray[np.int32],
    width: int,
    tables: Tables,
    space: Space,
    spot: Spot,
) -> int:
    """Return what merging two batches saves, :data:`NO_SAVING` where they do not fit."""
    if counts[first] + counts[second] > width:
        return int(NO_SAVING)
    fitting = False
    for cart in range(tables.capacities.shape[0]):
        fits = True
        for resource in range(used.shape[1]):
            size = used[first, resource] + used[second, resource]
            if size > tables.capacities[cart, resource]:
                fits = False
                break
        fitting = fitting or fits
    if not fitting:
        return int(NO_SAVING)
    kinds, refuses = np.uint64(0), np.uint64(0)
    for demand in range(owner.shape[0]):
        if owner[demand] == first or owner[demand] == second:
            kinds |= tables.kinds[demand]
            refuses |= tables.refuses[demand]
    if (kinds & refuses) != 0:
        return int(NO_SAVING)
    merged = merged_value(first, second, owner, space, tables, spot)
    return int(values[first] + values[second] - merged)


@frugal_kernel
def merge_by_savings(
    savings: NDArray[np.int64],
    values: NDArray[np.int64],
    used: NDArray[np.int64],
    counts: NDArray[np.int64],
    owner: NDArray[np.int32],
    width: int,
    tables: Tables,
    space: Space,
    spot: Spot,
) -> None:
    """Merge the two batches that save most, renew the savings of the merged one, repeat.

    Algorithm C&W(ii) of de Koster, van der Poort and Wolters (1999), Efficient orderbatching
    methods in warehouses, DOI 10.1080/002075499191094, after Clarke and Wright (1964), DOI
    10.1287/opre.12.4.568. O(n^2) tours.

    Parameters
    ----------
    savings
        Shape (n, n), int64; scratch.
    values, used, counts, owner
        Filled; ``owner`` is the result: each batch is named after its first demand.
    """
    n = owner.shape[0]
    for demand in range(n):
        owner[demand] = demand
        counts[demand] = 1
        for resource in range(used.shape[1]):
            used[demand, resource] = tables.sizes[demand, resource]
    for demand in range(n):
        values[demand] = merged_value(demand, -1, owner, space, tables, spot)
    for first in range(n):
        for second in range(first):
            saving = pair_saving(
                first, second, values, used, counts, owner, width, tables, space, spot
            )
            savings[first, second] = saving
    while True:
        best, low, high = np.int64(0), -1, -1
        for first in range(n):
            if counts[first] == 0:
                continue
            for second in range(first):
                if counts[second] > 0 and savings[first, second] > best:
                    best, low, high = savings[first, second], second, first
        if low < 0:
            return
        for demand in range(n):
            if owner[demand] == high:
                owner[demand] = low
        values[low] += values[high] - best
        counts[low] += counts[high]
        counts[high] = 0
        for resource in range(used.shape[1]):
            used[low, resource] += used[high, resource]
        for other in range(n):
            if other == low or counts[other] == 0:
                continue
            saving = pair_saving(
                low, other, values, used, counts, owner, width, tables, space, spot
            )
            savings[max(low, other), min(low, other)] = saving


def first_come(tables: Tables, width: int) -> NDArray[np.int32]:
    """Return batches of demands in their order, cart by cart: what a warehouse does by itself."""
    n = len(tables.marks)
    order = np.arange(n, dtype=np.int32)
    return fill_open_carts(order, np.zeros((n, 0), dtype=np.uint64), 1, width, tables)


def sweep(tables: Tables, width: int) -> NDArray[np.int32]:
    """Return batches filled along a sweep through the cells, by the highest cell of each demand.

    Made for many small orders, where it takes milliseconds and is better than savings; cells
    should be numbered along a walk through the warehouse (after Gillett and Miller 1974, A
    heuristic algorithm for the vehicle-dispatch problem, DOI 10.1287/opre.22.2.340).
    """
    n = len(tables.marks)
    n_cells = len(tables.holder_begins) - 1
    masks = np.zeros((n, max(1, -(-n_cells // 64))), dtype=np.uint64)
    holder = np.repeat(np.arange(n), np.diff(tables.cell_begins))
    bits = np.uint64(1) << (tables.cells & 63).astype(np.uint64)
    np.bitwise_or.at(masks, (holder, tables.cells >> 6), bits)
    highest = np.full(n, -1, dtype=np.int64)
    np.maximum.at(highest, holder, tables.cells)
    order = np.argsort(highest, kind="stable").astype(np.int32)
    return fill_open_carts(order, masks, WINDOW, width, tables)


def by_savings(tables: Tables, width: int, space: Space, spot: Spot) -> NDArray[np.int32]:
    """Return batches by :func:`merge_by_savings`, numbered from 0."""
    n, n_resources = tables.sizes.shape
    owner = np.zeros(n, dtype=np.int32)
    merge_by_savings(
        np.full((n, n), NO_SAVING),
        np.zeros(n, dtype=np.int64),
        np.zeros((n, n_resources), dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        owner,
        width,
        tables,
        space,
        spot,
    )
    return renumbered(owner)


def renumbered(owner: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the same batches with numbers from 0 on, without gaps."""
    return np.unique(owner, return_inverse=True)[1].astype(np.int32)


def tightly(problem: BatchingProblem, main: int, seed: int) -> NDArray[np.int32] | None:
    """Return batches that fill their carts in one resource as far as sums of sizes allow.

    Bin packing by minimum bin slack (Gupta and Ho 1999, DOI 10.1080/095372899233244): around the
    largest demand that is left, the subset that fills a cart best is packed, by subset sums.
    Tours play no part; where an instance leaves next to no room, annealing alone seldom finds the
    fewest batches. ``None`` where capacities are too large to tabulate, or other rules forbid it.
    """
    cart = max(problem.carts, key=lambda cart: cart.capacity[main])
    capacity = cart.capacity[main]
    if capacity > MOST_CAPACITY or len(problem.carts) > 1 or problem.kinds is not None:
        return None
    random = np.random.default_rng(seed)
    sizes = problem.sizes[:, main]
    left = [int(one) for one in np.argsort(-sizes, kind="stable")]
    owner = np.full(problem.n, -1, dtype=np.int32)
    batch = 0
    while left:
        largest = left.pop(0)
        chosen = _fullest(left, sizes, capacity - int(sizes[largest]), random)
        members = [largest, *chosen]
        used = problem.sizes[members].sum(axis=0)
        if (used > np.array(cart.capacity)).any() or len(members) > problem.max_demands:
            return None
        owner[members] = batch
        batch += 1
        taken = set(chosen)
        left = [one for one in left if one not in taken]
    return owner


def _fullest(
    left: list[int], sizes: NDArray[np.int64], room: int, random: np.random.Generator
) -> list[int]:
    """Return demands whose sizes fill some room best, the large ones mostly first."""
    candidates = [one for one in left if sizes[one] <= room]
    # Slightly shuffled, so that other seeds give other packings.
    keys = sizes[candidates] * random.uniform(0.8, 1.2, len(candidates))
    candidates = [candidates[at] for at in np.argsort(-keys, kind="stable")]
    reached = [1]
    within = (1 << (room + 1)) - 1
    for one in candidates:
        reached.append((reached[-1] | reached[-1] << int(sizes[one])) & within)
        if reached[-1] >> room & 1:
            break
    total = reached[-1].bit_length() - 1
    chosen = []
    for at in range(len(reached) - 1, 0, -1):
        if not reached[at - 1] >> total & 1:
            one = candidates[at - 1]
            chosen.append(one)
            total -= int(sizes[one])
    return chosen
