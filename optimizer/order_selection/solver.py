"""Selects orders and plans their pick lists: a random start, then annealing on two threads."""

from __future__ import annotations

import math
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from optimizer.errors import ProblemError
from optimizer.order_selection.annealing import anneal
from optimizer.order_selection.lists import (
    LEAST_LINES,
    LENGTH,
    MOST_ORDERS,
    N_BATCHES,
    N_LINES,
    NOBODY,
    Pool,
    Selection,
    lay_pool,
    lay_selection,
)
from optimizer.order_selection.moves import Search, insert_order, new_search, remove_order
from optimizer.order_selection.problem import SelectedBatch, SelectionPlan, SelectionProblem
from optimizer.order_selection.walk import walking_order
from optimizer.stopping import Stop, share_used


@dataclass(frozen=True, slots=True)
class Cooling:
    """How the search cools.

    ``hot`` and ``cold`` are the first and the last temperature as shares of what a line costs on
    average at the start; a round is ``moves`` moves of each thread. Where the stopping criterion
    tells no limit, the search ends after ``rounds`` rounds.
    """

    hot: float = 0.5
    cold: float = 0.03
    moves: int = 1000
    rounds: int = 2000
    price: float = 2.0
    threads: int = 2


def select_orders(
    problem: SelectionProblem, *, stop: Stop, seed: int, cooling: Cooling | None = None
) -> SelectionPlan:
    """Return a plan of short walking length; see :mod:`~optimizer.order_selection.problem`.

    Heuristic; walks are exact for the lists chosen. Searches of different seeds run side by side,
    the best answer wins. Temperature falls with the share of the limit of ``stop`` that is spent.
    Deterministic for a given seed and number of rounds.

    Parameters
    ----------
    stop
        Asked once per round; a complete plan is there before the first.
    seed
        Of the random choices.
    cooling
        See :class:`Cooling`.

    Raises
    ------
    ProblemError
        When no selection of enough lines was found for lack of pieces or room.
    """
    cooling = cooling or Cooling()
    pool = lay_pool(problem, _enough_batches(problem))
    threads = [_start(pool, seed=2 * seed + n) for n in range(cooling.threads)]
    per_line = float(threads[0][0].totals[LENGTH]) / max(1, int(pool.sizes[LEAST_LINES]))
    hot, cold = max(1.0, cooling.hot * per_line), max(0.3, cooling.cold * per_line)
    price = max(1.0, cooling.price * per_line)
    rounds, ended = 0, False
    with ThreadPoolExecutor(cooling.threads) as executor:
        while not stop():
            share = share_used(stop)
            if share is None:
                share = rounds / cooling.rounds
                ended = rounds >= cooling.rounds
            if ended:
                break
            temperature = hot * (cold / hot) ** share
            running = [
                executor.submit(anneal, pool, one, search, cooling.moves, temperature, price)
                for one, search in threads
            ]
            for job in running:
                job.result()
            rounds += 1
    best = min((search for _, search in threads), key=lambda search: int(search.best[0]))
    return _plan(problem, pool, best, rounds=rounds, has_converged=ended)


def _enough_batches(problem: SelectionProblem) -> int:
    """Return how many batches hold enough lines, both of the largest orders and of mean ones.

    Every further batch walks anew; with fewer, only large orders could be chosen. The search may
    leave batches empty. Orders that the stock cannot serve do not count.
    """
    stock = Counter(piece.article for piece in problem.pieces)
    sizes = sorted((len(one) for one in problem.orders if Counter(one) <= stock), reverse=True)
    if sum(sizes) < problem.least_lines:
        raise ProblemError(
            f"{problem.least_lines} lines are wanted, orders that the stock can serve have "
            f"{sum(sizes)}"
        )
    mean = sum(sizes) / len(sizes)
    of_mean = math.ceil(problem.least_lines / (mean * problem.most_orders))
    of_largest = 1
    while sum(sizes[: of_largest * problem.most_orders]) < problem.least_lines:
        of_largest += 1
    return max(of_mean, of_largest)


def _start(pool: Pool, *, seed: int) -> tuple[Selection, Search]:
    """Return a complete answer: large orders first, in random sequence among equals."""
    selection, search = lay_selection(pool), new_search(pool, seed)
    rng = random.Random(seed)
    orders = list(range(len(selection.batch)))
    rng.shuffle(orders)
    orders.sort(key=lambda order: int(pool.line_begin[order] - pool.line_begin[order + 1]))
    for order in orders:
        if selection.totals[N_LINES] >= pool.sizes[LEAST_LINES]:
            break
        for batch in range(int(pool.sizes[N_BATCHES])):
            if selection.n_orders[batch] >= pool.sizes[MOST_ORDERS]:
                continue
            if insert_order(pool, selection, search, order, batch):
                break
            remove_order(pool, selection, order)
    if selection.totals[N_LINES] < pool.sizes[LEAST_LINES]:
        raise ProblemError(
            f"{int(pool.sizes[LEAST_LINES])} lines are wanted, "
            f"pieces and room were found for {int(selection.totals[N_LINES])}"
        )
    search.best[0] = selection.totals[LENGTH]
    search.best_batch[:] = selection.batch
    search.best_piece[:] = selection.piece
    search.best_list[:] = selection.list_of
    return selection, search


def _plan(
    problem: SelectionProblem, pool: Pool, search: Search, *, rounds: int, has_converged: bool
) -> SelectionPlan:
    batches: list[SelectedBatch] = []
    length, n_lines = 0, 0
    for batch in range(int(pool.sizes[N_BATCHES])):
        orders = [order for order, its in enumerate(search.best_batch.tolist()) if its == batch]
        lists: dict[int, list[int]] = {}
        for order in orders:
            for line in range(int(pool.line_begin[order]), int(pool.line_begin[order + 1])):
                lists.setdefault(int(search.best_list[line]), []).append(
                    int(search.best_piece[line])
                )
                n_lines += 1
        walks = [walking_order(problem, lists[which]) for which in sorted(lists)]
        length += sum(walked for _, walked in walks)
        if orders:
            batches.append(SelectedBatch(tuple(orders), tuple(walk for walk, _ in walks)))
    assert NOBODY not in (piece for one in batches for walk in one.lists for piece in walk)
    return SelectionPlan(tuple(batches), length, n_lines, rounds, has_converged)
