"""Every batch that costs less than its demands are worth: depth-first search, compiled.

A batch is a column of the set covering problem; its reduced cost is its value minus the prices
(duals) of its demands, plus penalties of the cuts that it counts in. All is in integers, so that
what is not found does not exist.

The search adds demands in the order of price per size. It uses that a shortest tour never gets
shorter when a stop is added: a batch that contains S and j costs at least what S and j cost
together, and earns at most the prices of S, of j, and of the best filling of the rest of the cart
(a fractional knapsack of the demands that are still possible; Dantzig 1957, DOI
10.1287/opre.5.2.266). Where that is not good enough, j is dropped for the whole branch. Penalties
only grow with a batch as well.

Not valid for routing policies whose tours may get shorter with a stop more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.search.moves import cheapest_cart, cost_of, walk_present
from optimizer.batching.search.tables import Space, Spot, Tables
from optimizer.routing.kernel import frugal_kernel

FINE = 256
"""Reduced costs are counted in so many parts of a unit of the objective."""

NOTHING = np.int64(1) << np.int64(60)

LIMIT, N_FOUND, NODES, LEAST, WAS_FULL, LEAST_SIZE = range(6)
"""Fields of ``Search.tell``: reduced costs below LIMIT are wanted; batches found, tours asked for,
least reduced cost seen, 1 where some of the found were given up because there were too many;
least size of a batch in the main resource."""


class Prices(NamedTuple):
    """What batches earn.

    ``prices`` (n,), int64, in parts of :data:`FINE`; ``fixed`` (1,): what a batch earns as such.
    Cut c has the divisor ``divisors[c]`` and the penalty ``penalties[c]`` >= 0 for every full
    divisor of its demands in a batch; demand d is in the cuts
    ``cuts[cut_begins[d]:cut_begins[d + 1]]``. ``apart`` (n, ceil(n / 64)): bit sets of the
    demands that may not be with one.
    """

    prices: NDArray[np.int64]
    fixed: NDArray[np.int64]
    divisors: NDArray[np.int64]
    penalties: NDArray[np.int64]
    cut_begins: NDArray[np.int64]
    cuts: NDArray[np.int32]
    apart: NDArray[np.uint64]


class Search(NamedTuple):
    """Working memory of a search, depth by depth, and what it found.

    ``order`` (n,): demands, the highest price per size first. ``possible`` (depth, n): those that
    may join, as places in ``order``; ``reached``: length of the batch with each of them.
    ``found`` (most, width): demands of the found batches, -1 behind the last, with ``costs``
    (reduced, in parts), ``lengths``, ``stops`` and ``carts``.
    """

    order: NDArray[np.int32]
    possible: NDArray[np.int32]
    reached: NDArray[np.int64]
    n_possible: NDArray[np.int64]
    upcoming: NDArray[np.int64]
    used: NDArray[np.int64]
    earned: NDArray[np.int64]
    length: NDArray[np.int64]
    names: NDArray[np.uint64]
    counts: NDArray[np.int64]
    chosen: NDArray[np.int32]
    tell: NDArray[np.int64]
    found: NDArray[np.int32]
    costs: NDArray[np.int64]
    measures: NDArray[np.int64]


def search_of(tables: Tables, width: int, *, most: int, n_cuts: int) -> Search:
    """Return working memory for batches of at most ``width`` demands, ``most`` of them kept."""
    n, n_resources = tables.sizes.shape
    depth = width + 1
    return Search(
        order=np.zeros(n, dtype=np.int32),
        possible=np.zeros((depth, n), dtype=np.int32),
        reached=np.zeros((depth, n), dtype=np.int64),
        n_possible=np.zeros(depth, dtype=np.int64),
        upcoming=np.zeros(depth, dtype=np.int64),
        used=np.zeros((depth, n_resources), dtype=np.int64),
        earned=np.zeros(depth, dtype=np.int64),
        length=np.zeros(depth, dtype=np.int64),
        names=np.zeros(depth, dtype=np.uint64),
        counts=np.zeros(max(n_cuts, 1), dtype=np.int64),
        chosen=np.zeros(depth, dtype=np.int32),
        tell=np.zeros(6, dtype=np.int64),
        found=np.full((most, width), -1, dtype=np.int32),
        costs=np.zeros(most, dtype=np.int64),
        measures=np.zeros((most, 3), dtype=np.int64),
    )


def order_by_price(tables: Tables, prices: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the demands by falling price per share of the scarcest resource."""
    main = scarcest(tables)
    sizes = np.maximum(tables.sizes[:, main].astype(np.float64), 1e-9)
    return np.argsort(-prices / sizes, kind="stable").astype(np.int32)


def scarcest(tables: Tables) -> int:
    """Return the resource of which the demands need the most carts."""
    largest = tables.capacities.max(axis=0)
    return int(np.argmax(tables.sizes.sum(axis=0) / np.maximum(largest, 1)))


@frugal_kernel
def filling_bound(
    depth: int,
    gap: tuple[int, int],
    room: int,
    main: int,
    search: Search,
    priced: Prices,
    tables: Tables,
) -> int:
    """Return what the possible demands can earn at most in some room, those in a gap left out.

    Fractional knapsack: whole demands by price per size, a fraction of the last one.
    """
    earned = 0
    rest = room
    for n in range(search.n_possible[depth]):
        if gap[0] <= n < gap[1]:
            continue
        demand = search.order[search.possible[depth, n]]
        price = priced.prices[demand]
        if price <= 0:
            break
        size = tables.sizes[demand, main]
        if size > room:
            continue
        if size <= rest:
            earned += price
            rest -= size
        else:
            earned += price * rest // size + 1
            break
    return earned


@frugal_kernel
def penalty_of(demand: int, search: Search, priced: Prices) -> int:
    """Return the penalties that adding a demand brings."""
    penalty = 0
    for at in range(priced.cut_begins[demand], priced.cut_begins[demand + 1]):
        cut = priced.cuts[at]
        if (search.counts[cut] + 1) % priced.divisors[cut] == 0:
            penalty += priced.penalties[cut]
    return penalty


@frugal_kernel
def keep_found(
    depth: int, demand: int, cost: int, measures: tuple[int, int, int], search: Search
) -> None:
    """Note a batch: the chosen demands and one more. When there are too many, drop the worse."""
    tell = search.tell
    most = search.found.shape[0]
    if tell[N_FOUND] == most:
        tell[WAS_FULL] = 1
        total = 0
        for n in range(most):
            total += search.costs[n] // most
        kept = 0
        for n in range(most):
            if search.costs[n] < total:
                if kept < n:
                    search.costs[kept] = search.costs[n]
                    for at in range(search.found.shape[1]):
                        search.found[kept, at] = search.found[n, at]
                    for at in range(3):
                        search.measures[kept, at] = search.measures[n, at]
                kept += 1
        tell[N_FOUND] = kept
        tell[LIMIT] = min(tell[LIMIT], total)
        if cost >= tell[LIMIT] or kept == most:
            return
    n = tell[N_FOUND]
    for at in range(depth):
        search.found[n, at] = search.order[search.chosen[at]]
    search.found[n, depth] = demand
    for at in range(depth + 1, search.found.shape[1]):
        search.found[n, at] = -1
    search.costs[n] = cost
    search.measures[n, 0], search.measures[n, 1], search.measures[n, 2] = measures
    tell[N_FOUND] = n + 1


@frugal_kernel
def look_ahead(
    depth: int,
    main: int,
    search: Search,
    priced: Prices,
    tables: Tables,
    spot: Spot,
    space: Space,
    free: NDArray[np.int64],
) -> None:
    """Measure the batch with each possible demand; keep good ones, drop hopeless ones."""
    tell = search.tell
    kept = 0
    capacity = tables.most[main]
    deepest = depth + 1 >= search.found.shape[1]
    before = search.length[depth]
    for n in range(search.n_possible[depth]):
        place = search.possible[depth, n]
        demand = search.order[place]
        room = capacity - search.used[depth, main] - tables.sizes[demand, main]
        if room < 0:
            continue
        for resource in range(tables.sizes.shape[1]):
            space.new_used[0, resource] = (
                search.used[depth, resource] + tables.sizes[demand, resource]
            )
        cart = cheapest_cart(space.new_used[0], tables, free)
        if cart < 0:
            continue
        earned = search.earned[depth] + priced.prices[demand] - penalty_of(demand, search, priced)
        more = 0
        if not deepest:
            # Up to here those that were kept, behind it those that are still to be looked at.
            more = filling_bound(depth, (kept, n + 1), room, main, search, priced, tables)
        least = max(before, search.reached[depth, n])
        if FINE * cost_of(least, 0, 0, tables) - earned - more >= tell[LIMIT]:
            continue
        name = search.names[depth] ^ tables.marks[demand]
        at = 3 * np.int64((name >> np.uint64(20)) & np.uint64(space.kept.shape[0] // 3 - 1))
        if space.kept[at] != np.int64(name):
            for chosen in range(depth):
                space.present[chosen] = search.order[search.chosen[chosen]]
            space.present[depth] = demand
            space.kept[at + 1], space.kept[at + 2] = walk_present(depth + 1, space, tables, spot)
            space.kept[at] = np.int64(name)
        length, stops = space.kept[at + 1], space.kept[at + 2]
        tell[NODES] += 1
        cost = FINE * cost_of(length, stops, cart, tables) - earned
        if capacity - room >= tell[LEAST_SIZE]:
            tell[LEAST] = min(tell[LEAST], cost)
        if cost < tell[LIMIT] and capacity - room >= tell[LEAST_SIZE]:
            keep_found(depth, demand, cost, (length, stops, cart), search)
        if FINE * cost_of(length, stops, 0, tables) - earned - more >= tell[LIMIT]:
            continue
        search.possible[depth, kept] = place
        search.reached[depth, kept] = length
        kept += 1
    search.n_possible[depth] = kept if not deepest else 0
    search.upcoming[depth] = 0


@frugal_kernel
def go_deeper(
    depth: int, n: int, main: int, search: Search, priced: Prices, tables: Tables
) -> bool:
    """Choose the n-th possible demand; return false where nothing good can follow."""
    place = search.possible[depth, n]
    demand = search.order[place]
    capacity = tables.most[main]
    room = capacity - search.used[depth, main] - tables.sizes[demand, main]
    earned = search.earned[depth] + priced.prices[demand] - penalty_of(demand, search, priced)
    length = search.reached[depth, n]
    below = depth + 1
    count = 0
    together = capacity - room
    for later in range(n + 1, search.n_possible[depth]):
        other_place = search.possible[depth, later]
        other = search.order[other_place]
        if tables.sizes[other, main] > room:
            continue
        if (priced.apart[demand, other >> 6] >> np.uint64(other & 63)) & np.uint64(1) != 0:
            continue
        together += tables.sizes[other, main]
        search.possible[below, count] = other_place
        search.reached[below, count] = search.reached[depth, later]
        count += 1
    search.n_possible[below] = count
    if count == 0 or together < search.tell[LEAST_SIZE]:
        return False
    more = filling_bound(below, (0, 0), room, main, search, priced, tables)
    if FINE * cost_of(length, 0, 0, tables) - earned - more >= search.tell[LIMIT]:
        return False
    search.chosen[depth] = place
    for resource in range(tables.sizes.shape[1]):
        search.used[below, resource] = search.used[depth, resource] + tables.sizes[demand, resource]
    search.earned[below] = earned
    search.length[below] = length
    search.names[below] = search.names[depth] ^ tables.marks[demand]
    for at in range(priced.cut_begins[demand], priced.cut_begins[demand + 1]):
        search.counts[priced.cuts[at]] += 1
    return True


@frugal_kernel
def find_batches(
    limit: int,
    least_size: int,
    most_nodes: int,
    main: int,
    search: Search,
    priced: Prices,
    tables: Tables,
    spot: Spot,
    space: Space,
    free: NDArray[np.int64],
) -> bool:
    """Find all batches with a reduced cost below a limit; the best where they are too many.

    Parameters
    ----------
    limit
        In parts of :data:`FINE`.
    least_size
        Only batches that take so much of the main resource are wanted.
    most_nodes
        Batches after which the search gives up.
    main
        The resource by which carts are filled, see :func:`scarcest`.
    free
        Carts of each kind, for the choice of a cart: as many as there may be.
    search
        Filled: ``order`` set, the batches found and ``tell``.

    Returns
    -------
    bool
        Whether the search came to its end: then ``tell[LEAST]`` is the least reduced cost of all
        batches if it is below the limit, and without WAS_FULL all of them were found.
    """
    tell = search.tell
    tell[LIMIT], tell[N_FOUND], tell[NODES], tell[LEAST], tell[WAS_FULL] = limit, 0, 0, NOTHING, 0
    tell[LEAST_SIZE] = least_size
    search.counts[:] = 0
    for n in range(search.order.shape[0]):
        search.possible[0, n] = n
        search.reached[0, n] = 0
    search.n_possible[0] = search.order.shape[0]
    search.used[0, :] = 0
    search.earned[0] = priced.fixed[0]
    search.length[0] = 0
    search.names[0] = 0
    depth = 0
    look_ahead(0, main, search, priced, tables, spot, space, free)
    while depth >= 0:
        if tell[NODES] > most_nodes:
            return False
        n = search.upcoming[depth]
        if n >= search.n_possible[depth]:
            depth -= 1
            if depth >= 0:
                demand = search.order[search.chosen[depth]]
                for at in range(priced.cut_begins[demand], priced.cut_begins[demand + 1]):
                    search.counts[priced.cuts[at]] -= 1
            continue
        search.upcoming[depth] = n + 1
        if go_deeper(depth, n, main, search, priced, tables):
            depth += 1
            look_ahead(depth, main, search, priced, tables, spot, space, free)
    return True
