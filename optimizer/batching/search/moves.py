"""Compiled: what batches cost, and moves of a few demands between up to three batches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.grid_spot import NO_TOUR
from optimizer.batching.search.tables import Space, Spot, State, Tables
from optimizer.batching.walks import tour_length
from optimizer.routing.kernel import frugal_kernel, inlined_kernel

LENGTH, STOPS, VALUE, CART = 0, 1, 2, 3
"""Columns of ``Space.new``."""

PICKERS, TIME_PER_MM, TIME_PER_STOP, TIME_PER_BATCH = 0, 1, 2, 3
PER_MM, PER_STOP, PER_BATCH = 0, 1, 2

N_EMPTY, N_MOVED, ACCEPTED, STAMP = 0, 1, 2, 3
"""Fields of ``Space.counts``."""

BEST_VALUE, BEST_LATE, PRESENT_VALUE = 0, 1, 2
"""Fields of ``Space.best``."""


@inlined_kernel
def draw(random: NDArray[np.uint64]) -> np.uint64:
    """Return the next 64 pseudo-random bits (xorshift64*, Vigna 2016, DOI 10.1145/2845077)."""
    bits = random[0]
    bits ^= bits >> np.uint64(12)
    bits ^= bits << np.uint64(25)
    bits ^= bits >> np.uint64(27)
    random[0] = bits
    return np.uint64(bits * np.uint64(0x2545F4914F6CDD1D))


@inlined_kernel
def draw_below(random: NDArray[np.uint64], limit: int) -> int:
    """Return a pseudo-random number from 0 to ``limit`` - 1, limit below 2**31."""
    return int(((draw(random) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@frugal_kernel
def fills(count: int, present: NDArray[np.int32], tables: Tables) -> bool:
    """Return whether the first demands of ``present`` fit their shared totes; sorts them."""
    # Demand by demand, the lowest number first, as lists are written.
    for n in range(1, count):
        demand = present[n]
        at = n
        while at > 0 and present[at - 1] > demand:
            present[at] = present[at - 1]
            at -= 1
        present[at] = demand
    tote_g, tote_ml, most_totes, most_lines = tables.fill_limits
    totes, lines, grams, millilitres = 1, 0, tote_g, tote_ml
    for n in range(count):
        demand = present[n]
        for promise in range(tables.fill_begins[demand], tables.fill_begins[demand + 1]):
            weight_g = tables.fill_weight_g[promise]
            volume_ml = tables.fill_volume_ml[promise]
            left = tables.fill_quantity[promise]
            while left > 0:
                units = left
                if weight_g * units > grams:
                    units = grams // weight_g
                if volume_ml * units > millilitres:
                    units = millilitres // volume_ml
                if units > 0:
                    lines += 1
                    left -= units
                    grams -= weight_g * units
                    millilitres -= volume_ml * units
                if left > 0:
                    totes += 1
                    if totes > most_totes:
                        return False
                    grams, millilitres = tote_g, tote_ml
    return bool(lines <= most_lines)


@frugal_kernel
def walk_present(count: int, space: Space, tables: Tables, spot: Spot) -> tuple[int, int]:
    """Return length and distinct points of the tour of the first demands of ``space.present``.

    :data:`NO_TOUR` where they do not fit their shared totes together.
    """
    if tables.fill_limits[2] > 0 and not fills(count, space.present, tables):
        return NO_TOUR, 0
    n_points = 0
    for n in range(count):
        demand = space.present[n]
        for at in range(tables.point_begins[demand], tables.point_begins[demand + 1]):
            spot.points[n_points] = tables.points[at]
            n_points += 1
    stops = 0
    if tables.prices[PER_STOP] > 0 or tables.times[TIME_PER_STOP] > 0:
        space.counts[STAMP] += 1
        for n in range(n_points):
            if space.stamps[spot.points[n]] != space.counts[STAMP]:
                space.stamps[spot.points[n]] = space.counts[STAMP]
                stops += 1
    return tour_length(n_points, spot), stops


@inlined_kernel
def cost_of(length: int, stops: int, cart: int, tables: Tables) -> int:
    """Return the value of a batch that walks a length with some stops."""
    prices = tables.prices
    return int(
        prices[PER_MM] * length
        + prices[PER_STOP] * stops
        + prices[PER_BATCH]
        + tables.cart_costs[cart]
    )


@frugal_kernel
def cheapest_cart(used: NDArray[np.int64], tables: Tables, free: NDArray[np.int64]) -> int:
    """Return the first free kind of cart that takes a load, -1 for none."""
    for cart in range(tables.capacities.shape[0]):
        if free[cart] <= 0:
            continue
        fits = True
        for resource in range(used.shape[0]):
            if used[resource] > tables.capacities[cart, resource]:
                fits = False
                break
        if fits:
            return cart
    return -1


@frugal_kernel
def put(demand: int, batch: int, state: State, tables: Tables) -> None:
    """Add a demand to a batch; length and value are not renewed."""
    count = state.counts[batch]
    state.members[batch, count] = demand
    state.place[demand] = count
    state.owner[demand] = batch
    state.counts[batch] = count + 1
    state.names[batch] ^= tables.marks[demand]
    state.kinds[batch] |= tables.kinds[demand]
    state.refuses[batch] |= tables.refuses[demand]
    for resource in range(tables.sizes.shape[1]):
        state.used[batch, resource] += tables.sizes[demand, resource]
    if state.cell_counts.shape[0] > 0:
        for at in range(tables.cell_begins[demand], tables.cell_begins[demand + 1]):
            state.cell_counts[batch, tables.cells[at]] += 1


@frugal_kernel
def take(demand: int, state: State, tables: Tables) -> None:
    """Take a demand out of its batch; length and value are not renewed."""
    batch = state.owner[demand]
    last = state.counts[batch] - 1
    at = state.place[demand]
    other = state.members[batch, last]
    state.members[batch, at] = other
    state.place[other] = at
    state.members[batch, last] = -1
    state.counts[batch] = last
    state.names[batch] ^= tables.marks[demand]
    for resource in range(tables.sizes.shape[1]):
        state.used[batch, resource] -= tables.sizes[demand, resource]
    kinds, refuses = np.uint64(0), np.uint64(0)
    for n in range(last):
        kinds |= tables.kinds[state.members[batch, n]]
        refuses |= tables.refuses[state.members[batch, n]]
    state.kinds[batch] = kinds
    state.refuses[batch] = refuses
    if state.cell_counts.shape[0] > 0:
        for at_cell in range(tables.cell_begins[demand], tables.cell_begins[demand + 1]):
            state.cell_counts[batch, tables.cells[at_cell]] -= 1


@frugal_kernel
def load_state(
    owner: NDArray[np.int32], state: State, space: Space, tables: Tables, spot: Spot
) -> int:
    """Fill a state from the batch of every demand (-1: in none yet), and return its value.

    :data:`NO_TOUR` or more where a batch fits no cart that is left.
    """
    state.counts[:] = 0
    state.used[:] = 0
    state.kinds[:] = 0
    state.refuses[:] = 0
    state.names[:] = 0
    state.lengths[:] = 0
    state.stops[:] = 0
    state.values[:] = 0
    state.cell_counts[:] = 0
    for batch in range(state.carts.shape[0]):
        if state.carts[batch] >= 0:
            state.free[state.carts[batch]] += 1
            state.carts[batch] = -1
    for demand in range(owner.shape[0]):
        if owner[demand] >= 0:
            put(demand, owner[demand], state, tables)
    total = 0
    for batch in range(state.counts.shape[0]):
        count = state.counts[batch]
        if count == 0:
            continue
        for n in range(count):
            space.present[n] = state.members[batch, n]
        length, stops = walk_present(count, space, tables, spot)
        cart = cheapest_cart(state.used[batch], tables, state.free)
        if cart < 0 or (state.kinds[batch] & state.refuses[batch]) != 0:
            total += NO_TOUR
            continue
        state.free[cart] -= 1
        state.carts[batch] = cart
        state.lengths[batch], state.stops[batch] = length, stops
        state.values[batch] = cost_of(length, stops, cart, tables)
        total += state.values[batch]
    return total


@frugal_kernel
def list_empty(state: State, space: Space) -> None:
    """List the empty batches that the thread may fill."""
    n_empty = 0
    for batch in range(state.counts.shape[0]):
        if state.counts[batch] == 0 and space.regions[batch] == space.region:
            space.empty[n_empty] = batch
            n_empty += 1
    space.counts[N_EMPTY] = n_empty


@frugal_kernel
def lateness(state: State, space: Space, tables: Tables) -> int:
    """Return the weighted lateness of the batches, done in order of due times by free pickers.

    List scheduling by earliest due date (Jackson 1955): where one picker works and due times are
    hard, it is late only if every sequence is.
    """
    n = 0
    for batch in range(state.counts.shape[0]):
        count = state.counts[batch]
        if count == 0:
            continue
        due = np.int64(1) << 60
        time = (
            tables.times[TIME_PER_BATCH]
            + tables.times[TIME_PER_MM] * state.lengths[batch]
            + tables.times[TIME_PER_STOP] * state.stops[batch]
        )
        for at in range(count):
            member = state.members[batch, at]
            due = min(due, tables.due[member])
            time += tables.work[member]
        space.batch_due[batch] = due
        space.batch_time[batch] = time
        at = n
        while at > 0 and space.batch_due[space.order[at - 1]] > due:
            space.order[at] = space.order[at - 1]
            at -= 1
        space.order[at] = batch
        n += 1
    finish = space.finish
    finish[:] = 0
    late = 0
    for rank in range(n):
        batch = space.order[rank]
        first = 0
        for picker in range(1, finish.shape[0]):
            if finish[picker] < finish[first]:
                first = picker
        finish[first] += space.batch_time[batch]
        if finish[first] <= space.batch_due[batch]:
            continue
        for at in range(state.counts[batch]):
            member = state.members[batch, at]
            late += tables.weight[member] * max(0, finish[first] - tables.due[member])
    return late


@frugal_kernel
def add_changed(batch: int, n_changed: int, space: Space) -> int:
    """Note that a move changes a batch; return how many it changes."""
    for n in range(n_changed):
        if space.changed[n] == batch:
            return n_changed
    space.changed[n_changed] = batch
    return n_changed + 1


@frugal_kernel
def fits_move(n_moved: int, state: State, space: Space, tables: Tables) -> int:
    """Find the batches that a move changes and what is then used; return their number.

    0 where one of them would fit no cart. The move: ``space.moved`` go to ``space.target``.
    """
    n_changed = 0
    for n in range(n_moved):
        n_changed = add_changed(state.owner[space.moved[n]], n_changed, space)
        n_changed = add_changed(space.target[n], n_changed, space)
    n_resources = tables.sizes.shape[1]
    for n in range(n_changed):
        batch = space.changed[n]
        count = state.counts[batch]
        for resource in range(n_resources):
            space.new_used[n, resource] = state.used[batch, resource]
        name = state.names[batch]
        grows = False
        for at in range(n_moved):
            demand = space.moved[at]
            if state.owner[demand] == batch:
                count -= 1
                name ^= tables.marks[demand]
                for resource in range(n_resources):
                    space.new_used[n, resource] -= tables.sizes[demand, resource]
            elif space.target[at] == batch:
                grows = True
                count += 1
                name ^= tables.marks[demand]
                for resource in range(n_resources):
                    space.new_used[n, resource] += tables.sizes[demand, resource]
        if count > state.members.shape[1]:
            return 0
        space.new_name[n] = name
        space.new[n, CART] = -1 if count == 0 else 0
        if not grows:
            continue
        fitting = False
        for cart in range(tables.capacities.shape[0]):
            fits = True
            for resource in range(n_resources):
                if space.new_used[n, resource] > tables.capacities[cart, resource]:
                    fits = False
                    break
            if fits:
                fitting = True
                break
        if not fitting:
            return 0
        if not go_together(n_moved, batch, state, space, tables):
            return 0
    return n_changed


@frugal_kernel
def go_together(n_moved: int, batch: int, state: State, space: Space, tables: Tables) -> bool:
    """Return whether nobody in a batch would refuse another after a move."""
    kinds, refuses = np.uint64(0), np.uint64(0)
    for at in range(n_moved):
        demand = space.moved[at]
        if space.target[at] == batch:
            kinds |= tables.kinds[demand]
            refuses |= tables.refuses[demand]
    if (kinds & (refuses | state.refuses[batch])) == 0 and (refuses & state.kinds[batch]) == 0:
        return True
    for n in range(state.counts[batch]):
        demand = state.members[batch, n]
        leaves = False
        for at in range(n_moved):
            leaves = leaves or space.moved[at] == demand
        if not leaves:
            kinds |= tables.kinds[demand]
            refuses |= tables.refuses[demand]
    return bool((kinds & refuses) == 0)


@frugal_kernel
def choose_carts(n_changed: int, state: State, space: Space, tables: Tables) -> bool:
    """Choose carts for the changed batches among the free ones and their own; false for none."""
    for n in range(n_changed):
        cart = state.carts[space.changed[n]]
        if cart >= 0:
            state.free[cart] += 1
    fits = True
    chosen = 0
    for n in range(n_changed):
        if space.new[n, CART] < 0:
            chosen += 1
            continue
        cart = cheapest_cart(space.new_used[n], tables, state.free)
        if cart < 0:
            fits = False
            break
        space.new[n, CART] = cart
        state.free[cart] -= 1
        chosen += 1
    for n in range(chosen):
        if space.new[n, CART] >= 0:
            state.free[space.new[n, CART]] += 1
    for n in range(n_changed):
        cart = state.carts[space.changed[n]]
        if cart >= 0:
            state.free[cart] -= 1
    return fits


@frugal_kernel
def measure_changed(
    n: int, n_moved: int, state: State, space: Space, tables: Tables, spot: Spot
) -> None:
    """Fill length, stops and value of the n-th batch that a move changes, from memory if kept."""
    if space.new[n, CART] < 0:
        space.new[n, LENGTH], space.new[n, STOPS], space.new[n, VALUE] = 0, 0, 0
        return
    name = space.new_name[n]
    at = 3 * np.int64((name >> np.uint64(20)) & np.uint64(space.kept.shape[0] // 3 - 1))
    if space.kept[at] != np.int64(name):
        batch = space.changed[n]
        count = 0
        for place in range(state.counts[batch]):
            member = state.members[batch, place]
            leaves = False
            for move in range(n_moved):
                leaves = leaves or space.moved[move] == member
            if not leaves:
                space.present[count] = member
                count += 1
        for move in range(n_moved):
            if space.target[move] == batch:
                space.present[count] = space.moved[move]
                count += 1
        space.kept[at + 1], space.kept[at + 2] = walk_present(count, space, tables, spot)
        space.kept[at] = np.int64(name)
    space.new[n, LENGTH] = space.kept[at + 1]
    space.new[n, STOPS] = space.kept[at + 2]
    space.new[n, VALUE] = cost_of(
        space.new[n, LENGTH], space.new[n, STOPS], space.new[n, CART], tables
    )


@frugal_kernel
def make_move(n_moved: int, n_changed: int, state: State, space: Space, tables: Tables) -> None:
    """Carry out a move that was measured; what it changes is kept, to take it back."""
    for n in range(n_moved):
        space.origin[n] = state.owner[space.moved[n]]
        take(space.moved[n], state, tables)
    for n in range(n_moved):
        put(space.moved[n], space.target[n], state, tables)
    for n in range(n_changed):
        batch = space.changed[n]
        if state.carts[batch] >= 0:
            state.free[state.carts[batch]] += 1
    for n in range(n_changed):
        batch = space.changed[n]
        was_empty = state.carts[batch] < 0
        space.old[n, LENGTH], space.old[n, STOPS] = state.lengths[batch], state.stops[batch]
        space.old[n, VALUE], space.old[n, CART] = state.values[batch], state.carts[batch]
        cart = space.new[n, CART]
        state.carts[batch] = cart
        if cart >= 0:
            state.free[cart] -= 1
        state.lengths[batch] = space.new[n, LENGTH]
        state.stops[batch] = space.new[n, STOPS]
        state.values[batch] = space.new[n, VALUE]
        if cart < 0 and not was_empty:
            space.empty[space.counts[N_EMPTY]] = batch
            space.counts[N_EMPTY] += 1
        elif cart >= 0 and was_empty:
            # A move fills at most one empty batch, the last of the list.
            space.counts[N_EMPTY] -= 1
