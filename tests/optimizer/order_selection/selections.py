"""Problems of order selection made by chance, and what is known of their answers without a solver.

Lengths here follow the published formula, from piece to piece; the optimizer's own come from a
programme over aisles.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence

from optimizer.order_selection.problem import Piece, SelectionPlan, SelectionProblem


def one_list(rng: random.Random) -> SelectionProblem:
    """Return up to eight pieces in one zone, each asked for by an order of its own."""
    above = rng.randint(3, 12)
    below = rng.randint(2, above)
    width = rng.choice((2, 5, 15))
    n_pieces = rng.randint(1, 8)
    pieces = tuple(
        Piece(index, 0, rng.randint(-width, width), _row(rng, above, below))
        for index in range(n_pieces)
    )
    return SelectionProblem(
        volumes=(1,) * n_pieces,
        pieces=pieces,
        orders=tuple((index,) for index in range(n_pieces)),
        least_lines=1,
        most_orders=n_pieces,
        most_volume=n_pieces,
        above=above,
        below=below,
    )


def selection_problem(
    rng: random.Random, *, n_articles: int, n_orders: int, n_zones: int, least_lines: int
) -> SelectionProblem:
    """Return a problem in which each article has two or three pieces, an order up to two lines."""
    pieces = tuple(
        Piece(article, rng.randrange(n_zones), rng.randint(-4, 4), _row(rng, 6, 5))
        for article in range(n_articles)
        for _ in range(rng.randint(2, 3))
    )
    return SelectionProblem(
        volumes=tuple(rng.randint(1, 3) for _ in range(n_articles)),
        pieces=pieces,
        orders=tuple(
            tuple(rng.randrange(n_articles) for _ in range(rng.randint(1, 2)))
            for _ in range(n_orders)
        ),
        least_lines=least_lines,
        most_orders=3,
        most_volume=5,
        above=6,
        below=5,
    )


def _row(rng: random.Random, above: int, below: int) -> int:
    return rng.choice((rng.randint(1, above), -rng.randint(1, below)))


def walked(problem: SelectionProblem, pieces: Sequence[int]) -> int:
    """Return the length of pieces in sequence, from the station and back."""
    stops = [None, *(problem.pieces[piece] for piece in pieces), None]
    return sum(_between(problem, one, other) for one, other in itertools.pairwise(stops))


def _between(problem: SelectionProblem, one: Piece | None, other: Piece | None) -> int:
    if one is None or other is None:
        piece = one or other
        return 0 if piece is None else abs(piece.aisle) + abs(piece.row)
    aisles = abs(one.aisle - other.aisle)
    rows = abs(one.row) + abs(other.row)
    if one.row * other.row < 0:
        return aisles + rows
    reach = problem.above if one.row > 0 else problem.below
    return aisles + min(rows, 2 * reach - rows)


def shortest_walk(problem: SelectionProblem, pieces: Sequence[int]) -> int:
    """Return the length of the shortest sequence of pieces, by the programme over subsets.

    Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
    the Society for Industrial and Applied Mathematics 10(1), 196-210.
    https://doi.org/10.1137/0110015
    """
    stops = [problem.pieces[piece] for piece in pieces]
    n = len(stops)
    best = {(1 << k, k): _between(problem, None, stops[k]) for k in range(n)}
    for visited in range(1, 1 << n):
        for last in range(n):
            if (visited, last) not in best:
                continue
            for k in range(n):
                if not visited >> k & 1:
                    value = best[visited, last] + _between(problem, stops[last], stops[k])
                    key = (visited | 1 << k, k)
                    best[key] = min(value, best.get(key, value))
    everything = (1 << n) - 1
    return min(best[everything, k] + _between(problem, stops[k], None) for k in range(n))


def check_plan(problem: SelectionProblem, plan: SelectionPlan) -> None:
    """Assert that a plan keeps every rule and states its own length and lines."""
    pieces = [piece for batch in plan.batches for walk in batch.lists for piece in walk]
    orders = [order for batch in plan.batches for order in batch.orders]
    assert len(set(pieces)) == len(pieces) == plan.n_lines >= problem.least_lines
    assert len(set(orders)) == len(orders)
    for batch in plan.batches:
        assert 1 <= len(batch.orders) <= problem.most_orders
        asked = Counter(article for order in batch.orders for article in problem.orders[order])
        picked = [problem.pieces[piece] for walk in batch.lists for piece in walk]
        assert asked == Counter(piece.article for piece in picked)
        for walk in batch.lists:
            assert len({problem.pieces[piece].zone for piece in walk}) == 1
            assert (
                sum(problem.volumes[problem.pieces[one].article] for one in walk)
                <= problem.most_volume
            )
    lists = [walk for batch in plan.batches for walk in batch.lists]
    assert plan.length == sum(walked(problem, walk) for walk in lists)


def least_length(problem: SelectionProblem) -> int:
    """Return the length of the best plan of one batch, by trying all. Some plan must exist."""
    return min(
        _least_of_lists(problem, list(pieces))
        for n_orders in range(1, problem.most_orders + 1)
        for orders in itertools.combinations(range(len(problem.orders)), n_orders)
        if sum(len(problem.orders[order]) for order in orders) >= problem.least_lines
        for pieces in _allocations(problem, orders)
    )


def _allocations(problem: SelectionProblem, orders: Sequence[int]) -> Iterator[tuple[int, ...]]:
    lines = [article for order in orders for article in problem.orders[order]]
    of_article = [
        [at for at, piece in enumerate(problem.pieces) if piece.article == article]
        for article in lines
    ]
    seen: set[frozenset[int]] = set()
    for pieces in itertools.product(*of_article):
        chosen = frozenset(pieces)
        if len(chosen) == len(pieces) and chosen not in seen:
            seen.add(chosen)
            yield pieces


def _least_of_lists(problem: SelectionProblem, pieces: list[int]) -> int:
    """Return the least length of lists for some pieces: the first piece with any of the rest."""
    if not pieces:
        return 0
    first, *rest = pieces
    best: list[int] = []
    for n_more in range(len(rest) + 1):
        for more in itertools.combinations(rest, n_more):
            one = [first, *more]
            volume = sum(problem.volumes[problem.pieces[piece].article] for piece in one)
            if volume <= problem.most_volume and len({problem.pieces[p].zone for p in one}) == 1:
                left = [piece for piece in rest if piece not in more]
                best.append(shortest_walk(problem, one) + _least_of_lists(problem, left))
    return min(best)
