"""Promises and demands for tests of batching."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from optimizer.batching.capacity import CartRules
from optimizer.batching.demand import Demand, Partition, Promise
from optimizer.ids import LineId, OrderId, Sku
from tests.optimizer.examples import place


def promise(
    order: str = "P", *, at: int = 0, quantity: int = 1, weight_g: int = 0, volume_ml: int = 0
) -> Promise:
    """Return a promise of a line of its own, for an item of its own, at place ``at``."""
    return Promise(
        OrderId(order),
        LineId(f"{order}-{at}"),
        Sku(f"s{at}"),
        place(f"loc{at}"),
        at,
        quantity,
        weight_g,
        volume_ml,
    )


def demand(
    rules: CartRules, *promises: Promise, rank: int = 0, urgent: bool = False, alone: bool = False
) -> Demand:
    """Return an order that fits a cart as a demand."""
    totes = (promises,) if rules.shared_totes else rules.pack(promises)
    return Demand(
        promises[0].order,
        rank,
        urgent,
        alone,
        totes,
        frozenset(each.place for each in promises),
        rules.load(totes),
    )


def partitions(members: list[int], size: int) -> Iterator[Partition]:
    """Yield every partition into batches of at most ``size``."""
    if not members:
        yield ()
        return
    first, *rest = members
    for extra in range(min(size, len(members))):
        for company in itertools.combinations(rest, extra):
            left = [member for member in rest if member not in company]
            for others in partitions(left, size):
                yield ((first, *company), *others)
