"""First batches: as orders arrive, along a sweep, by savings, and packed tightly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.problem import BatchingProblem
from optimizer.batching.search.moves import PER_BATCH, PER_MM, PER_STOP, fills, walk_present
from optimizer.batching.search.tables import Space, Spot, Tables
from optimizer.routing.kernel import frugal_kernel, kernel

LOOK_AHEAD, LOOK_AHEAD_SHARE = 400, 20
"""Demands among which a sweep chooses, and the most of them as a share of all (one in so many): at
20,000 it takes 0.05 s, and twice as many save 0.3 % more; at 1,000 more than 50 make it longer."""

MOST_KEYS = 8
"""Cells of a demand by which a sweep sorts."""

NO_SAVING = np.int64(-1) << np.int64(60)

PACKED_DEMANDS = 2000
"""So many demands in all are packed by several packings of a problem: 50 ms."""

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
def fill_carts(
    order: NDArray[np.int32],
    masks: NDArray[np.uint64],
    look_ahead: int,
    width: int,
    tables: Tables,
) -> NDArray[np.int32]:
    """Fill one cart after the other with what visits the fewest new cells.

    A cart begins with the first demand that is left; then, of so many next ones, the one that fits
    and adds the fewest cells is put on it, of equal ones the one that shares the most, as long as
    any fits. Looking ahead by one, this is first come, first served.

    Parameters
    ----------
    order
        Shape (n,), int32: demands, the first to be put first.
    masks
        Shape (n, n_words), uint64: cells of each demand as bits.
    look_ahead
        Demands that are compared, >= 1. O(n * look_ahead * n_words).
    width
        Most demands on a cart.

    Returns
    -------
    NDArray
        Shape (n,), int32: batch of each demand.
    """
    n, n_words = masks.shape
    owner = np.full(n, -1, dtype=np.int32)
    used = np.zeros(tables.sizes.shape[1], dtype=np.int64)
    cells = np.zeros(n_words, dtype=np.uint64)
    members = np.zeros(width, dtype=np.int32)
    following = np.arange(1, n + 1)
    head, batch = 0, 0
    while head < n:
        used[:] = 0
        cells[:] = 0
        count = 0
        kinds, refuses = np.uint64(0), np.uint64(0)
        while True:
            best, before_best, least, most_shared = -1, -1, 64 * n_words + 1, -1
            before, rank = -1, head
            for _ in range(look_ahead):
                if rank >= n:
                    break
                demand = order[rank]
                added, shared = 0, 0
                for word in range(n_words):
                    shared += bits_in(masks[demand, word] & cells[word])
                    added += bits_in(masks[demand, word] & ~cells[word])
                if (
                    (count == 0 or added < least or (added == least and shared > most_shared))
                    and joins(demand, used, count, kinds, refuses, width, tables)
                    and holds(demand, count, members, tables)
                ):
                    best, before_best = rank, before
                    least, most_shared = added, shared
                if count == 0:
                    break
                before, rank = rank, following[rank]
            if best < 0:
                break
            if before_best < 0:
                head = following[best]
            else:
                following[before_best] = following[best]
            demand = order[best]
            owner[demand] = batch
            members[count] = demand
            count += 1
            kinds |= tables.kinds[demand]
            refuses |= tables.refuses[demand]
            for resource in range(used.shape[0]):
                used[resource] += tables.sizes[demand, resource]
            for word in range(n_words):
                cells[word] |= masks[demand, word]
        batch += 1
    return owner


@frugal_kernel
def holds(demand: int, count: int, members: NDArray[np.int32], tables: Tables) -> bool:
    """Return whether shared totes hold one more demand than the first members; sorts those."""
    if tables.fill_limits[2] == 0 or count == 0:
        return True
    members[count] = demand
    together = fills(count + 1, members, tables)
    # They are sorted now: the demand has to be found before it is taken out.
    leave_out(demand, count + 1, members)
    return together


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
    return fill_carts(order, np.zeros((n, 0), dtype=np.uint64), 1, width, tables)


def sweep(tables: Tables, width: int) -> NDArray[np.int32]:
    """Return batches filled along a sweep through the cells.

    Demands are sorted by their highest cell, then the second highest and so on; cells should be
    numbered along a walk through the warehouse. Made for many small orders, where it takes
    milliseconds and is better than savings (after Gillett and Miller 1974, A heuristic algorithm
    for the vehicle-dispatch problem, DOI 10.1287/opre.22.2.340). Deviation: a cart takes the best
    of the next demands, see :func:`fill_carts`, not simply the next one: 8 % shorter at 20,000.
    """
    n = len(tables.marks)
    n_cells = len(tables.holder_begins) - 1
    masks = np.zeros((n, max(1, -(-n_cells // 64))), dtype=np.uint64)
    counts = np.diff(tables.cell_begins)
    holder = np.repeat(np.arange(n), counts)
    bits = np.uint64(1) << (tables.cells & 63).astype(np.uint64)
    np.bitwise_or.at(masks, (holder, tables.cells >> 6), bits)
    # Cells of a demand by falling number, -1 behind the last.
    falling = np.lexsort((-tables.cells, holder))
    column = np.arange(len(holder)) - np.repeat(tables.cell_begins[:-1], counts)
    keys = np.full((n, max(1, min(MOST_KEYS, int(counts.max(initial=0))))), -1, dtype=np.int32)
    kept = column < keys.shape[1]
    keys[holder[kept], column[kept]] = tables.cells[falling][kept]
    order = np.lexsort(keys.T[::-1]).astype(np.int32)
    look_ahead = max(1, min(LOOK_AHEAD, n // LOOK_AHEAD_SHARE))
    return fill_carts(order, masks, look_ahead, width, tables)


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


def tightest(problem: BatchingProblem, main: int, seed: int) -> NDArray[np.int32] | None:
    """Return the fewest batches of several packings of :func:`tightly`.

    It ends where sums of sizes prove that fewer do not exist. ``None`` as there.
    """
    best = tightly(problem, main, seed)
    if best is None:
        return None
    capacity = max(cart.capacity[main] for cart in problem.carts)
    fewest = -(-int(problem.sizes[:, main].sum()) // max(capacity, 1))
    for other in range(1, PACKED_DEMANDS // max(problem.n, 1)):
        if int(best.max()) + 1 <= fewest:
            break
        packed = tightly(problem, main, seed + other)
        if packed is not None and packed.max() < best.max():
            best = packed
    return best


def tightly(problem: BatchingProblem, main: int, seed: int) -> NDArray[np.int32] | None:
    """Return batches that fill their carts in one resource as far as sums of sizes allow.

    Bin packing by minimum bin slack (Gupta and Ho 1999, DOI 10.1080/095372899233244): around the
    largest demand that is left, the subset that fills a cart best is packed, by subset sums.
    Tours play no part; where an instance leaves next to no room, annealing alone seldom finds the
    fewest batches. ``None`` where capacities are too large to tabulate, or other rules forbid it.
    """
    cart = max(problem.carts, key=lambda cart: cart.capacity[main])
    capacity = cart.capacity[main]
    is_ruled = problem.kinds is not None or problem.filling is not None
    if capacity > MOST_CAPACITY or len(problem.carts) > 1 or is_ruled:
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
