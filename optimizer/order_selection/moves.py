"""What annealing remembers, and how orders go in and out of a selection, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.order_selection.lists import (
    MOST_VOLUME,
    N_LINES,
    N_PARALLEL,
    N_SELECTED,
    N_ZONES,
    NOBODY,
    Pool,
    Selection,
    cost_with,
    list_cost,
    put_in,
    take_out,
)
from optimizer.order_selection.sweep import NEVER
from optimizer.routing.kernel import frugal_kernel


class Search(NamedTuple):
    """What a search remembers.

    Parameters
    ----------
    rng
        Shape (1,), uint64: state of the random numbers, not 0.
    best_batch, best_piece, best_list
        The best complete answer, as in :class:`Selection`.
    best
        Shape (1,), int64: its length, ``NEVER`` where there is none.
    old_piece, old_list
        int32: pieces and lists of the orders that a move takes out.
    move
        Shape (8,), int32: orders out (2), orders in (2), batches of those that come in (2),
        batches of those that go out (2); ``NOBODY`` where there is none.
    found
        Shape (2,), int32: piece and list of the cheapest place.
    """

    rng: NDArray[np.uint64]
    best_batch: NDArray[np.int32]
    best_piece: NDArray[np.int32]
    best_list: NDArray[np.int32]
    best: NDArray[np.int64]
    old_piece: NDArray[np.int32]
    old_list: NDArray[np.int32]
    move: NDArray[np.int32]
    found: NDArray[np.int32]


OUT, IN, IN_BATCH, OUT_BATCH = 0, 2, 4, 6


def new_search(pool: Pool, seed: int) -> Search:
    """Return a search without an answer yet."""
    n_orders, n_lines = len(pool.line_begin) - 1, len(pool.article)
    longest = int(np.diff(pool.line_begin).max())
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    return Search(
        rng=state,
        best_batch=np.full(n_orders, NOBODY, dtype=np.int32),
        best_piece=np.full(n_lines, NOBODY, dtype=np.int32),
        best_list=np.full(n_lines, NOBODY, dtype=np.int32),
        best=np.full(1, NEVER, dtype=np.int64),
        old_piece=np.zeros(2 * longest, dtype=np.int32),
        old_list=np.zeros(2 * longest, dtype=np.int32),
        move=np.full(8, NOBODY, dtype=np.int32),
        found=np.full(2, NOBODY, dtype=np.int32),
    )


@frugal_kernel
def random_share(search: Search) -> float:
    """Return the next random number in [0, 1): xorshift64* of Vigna (2016).

    https://doi.org/10.1145/2845077
    """
    word = search.rng[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    search.rng[0] = word
    return float((word * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@frugal_kernel
def random_below(search: Search, n: int) -> int:
    """Return the next random number of 0 to n - 1."""
    return int(random_share(search) * n)


@frugal_kernel
def cheapest_place(
    pool: Pool,
    selection: Selection,
    search: Search,
    article: int,
    batch: int,
    leaving: int,
    other_leaving: int,
) -> int:
    """Return what the cheapest free piece of an article adds to the lists of a batch.

    Pieces held by one of two orders that are about to be taken out count as free. ``search.found``
    says which piece, and in which list; the answer is ``NEVER`` where no piece fits.
    """
    n_parallel, n_zones = pool.sizes[N_PARALLEL], pool.sizes[N_ZONES]
    best = NEVER
    for at in range(pool.piece_begin[article], pool.piece_begin[article + 1]):
        piece = pool.pieces[at]
        holder = selection.holder[piece]
        if holder != NOBODY and holder != leaving and holder != other_leaving:
            continue
        first = (batch * n_zones + pool.zone[piece]) * n_parallel
        room = pool.sizes[MOST_VOLUME] - pool.volume[piece]
        seen_empty = False
        for which in range(first, first + n_parallel):
            if selection.filled[which] > room:
                continue
            if selection.filled[which] == 0:
                if seen_empty:
                    continue
                seen_empty = True
            if selection.length[which] == selection.entries.shape[1]:
                continue
            added = cost_with(pool, selection, which, piece) - list_cost(selection, which)
            if added < best:
                best = added
                search.found[0] = piece
                search.found[1] = which
    return best


@frugal_kernel
def _rank_as(selection: Selection, order: int, place: int) -> None:
    other, old = selection.ranked[place], selection.rank[order]
    selection.ranked[place], selection.ranked[old] = order, other
    selection.rank[order], selection.rank[other] = place, old


@frugal_kernel
def enter_order(pool: Pool, selection: Selection, order: int, batch: int) -> None:
    """Book an order as selected; its lines are placed by the caller."""
    selection.batch[order] = batch
    selection.n_orders[batch] += 1
    _rank_as(selection, order, selection.totals[N_SELECTED])
    selection.totals[N_SELECTED] += 1
    selection.totals[N_LINES] += pool.line_begin[order + 1] - pool.line_begin[order]


@frugal_kernel
def remove_order(pool: Pool, selection: Selection, order: int) -> None:
    """Take an order and all its pieces out."""
    for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
        if selection.piece[line] != NOBODY:
            selection.holder[selection.piece[line]] = NOBODY
            take_out(pool, selection, line)
    selection.n_orders[selection.batch[order]] -= 1
    selection.batch[order] = NOBODY
    selection.totals[N_SELECTED] -= 1
    selection.totals[N_LINES] -= pool.line_begin[order + 1] - pool.line_begin[order]
    _rank_as(selection, order, selection.totals[N_SELECTED])


@frugal_kernel
def insert_order(pool: Pool, selection: Selection, search: Search, order: int, batch: int) -> bool:
    """Put an order into a batch, line by line at the cheapest place; false where one has none."""
    enter_order(pool, selection, order, batch)
    for line in range(pool.line_begin[order], pool.line_begin[order + 1]):
        article = pool.article[line]
        # An order may come back into its own batch: what it holds by now is not free.
        added = cheapest_place(pool, selection, search, article, batch, NOBODY, NOBODY)
        if added == NEVER:
            return False
        piece = search.found[0]
        selection.holder[piece] = order
        put_in(pool, selection, line, piece, search.found[1])
    return True
