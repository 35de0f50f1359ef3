"""How long it takes to choose locations and tour: rows × aisles × items, unit and varying demand.

Run ``make bench``; nothing is asserted on time. Every item lies in five locations; every round
takes the next of ten fixed random orders.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.ids import LocationId, PlaceId, Sku, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.scattered.choice import Choice, Supply
from optimizer.routing.scattered.router import ScatteredRouter

START = StationId(PlaceId("start"))
ORDERS = 10
SUPPLIES = 5


def orders(graph: WalkingGraph, items: int, most_pieces: int) -> Iterator[tuple[Choice, ...]]:
    """Yield the same orders again and again."""
    chance = random.Random(items)
    places = [location.id for location in graph.layout.locations]
    return itertools.cycle(
        [
            tuple(random_item(chance, places, number, most_pieces) for number in range(items))
            for _ in range(ORDERS)
        ]
    )


def random_item(
    chance: random.Random, places: list[LocationId], number: int, most_pieces: int
) -> Choice:
    """Return an item of which about a third of the pieces is needed."""
    held = tuple(
        Supply(place, chance.randint(1, most_pieces)) for place in chance.sample(places, SUPPLIES)
    )
    needed = 1 if most_pieces == 1 else chance.randint(1, 2 * most_pieces)
    return Choice(Sku(f"item-{number}"), min(needed, sum(s.pieces for s in held)), held)


@pytest.mark.parametrize("most_pieces", [1, 3], ids=["unit", "varying"])
@pytest.mark.parametrize("items", [3, 7, 15])
@pytest.mark.parametrize(("blocks", "aisles"), [(1, 10), (1, 25), (2, 10)], ids=lambda n: str(n))
def test_scattered_tour(
    benchmark: BenchmarkFixture, blocks: int, aisles: int, items: int, most_pieces: int
) -> None:
    layout = generate_layout(aisles=aisles, blocks=blocks, positions=20)
    graph = WalkingGraph(layout)
    router = ScatteredRouter(layout, graph)
    sets = orders(graph, items, most_pieces)
    for _ in range(ORDERS):
        router.route(next(sets), start=START, end=START)

    def solve() -> int:
        return router.route(next(sets), start=START, end=START).tour.length_mm

    length = benchmark.pedantic(solve, rounds=ORDERS)  # type: ignore[no-untyped-call]
    assert length > 0
