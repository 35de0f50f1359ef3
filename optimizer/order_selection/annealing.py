"""Simulated annealing over selection, pieces, batches and lists at once, compiled.

A move takes up to two orders out and puts up to two in, each piece at the cheapest place, or gives
one line another piece. Lines that are lacking have a price, so the number of lines may fall below
what is wanted on the way; only complete answers are kept. Moves that bring an order in from the
pool are first estimated from what each piece alone would cost or save, which rejects most of them;
what is left is carried out, judged exactly, and undone where it is not accepted.

References
----------
Kirkpatrick, S., Gelatt, C. D., Vecchi, M. P. (1983): Optimization by simulated annealing. Science
220(4598), 671-680. https://doi.org/10.1126/science.220.4598.671
"""

from __future__ import annotations

import math

from optimizer.order_selection.lists import (
    LEAST_LINES,
    LENGTH,
    MOST_ORDERS,
    MOST_VOLUME,
    N_BATCHES,
    N_LINES,
    N_PARALLEL,
    N_SELECTED,
    N_ZONES,
    NOBODY,
    Pool,
    Selection,
    cost_with,
    cost_without,
    find_entry,
    list_cost,
    put_in,
    take_out,
)
from optimizer.order_selection.moves import (
    IN,
    IN_BATCH,
    OUT,
    OUT_BATCH,
    Search,
    cheapest_place,
    enter_order,
    insert_order,
    random_below,
    random_share,
    remove_order,
)
from optimizer.routing.kernel import frugal_kernel

SLACK = 3.0
"""By how many temperatures an estimate may be worse than what would be accepted: pieces of one
order that share a list cost less together than their sum says."""

OFTEN_PIECE, OFTEN_REPLACE, OFTEN_SHIFT = 0.15, 0.60, 0.08
"""Shares of the kinds of moves; the rest changes the number of orders."""


@frugal_kernel
def energy(pool: Pool, selection: Selection, price: float) -> float:
    """Return the length plus the price of the lines that are lacking."""
    lacking = pool.sizes[LEAST_LINES] - selection.totals[N_LINES]
    return float(selection.totals[LENGTH] + price * max(0, lacking))


@frugal_kernel
def _keep_best(pool: Pool, selection: Selection, search: Search) -> None:
    if (
        selection.totals[N_LINES] >= pool.sizes[LEAST_LINES]
        and selection.totals[LENGTH] < search.best[0]
    ):
        search.best[0] = selection.totals[LENGTH]
        # Copying slices would allocate memory.
        for order in range(selection.batch.shape[0]):
            search.best_batch[order] = selection.batch[order]
        for line in range(selection.piece.shape[0]):
            search.best_piece[line] = selection.piece[line]
            search.best_list[line] = selection.list_of[line]


@frugal_kernel
def _seems_acceptable(
    pool: Pool, selection: Selection, search: Search, price: float, allowed: float
) -> bool:
    """Return whether a move makes the energy worse by at most ``allowed``, each piece taken alone.

    A piece more never makes a list shorter, so the first sum that is too large decides.
    """
    move = search.move
    lines = selection.totals[N_LINES]
    for n in range(2):
        if move[OUT + n] != NOBODY:
            lines -= pool.line_begin[move[OUT + n] + 1] - pool.line_begin[move[OUT + n]]
        if move[IN + n] != NOBODY:
            lines += pool.line_begin[move[IN + n] + 1] - pool.line_begin[move[IN + n]]
    least = pool.sizes[LEAST_LINES]
    lacking = max(0, least - lines) - max(0, least - selection.totals[N_LINES])
    change = price * lacking
    for n in range(2):
        order = move[OUT + n]
        if order != NOBODY:
            for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
                which = selection.list_of[line]
                k = find_entry(selection, which, selection.piece[line])
                change += cost_without(pool, selection, which, k) - list_cost(selection, which)
    for n in range(2):
        order = move[IN + n]
        if order != NOBODY:
            for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
                if change > allowed:
                    return False
                change += cheapest_place(
                    pool,
                    selection,
                    search,
                    pool.article[line],
                    move[IN_BATCH + n],
                    move[OUT],
                    move[OUT + 1],
                )
    return bool(change <= allowed)


@frugal_kernel
def _carry_out(
    pool: Pool, selection: Selection, search: Search, price: float, allowed: float
) -> bool:
    """Make a move; undo it where it makes the energy worse by more than ``allowed``."""
    move = search.move
    before = energy(pool, selection, price)
    kept = 0
    for n in range(2):
        order = move[OUT + n]
        if order != NOBODY:
            move[OUT_BATCH + n] = selection.batch[order]
            for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
                search.old_piece[kept] = selection.piece[line]
                search.old_list[kept] = selection.list_of[line]
                kept += 1
            remove_order(pool, selection, order)
    possible = True
    n_in = 0
    for n in range(2):
        order = move[IN + n]
        if possible and order != NOBODY:
            n_in = n + 1
            possible = selection.n_orders[move[IN_BATCH + n]] < pool.sizes[MOST_ORDERS]
            if possible:
                possible = insert_order(pool, selection, search, order, move[IN_BATCH + n])
            else:
                n_in = n
    if possible and energy(pool, selection, price) - before <= allowed:
        return True
    for n in range(n_in - 1, -1, -1):
        if move[IN + n] != NOBODY:
            remove_order(pool, selection, move[IN + n])
    kept = 0
    for n in range(2):
        order = move[OUT + n]
        if order != NOBODY:
            enter_order(pool, selection, order, move[OUT_BATCH + n])
            for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
                selection.holder[search.old_piece[kept]] = order
                put_in(pool, selection, line, search.old_piece[kept], search.old_list[kept])
                kept += 1
    return False


@frugal_kernel
def _change_piece(pool: Pool, selection: Selection, search: Search, allowed: float) -> None:
    """Give a random line of a selected order a random other piece or list."""
    order = selection.ranked[random_below(search, selection.totals[N_SELECTED])]
    begin = pool.line_begin[order]
    line = begin + random_below(search, pool.line_begin[order + 1] - begin)
    article = pool.article[line]
    first = pool.piece_begin[article]
    piece = pool.pieces[first + random_below(search, pool.piece_begin[article + 1] - first)]
    old, origin = selection.piece[line], selection.list_of[line]
    if piece != old and selection.holder[piece] != NOBODY:
        return
    zones, parallel = pool.sizes[N_ZONES], pool.sizes[N_PARALLEL]
    target = (selection.batch[order] * zones + pool.zone[piece]) * parallel
    # Of the lists of the zone one that is in use, or the first that is empty.
    n_used = 0
    while n_used < parallel - 1 and selection.filled[target + n_used] > 0:
        n_used += 1
    target += random_below(search, n_used + 1)
    if piece == old and target == origin:
        return
    room = pool.sizes[MOST_VOLUME] - pool.volume[piece]
    if target == origin:
        room += pool.volume[old]
    elif selection.length[target] == selection.entries.shape[1]:
        return
    if selection.filled[target] > room:
        return
    if target != origin:
        change = cost_with(pool, selection, target, piece) - list_cost(selection, target)
        k = find_entry(selection, origin, old)
        change += cost_without(pool, selection, origin, k) - list_cost(selection, origin)
        if change > allowed:
            return
    before = selection.totals[LENGTH]
    take_out(pool, selection, line)
    put_in(pool, selection, line, piece, target)
    if selection.totals[LENGTH] - before > allowed:
        take_out(pool, selection, line)
        put_in(pool, selection, line, old, origin)
        return
    selection.holder[old] = NOBODY
    selection.holder[piece] = order


@frugal_kernel
def _random_selected(selection: Selection, search: Search) -> int:
    return int(selection.ranked[random_below(search, selection.totals[N_SELECTED])])


@frugal_kernel
def _random_left_out(selection: Selection, search: Search) -> int:
    n_selected = selection.totals[N_SELECTED]
    n_left_out = selection.ranked.shape[0] - n_selected
    if n_left_out == 0:
        return NOBODY
    return int(selection.ranked[n_selected + random_below(search, n_left_out)])


@frugal_kernel
def _draw_move(pool: Pool, selection: Selection, search: Search) -> bool:
    """Draw a move of orders; return whether an order of the pool is in it."""
    move = search.move
    for n in range(move.shape[0]):
        move[n] = NOBODY
    n_batches = pool.sizes[N_BATCHES]
    kind = random_share(search) * (1.0 - OFTEN_PIECE)
    out = _random_selected(selection, search)
    move[OUT] = out
    batch = selection.batch[out]
    if kind < OFTEN_SHIFT:
        # Into another batch, or anew into its own; with an order of that batch in exchange.
        move[IN] = out
        move[IN_BATCH] = random_below(search, n_batches)
        other = _random_selected(selection, search)
        if move[IN_BATCH] != batch and other != out and selection.batch[other] == move[IN_BATCH]:
            move[OUT + 1] = other
            move[IN + 1] = other
            move[IN_BATCH + 1] = batch
        return False
    move[IN] = _random_left_out(selection, search)
    move[IN_BATCH] = batch if random_share(search) < 0.8 else random_below(search, n_batches)
    if kind < OFTEN_SHIFT + OFTEN_REPLACE:
        return True
    if selection.totals[N_LINES] < pool.sizes[LEAST_LINES] and random_share(search) < 0.5:
        move[OUT] = NOBODY
        move[IN_BATCH] = random_below(search, n_batches)
        return True
    other = _random_selected(selection, search) if random_share(search) < 0.5 else NOBODY
    if other != out:
        # Two out and one in, or one out and none in.
        move[OUT + 1] = other
        if other == NOBODY:
            move[IN] = NOBODY
        return True
    move[IN + 1] = _random_left_out(selection, search)
    move[IN_BATCH + 1] = random_below(search, n_batches)
    if move[IN + 1] == move[IN]:
        move[IN + 1] = NOBODY
    return True


@frugal_kernel
def anneal(
    pool: Pool,
    selection: Selection,
    search: Search,
    n_moves: int,
    temperature: float,
    price: float,
) -> None:
    """Try ``n_moves`` moves at one temperature, from and in ``selection``.

    ``price`` is what a lacking line counts. The best complete answer is kept in ``search``.
    """
    for _ in range(n_moves):
        allowed = -temperature * math.log(1.0 - random_share(search))
        if selection.totals[N_SELECTED] == 0:
            return
        if random_share(search) < OFTEN_PIECE:
            _change_piece(pool, selection, search, allowed)
        else:
            bound = allowed + SLACK * temperature
            if _draw_move(pool, selection, search) and not _seems_acceptable(
                pool, selection, search, price, bound
            ):
                continue
            _carry_out(pool, selection, search, price, allowed)
        _keep_best(pool, selection, search)
