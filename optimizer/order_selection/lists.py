"""A selection under construction: batches, pick lists in aisle order, and what a change would cost.

``Pool`` is the problem and ``Selection`` an answer, both as arrays for compiled functions. A list
is kept in the order of its aisles, not in walking order, with the station among its entries.

Longer than other modules: the arrays and what renews them in step are read together.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.order_selection.problem import SelectionProblem
from optimizer.order_selection.sweep import (
    N_STATES,
    add_entry,
    add_entry_back,
    begin_row,
    end_row,
    go_across,
    go_across_back,
    join_rows,
)
from optimizer.order_selection.transitions import LOWER, STATION, UPPER
from optimizer.routing.kernel import frugal_kernel

NOBODY = -1


class Pool(NamedTuple):
    """The problem.

    Parameters
    ----------
    aisle, kind
        Shape (n_pieces + 1,), int32: where a piece lies, the station last.
    costs
        Shape (n_pieces + 1, 3), int32: what each pattern of a piece costs.
    zone, volume
        Shape (n_pieces,), int32.
    piece_begin, pieces
        Pieces by article: those of article a from ``piece_begin[a]`` to ``piece_begin[a + 1]``.
    line_begin, article
        Lines by order, in the same way: the article of each line.
    sizes
        int64: least number of lines, most orders of a batch, most volume of a list, number of
        batches, number of zones, most lists of one zone in a batch.
    """

    aisle: NDArray[np.int32]
    kind: NDArray[np.int32]
    costs: NDArray[np.int32]
    zone: NDArray[np.int32]
    volume: NDArray[np.int32]
    piece_begin: NDArray[np.int32]
    pieces: NDArray[np.int32]
    line_begin: NDArray[np.int32]
    article: NDArray[np.int32]
    sizes: NDArray[np.int64]


LEAST_LINES, MOST_ORDERS, MOST_VOLUME, N_BATCHES, N_ZONES, N_PARALLEL = range(6)


class Selection(NamedTuple):
    """An answer, complete or not.

    Parameters
    ----------
    batch
        Shape (n_orders,), int32: the batch of each order, ``NOBODY`` for orders left out.
    piece, list_of
        Shape (n_lines,), int32: piece and list of each line of a selected order.
    holder
        Shape (n_pieces,), int32: the order that a piece is taken for, or ``NOBODY``.
    n_orders
        Shape (n_batches,), int32.
    ranked, rank
        Shape (n_orders,), int32: selected orders first; the place of each order there.
    length, filled
        Shape (n_lists,), int32: entries and volume of each list. List
        ``(batch * n_zones + zone) * n_parallel + k`` is the k-th of a zone in a batch.
    entries
        Shape (n_lists, room), int32: pieces by aisle, and the station.
    after, ahead
        Shape (n_lists * (room + 1) * n_states,), int32: see
        :mod:`~optimizer.order_selection.sweep`; row k of a list is before its entry k.
    scratch
        int32, four rows.
    totals
        int64: length of all lists, lines of all selected orders, number of selected orders.
    """

    batch: NDArray[np.int32]
    piece: NDArray[np.int32]
    list_of: NDArray[np.int32]
    holder: NDArray[np.int32]
    n_orders: NDArray[np.int32]
    ranked: NDArray[np.int32]
    rank: NDArray[np.int32]
    length: NDArray[np.int32]
    filled: NDArray[np.int32]
    entries: NDArray[np.int32]
    after: NDArray[np.int32]
    ahead: NDArray[np.int32]
    scratch: NDArray[np.int32]
    totals: NDArray[np.int64]


LENGTH, N_LINES, N_SELECTED = range(3)


def lay_pool(problem: SelectionProblem, n_batches: int) -> Pool:
    """Return the arrays of a problem for answers of at most ``n_batches`` batches."""
    pieces = problem.pieces
    rows = np.array([piece.row for piece in pieces] + [0], dtype=np.int32)
    reach = np.where(rows > 0, problem.above, problem.below).astype(np.int32)
    kind = np.where(rows > 0, UPPER, LOWER).astype(np.int32)
    kind[-1], reach[-1] = STATION, 0
    by_article = np.argsort([piece.article for piece in pieces], kind="stable").astype(np.int32)
    counts = np.bincount([piece.article for piece in pieces], minlength=len(problem.volumes))
    return Pool(
        aisle=np.array([piece.aisle for piece in pieces] + [0], dtype=np.int32),
        kind=kind,
        costs=np.stack((2 * abs(rows), 2 * (reach - abs(rows)), reach), axis=1).astype(np.int32),
        zone=np.array([piece.zone for piece in pieces], dtype=np.int32),
        volume=np.array([problem.volumes[piece.article] for piece in pieces], dtype=np.int32),
        piece_begin=_begins(counts.tolist()),
        pieces=by_article,
        line_begin=_begins([len(order) for order in problem.orders]),
        article=np.array([one for order in problem.orders for one in order], dtype=np.int32),
        sizes=np.array(
            [
                problem.least_lines,
                problem.most_orders,
                problem.most_volume,
                n_batches,
                problem.n_zones,
                _parallel_lists(problem),
            ],
            dtype=np.int64,
        ),
    )


def lay_selection(pool: Pool) -> Selection:
    """Return the empty answer."""
    n_orders, n_pieces = len(pool.line_begin) - 1, len(pool.zone)
    n_batches, n_zones, n_parallel = (int(one) for one in pool.sizes[N_BATCHES:])
    n_lists = n_batches * n_zones * n_parallel
    room = _room(pool)
    selection = Selection(
        batch=np.full(n_orders, NOBODY, dtype=np.int32),
        piece=np.full(len(pool.article), NOBODY, dtype=np.int32),
        list_of=np.full(len(pool.article), NOBODY, dtype=np.int32),
        holder=np.full(n_pieces, NOBODY, dtype=np.int32),
        n_orders=np.zeros(n_batches, dtype=np.int32),
        ranked=np.arange(n_orders, dtype=np.int32),
        rank=np.arange(n_orders, dtype=np.int32),
        length=np.ones(n_lists, dtype=np.int32),
        filled=np.zeros(n_lists, dtype=np.int32),
        entries=np.full((n_lists, room), n_pieces, dtype=np.int32),
        after=np.zeros(n_lists * (room + 1) * N_STATES, dtype=np.int32),
        ahead=np.zeros(n_lists * (room + 1) * N_STATES, dtype=np.int32),
        scratch=np.zeros(4 * N_STATES, dtype=np.int32),
        totals=np.zeros(3, dtype=np.int64),
    )
    _sweep_all(pool, selection)
    return selection


def _begins(counts: list[int]) -> NDArray[np.int32]:
    return np.cumsum([0, *counts]).astype(np.int32)


def _parallel_lists(problem: SelectionProblem) -> int:
    """Return how many lists one zone of a batch may have.

    With first fit, lists are more than half full on average, so twice the volume is always enough.
    With many zones a batch that lies in one zone alone is not worth the memory: four times the mean
    is left room for.
    """
    volumes = sorted(
        (sum(problem.volumes[article] for article in order) for order in problem.orders),
        reverse=True,
    )
    enough = 1 + math.ceil(2 * sum(volumes[: problem.most_orders]) / problem.most_volume)
    return min(enough, max(3, math.ceil(4 * enough / max(1, problem.n_zones))))


def _room(pool: Pool) -> int:
    """Return the most entries of a list: the pieces that its volume or its batch allows."""
    articles = np.unique(pool.article)
    in_stock = articles[np.diff(pool.piece_begin)[articles] > 0]
    if not len(in_stock):
        return 1
    asked = pool.volume[pool.pieces[pool.piece_begin[in_stock]]]
    by_volume = int(pool.sizes[MOST_VOLUME]) // int(asked.min())
    most_lines = np.sort(np.diff(pool.line_begin))[-int(pool.sizes[MOST_ORDERS]) :]
    return min(by_volume, int(most_lines.sum())) + 1


@frugal_kernel
def _sweep_all(pool: Pool, selection: Selection) -> None:
    for which in range(selection.length.shape[0]):
        sweep_list(pool, selection, which, 0, selection.length[which])


@frugal_kernel
def sweep_list(pool: Pool, selection: Selection, which: int, first: int, last: int) -> None:
    """Renew the rows of a list: after entries from ``first`` on, ahead of entries before ``last``.

    The others must be right already.
    """
    room = selection.entries.shape[1]
    base = which * (room + 1)
    after, ahead, scratch = selection.after, selection.ahead, selection.scratch
    entries, aisle = selection.entries, pool.aisle
    n_entries = selection.length[which]
    if first == 0:
        begin_row(after, base)
    for k in range(first, n_entries):
        entry = entries[which, k]
        distance = 0 if k == 0 else aisle[entry] - aisle[entries[which, k - 1]]
        go_across(after, base + k, scratch, 0, distance)
        add_entry(scratch, 0, after, base + k + 1, pool.kind[entry], pool.costs, entry)
    if last == n_entries:
        end_row(ahead, base + n_entries)
    for k in range(last - 1, -1, -1):
        entry = entries[which, k]
        if k == n_entries - 1:
            add_entry_back(
                ahead, base + n_entries, ahead, base + k, pool.kind[entry], pool.costs, entry
            )
            continue
        distance = aisle[entries[which, k + 1]] - aisle[entry]
        go_across_back(ahead, base + k + 1, scratch, 0, distance)
        add_entry_back(scratch, 0, ahead, base + k, pool.kind[entry], pool.costs, entry)


@frugal_kernel
def list_cost(selection: Selection, which: int) -> int:
    """Return the length of a list's shortest walk."""
    return int(selection.ahead[which * (selection.entries.shape[1] + 1) * N_STATES])


@frugal_kernel
def place_in_list(pool: Pool, selection: Selection, which: int, piece: int) -> int:
    """Return the index that a piece gets in a list."""
    aisle = pool.aisle[piece]
    k = 0
    while k < selection.length[which] and pool.aisle[selection.entries[which, k]] < aisle:
        k += 1
    return k


@frugal_kernel
def cost_with(pool: Pool, selection: Selection, which: int, piece: int) -> int:
    """Return the length of a list's shortest walk with one piece more."""
    entries, scratch = selection.entries, selection.scratch
    base = which * (entries.shape[1] + 1)
    aisle = pool.aisle[piece]
    k = place_in_list(pool, selection, which, piece)
    distance = 0 if k == 0 else aisle - pool.aisle[entries[which, k - 1]]
    go_across(selection.after, base + k, scratch, 0, distance)
    add_entry(scratch, 0, scratch, 1, pool.kind[piece], pool.costs, piece)
    if k == selection.length[which]:
        return join_rows(scratch, 1, selection.ahead, base + k)
    go_across(scratch, 1, scratch, 0, pool.aisle[entries[which, k]] - aisle)
    return join_rows(scratch, 0, selection.ahead, base + k)


@frugal_kernel
def cost_without(pool: Pool, selection: Selection, which: int, k: int) -> int:
    """Return the length of a list's shortest walk without its entry k."""
    entries, scratch = selection.entries, selection.scratch
    base = which * (entries.shape[1] + 1)
    if k == 0:
        return int(selection.ahead[(base + 1) * N_STATES])
    if k == selection.length[which] - 1:
        return join_rows(selection.after, base + k, selection.ahead, base + k + 1)
    distance = pool.aisle[entries[which, k + 1]] - pool.aisle[entries[which, k - 1]]
    go_across(selection.after, base + k, scratch, 0, distance)
    return join_rows(scratch, 0, selection.ahead, base + k + 1)


@frugal_kernel
def find_entry(selection: Selection, which: int, piece: int) -> int:
    """Return the index of a piece in its list."""
    k = 0
    while selection.entries[which, k] != piece:
        k += 1
    return k


@frugal_kernel
def put_in(pool: Pool, selection: Selection, line: int, piece: int, which: int) -> None:
    """Give a line a piece and add it to a list; the holder of the piece is set by the caller."""
    entries = selection.entries
    rows = entries.shape[1] + 1
    k = place_in_list(pool, selection, which, piece)
    n_entries = selection.length[which]
    for at in range(n_entries, k, -1):
        entries[which, at] = entries[which, at - 1]
    # Rows ahead of the entries that move on stay what they are.
    first, last = (which * rows + k) * N_STATES, (which * rows + n_entries + 1) * N_STATES
    for at in range(last - 1, first - 1, -1):
        selection.ahead[at + N_STATES] = selection.ahead[at]
    entries[which, k] = piece
    selection.length[which] = n_entries + 1
    selection.filled[which] += pool.volume[piece]
    selection.totals[LENGTH] -= (
        list_cost(selection, which) if k > 0 else first_cost(selection, which)
    )
    sweep_list(pool, selection, which, k, k + 1)
    selection.totals[LENGTH] += list_cost(selection, which)
    selection.piece[line] = piece
    selection.list_of[line] = which


@frugal_kernel
def first_cost(selection: Selection, which: int) -> int:
    """Return what row 1 says a list costs: what it cost before an entry came in front of all."""
    return int(selection.ahead[(which * (selection.entries.shape[1] + 1) + 1) * N_STATES])


@frugal_kernel
def take_out(pool: Pool, selection: Selection, line: int) -> None:
    """Remove the piece of a line from its list; its holder is left to the caller."""
    piece, which = selection.piece[line], selection.list_of[line]
    entries = selection.entries
    rows = entries.shape[1] + 1
    k = find_entry(selection, which, piece)
    n_entries = selection.length[which]
    selection.totals[LENGTH] -= list_cost(selection, which)
    for at in range(k, n_entries - 1):
        entries[which, at] = entries[which, at + 1]
    first, last = (which * rows + k + 1) * N_STATES, (which * rows + n_entries + 1) * N_STATES
    for at in range(first, last):
        selection.ahead[at - N_STATES] = selection.ahead[at]
    selection.length[which] = n_entries - 1
    selection.filled[which] -= pool.volume[piece]
    sweep_list(pool, selection, which, k, k)
    selection.totals[LENGTH] += list_cost(selection, which)
    selection.piece[line] = NOBODY
    selection.list_of[line] = NOBODY
