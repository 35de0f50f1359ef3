"""Real orders of an online shop on generated layouts, planned by the public ``plan``.

The orders are those of the sample file that ask for goods, as they arrived, or the 300 of them with
the fewest lines, in which small orders of one or two totes prevail. The layouts have one to three
blocks and half as many locations again as there are items; the items asked for in most lines lie
nearest to the station, from and to which tours lead. The file has no sizes: every piece is taken to
weigh 120 g and to fill 250 ml, and an order takes as many totes as it needs.

No best answers are known; lengths are compared with first-come batches walked by the same router.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.data import BestKnown
from benchmarks.readers.orders_csv import ShopOrder, parse_orders, read_order_file
from benchmarks.suite import Attempt, Budget, Json, Request
from benchmarks.suites.large_waves import STATION, judge_wave, solve_wave
from optimizer.ids import LineId, OrderId, Sku
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Layout
from optimizer.problem import CartType, Item, Order, OrderLine, Problem, Stock

POSITIONS_PER_AISLE = 48
LOCATIONS_PER_ITEM = 1.5
WEIGHT_G, VOLUME_ML = 120, 250
FEW = 300
BLOCKS = (1, 2, 3)

CARTS = (
    CartType("cart-6", 6, 50_000, 100_000, 300_000, 200),
    CartType("cart-12", 12, 15_000, 40_000, 150_000, 200),
)
"""Six large totes or twelve of the common size."""


@dataclass(frozen=True, slots=True)
class RetailCase:
    """A wave of real orders; the solution is a plan document.

    ``few_lines`` tells whether only the orders with the fewest lines are in it.
    """

    text: str
    few_lines: bool
    blocks: int
    cart: CartType
    best_known: BestKnown | None = None

    @property
    def name(self) -> str:
        """Orders, blocks and cart."""
        return f"{'few-lines' if self.few_lines else 'all'}-b{self.blocks}-{self.cart.id}"

    @property
    def group(self) -> str:
        """Orders and cart."""
        which = f"{FEW} with fewest lines" if self.few_lines else "all orders"
        return f"{which}, {self.cart.slots} totes"

    @property
    def stratum(self) -> str:
        """The same."""
        return self.group

    def solve(self, budget: Budget) -> Attempt:
        """Return the best plan; see :func:`~benchmarks.suites.large_waves.solve_wave`."""
        return solve_wave(self.problem(), budget)

    def judge(self, solution: Json) -> float:
        """Return the length of a plan; see :func:`~benchmarks.suites.large_waves.judge_wave`."""
        return judge_wave(self.problem(), solution)

    def problem(self) -> Problem:
        """Return the planning problem."""
        orders = parse_orders(self.text)
        if self.few_lines:
            orders = fewest_lines(orders)
        return retail_problem(orders, blocks=self.blocks, cart=self.cart)


def fewest_lines(orders: Sequence[ShopOrder], count: int = FEW) -> tuple[ShopOrder, ...]:
    """Return the orders with the fewest lines, as they arrived."""
    by_lines = sorted(range(len(orders)), key=lambda number: (len(orders[number].units), number))
    return tuple(orders[number] for number in sorted(by_lines[:count]))


def retail_problem(orders: Sequence[ShopOrder], *, blocks: int, cart: CartType) -> Problem:
    """Return the problem of picking orders from a generated layout with stock for all of them."""
    lines: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for order in orders:
        lines.update(order.units.keys())
        units.update(order.units)
    # Counter keeps the order of first appearance among equals, so the wave is always the same.
    items = [Sku(sku) for sku, _ in lines.most_common()]
    per_aisle = 2 * POSITIONS_PER_AISLE
    aisles = max(1, math.ceil(LOCATIONS_PER_ITEM * len(items) / per_aisle))
    layout = _layout(aisles, blocks)
    graph = WalkingGraph(layout)
    walk_mm = graph.distances_from([graph.vertex(STATION)])[0]
    nearest = sorted(
        (location.id for location in layout.locations),
        key=lambda location: (int(walk_mm[graph.vertex(location)]), location),
    )
    return Problem(
        layout,
        tuple(
            Order(
                OrderId(order.id),
                tuple(
                    OrderLine(LineId(f"{order.id}-{number}"), Sku(sku), quantity)
                    for number, (sku, quantity) in enumerate(order.units.items(), start=1)
                ),
            )
            for order in orders
        ),
        tuple(Item(sku, WEIGHT_G, VOLUME_ML) for sku in items),
        tuple(
            Stock(location, sku, units[sku]) for location, sku in zip(nearest, items, strict=False)
        ),
        cart,
        STATION,
        (STATION,),
    )


@lru_cache(maxsize=1)
def _layout(aisles: int, blocks: int) -> Layout:
    return generate_layout(
        name=f"shop-b{blocks}",
        aisles=aisles,
        blocks=blocks,
        positions=POSITIONS_PER_AISLE // blocks,
    )


@dataclass(frozen=True, slots=True)
class OnlineRetailSuite:
    """One file of orders, two choices of orders, three layouts, two carts."""

    name: str = "online-retail"
    unit: str = "mm"
    seeded: bool = True
    seconds: float = 10.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[RetailCase]:
        """Return the cases; see :class:`~benchmarks.suite.Suite`."""
        text = read_order_file(request.data)
        return [
            RetailCase(text, few_lines, blocks, cart)
            for few_lines in (True, False)
            for cart in CARTS
            for blocks in BLOCKS
        ]


ONLINE_RETAIL = OnlineRetailSuite()
