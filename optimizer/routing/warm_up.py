"""Compiles the inner loops of routing ahead of time, so that no request waits for it.

:mod:`optimizer.batching.warm_up` is the program that does so, for all that plans need.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from functools import partial

from optimizer.ids import LocationId, PlaceId, Sku, StationId
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.one_way.router import OneWayRouter
from optimizer.routing.parallel.changes import (
    enter,
    leave,
    length_with,
    length_without,
    new_batch,
    sweep,
)
from optimizer.routing.parallel.lanes import MOST_ROWS
from optimizer.routing.priced.exact import PricedExactRouter
from optimizer.routing.priced.graph import PricedGraphRouter
from optimizer.routing.priced.prices import WalkPrices
from optimizer.routing.router import Router
from optimizer.routing.scattered.choice import Choice, Supply
from optimizer.routing.scattered.router import ScatteredRouter
from optimizer.stopping import MaxIterations

START, END = StationId(PlaceId("start")), StationId(PlaceId("pack-1"))


def warm_up() -> int:
    """Run every compiled function of routing once and fill the cache on disk.

    A cold cache costs about two minutes of computing, a warm one some seconds.

    Returns
    -------
    int
        Number of tours found on the way.
    """
    return sum(part() for part in PARTS)


def walk_exactly(rows: int) -> int:
    """Compile exact tours for one number of cross-aisles; return the number of tours."""
    layout = generate_layout(aisles=3, blocks=rows - 1, positions=2)
    router = ExactRouter(layout)
    wanted = _some(layout, 5)
    for end in (START, END):
        router.lengths_mm([wanted], start=START, end=end)
    return _walk(router, [wanted])


def change_batches(rows: int) -> int:
    """Compile changes of batches for one number of cross-aisles; return the number of tours."""
    layout = generate_layout(aisles=3, blocks=rows - 1, positions=2)
    router = ExactRouter(layout)
    found = router.course(START, END)
    if found is None:
        return 0
    course, _ = found
    sizes, picks = (0,) * rows, router.points(_some(layout, 5))
    batch = new_batch(course)
    enter(picks, course, batch)
    sweep(sizes, course, batch)
    length_with(picks, sizes, course, batch)
    length_without(picks, sizes, course, batch)
    leave(picks, course, batch)
    return 3


def walk_anywhere() -> int:
    """Compile tours on any graph, and one-way ones; return the number of tours."""
    layout = generate_layout(aisles=3, blocks=1, positions=4)
    one_way = generate_layout(aisles=3, blocks=1, positions=4, one_way=True)
    wanted = [_some(layout, 5)]
    return (
        _walk(GraphTourRouter(layout), wanted)
        + _walk(GraphTourRouter(layout, kicks=2, exact_up_to=0), wanted)
        + _search(layout)
        + _walk(OneWayRouter(one_way), [_some(one_way, 5)])
    )


def walk_with_prices() -> int:
    """Compile priced tours; return the number of tours."""
    layout = generate_layout(aisles=3, blocks=2, positions=4)
    prices = WalkPrices(crossing_mm=500, u_turn_mm=2_000)
    wanted = _some(layout, 5)
    routers = (
        PricedExactRouter(layout, prices),
        PricedGraphRouter(layout, prices),
        PricedGraphRouter(layout, prices, kicks=2, exact_up_to=0),
    )
    for router in routers:
        for few in (wanted, wanted[:6]):
            router.route(few, start=START, end=END)
    return 2 * len(routers)


def choose_locations() -> int:
    """Compile the choice among scattered locations; return the number of tours."""
    found = 0
    for one_way in (False, True):
        layout = generate_layout(aisles=6, blocks=2, positions=8, one_way=one_way)
        places = [location.id for location in layout.locations]
        order = tuple(
            Choice(
                Sku(f"item-{item}"),
                3,
                tuple(Supply(p, 1 + n % 3) for n, p in enumerate(places[item * 5 :: 31])),
            )
            for item in range(9)
        )
        ScatteredRouter(layout).route(order, start=START, end=START)
        found += 1
    return found


def _search(layout: Layout) -> int:
    router = GraphTourRouter(layout, exact_up_to=0)
    router.route_until(_some(layout, 3), start=START, end=END, stop=MaxIterations(1))
    return 1


def _some(layout: Layout, every: int) -> list[LocationId]:
    return [location.id for location in layout.locations[::every]]


def _walk(router: Router, tours: Sequence[list[LocationId]]) -> int:
    for wanted in tours:
        for end in (START, END):
            router.route(wanted, start=START, end=end)
            router.length_mm(wanted, start=START, end=end)
    return 2 * len(tours)


# Code is generated for each number of rows up to the largest; beyond, tables serve all.
PLANNING: tuple[Callable[[], int], ...] = (
    *(partial(walk_exactly, rows) for rows in range(MOST_ROWS + 1, 1, -1)),
    walk_anywhere,
)
"""What plans need, in parts that can be compiled at the same time."""

PARTS: tuple[Callable[[], int], ...] = (
    *PLANNING,
    choose_locations,
    walk_with_prices,
    *(partial(change_batches, rows) for rows in range(2, MOST_ROWS + 1)),
)
"""Everything."""


def run(parts: Sequence[Callable[[], int]]) -> None:
    """Compile parts on two processors."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for result in [pool.apply_async(part) for part in parts]:
            result.get()
