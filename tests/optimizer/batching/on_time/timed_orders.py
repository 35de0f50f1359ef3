"""Small problems with due times on one long aisle, and every plan of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.on_time.feasible_batches import BatchRules, Rates

PER_MM_AND_BATCH = Rates(1, 0, 3)


def there_and_back(points: NDArray[np.int32], begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return tours from point 0 along a line and back: twice the farthest point."""
    parts = itertools.pairwise(begins.tolist())
    return np.array([2 * int(points[a:b].max()) for a, b in parts], dtype=np.int64)


def line_rules(
    places: Sequence[Sequence[int]],
    sizes: Sequence[int],
    due: Sequence[int],
    *,
    capacity: int,
    work: int = 1,
    cost: Rates = PER_MM_AND_BATCH,
    apart: Sequence[tuple[int, int]] = (),
) -> BatchRules:
    """Return orders on a line; a batch takes 3 + its way + ``work`` per unit of size."""
    n = len(places)
    separate = np.zeros((n, n), dtype=np.bool_)
    for a, b in apart:
        separate[a, b] = separate[b, a] = True
    size = np.array(sizes, dtype=np.int64)
    return BatchRules(
        points=np.array([point for one in places for point in one], dtype=np.int32),
        begins=np.cumsum([0, *map(len, places)], dtype=np.int64),
        n_points=1 + max(point for one in places for point in one),
        sizes=size[:, None],
        capacities=np.array([[capacity]], dtype=np.int64),
        cart_costs=np.zeros(1, dtype=np.int64),
        apart=separate,
        due=np.array(due, dtype=np.int64),
        work=work * size,
        cost=cost,
        time=Rates(1, 0, 3),
        most_orders=n,
        lengths=there_and_back,
    )


def random_rules(seed: int, *, n: int, latest: int) -> BatchRules:
    """Return random orders, due up to ``latest``."""
    random = np.random.default_rng(seed)
    return line_rules(
        [random.integers(1, 12, int(random.integers(1, 4))).tolist() for _ in range(n)],
        random.integers(1, 4, n).tolist(),
        random.choice([latest // 2, 3 * latest // 4, latest], n).tolist(),
        capacity=6,
        cost=Rates(2, 1, int(random.integers(0, 9))),
        apart=[(0, 1)] if seed % 2 else [],
    )


def partitions(orders: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield every partition."""
    if not orders:
        yield []
        return
    first, *others = orders
    for rest in partitions(others):
        yield [[first], *rest]
        for place in range(len(rest)):
            yield [*rest[:place], [first, *rest[place]], *rest[place + 1 :]]


def batch_of(rules: BatchRules, orders: Sequence[int]) -> tuple[int, int, int] | None:
    """Return cost, time and due time of a batch; ``None`` when it is not allowed."""
    which = list(orders)
    points = {
        int(point)
        for order in which
        for point in rules.points[rules.begins[order] : rules.begins[order + 1]]
    }
    time = rules.time.per_batch + rules.time.per_mm * 2 * max(points) + int(rules.work[which].sum())
    cost = rules.cost.per_batch + rules.cost.per_mm * 2 * max(points)
    cost += rules.cost.per_stop * len(points)
    due = int(rules.due[which].min())
    fits = rules.sizes[which].sum() <= rules.capacities[0, 0]
    together = not rules.apart[np.ix_(which, which)].any()
    return (cost, time, due) if fits and together and time <= due else None


def cheapest_on_time(rules: BatchRules, n_pickers: int) -> int | None:
    """Return the cost of the cheapest plan by trying every one."""
    best: int | None = None
    for partition in partitions(range(rules.n)):
        found = [batch_of(rules, orders) for orders in partition]
        batches = sorted((one for one in found if one is not None), key=lambda one: one[2])
        cost = sum(one[0] for one in batches)
        if len(batches) < len(found) or (best is not None and cost >= best):
            continue
        choices = itertools.product(range(n_pickers), repeat=len(batches))
        if any(_on_time(batches, choice, n_pickers) for choice in choices):
            best = cost
    return best


def _on_time(
    batches: Sequence[tuple[int, int, int]], choice: Sequence[int], n_pickers: int
) -> bool:
    free = [0] * n_pickers
    for (_, time, due), picker in zip(batches, choice, strict=True):
        free[picker] += time
        if free[picker] > due:
            return False
    return True
