"""Lengths of batches that one order enters or leaves, against lengths found anew."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.ids import StationId
from optimizer.layout.model import Layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.parallel.changes import (
    enter,
    leave,
    length_with,
    length_without,
    new_batch,
    sweep,
)
from optimizer.routing.parallel.laying import ONE_TOUR, set_up_bench
from optimizer.routing.parallel.lengths import length_of
from tests.optimizer.layout.random_layouts import Shape, random_grid

SHAPES = {"regular": Shape(), "unequal": Shape(unequal=True), "broken": Shape(broken=True)}


@pytest.mark.parametrize("name", SHAPES)
def test_equal_to_a_length_found_anew(name: str) -> None:
    """At least 40 batches of four orders per shape; an order may need columns of its own."""
    chance = random.Random(name)
    compared = 0
    while compared < 40:
        layout = random_grid(chance, SHAPES[name])
        if not layout.locations:
            continue
        router = ExactRouter(layout)
        for _ in range(4):
            start = chance.choice(layout.stations).id
            end = start if chance.random() < 0.5 else chance.choice(layout.stations).id
            compared += _compare(chance, router, layout, start, end)


def _compare(
    chance: random.Random, router: ExactRouter, layout: Layout, start: StationId, end: StationId
) -> int:
    found = router.course(start, end)
    if found is None:
        return 0
    course, _ = found
    rows = (0,) * course.row_mm.shape[1]
    bench = set_up_bench(course, ONE_TOUR)

    def anew(orders: list[NDArray[np.int32]]) -> int:
        return length_of(np.concatenate(orders), rows, course, bench)

    orders = [
        router.points(
            place.id
            for place in chance.sample(
                layout.locations, min(len(layout.locations), chance.randint(1, 4))
            )
        )
        for _ in range(5)
    ]
    inside, outside = orders[:4], orders[4]
    batch = new_batch(course)
    for order in inside:
        enter(order, course, batch)
    assert sweep(rows, course, batch) == anew(inside)
    for _ in range(2):
        # Asked twice: an answer leaves no trace.
        assert length_with(outside, rows, course, batch) == anew(orders)
        for n, order in enumerate(inside):
            rest = [other for m, other in enumerate(inside) if m != n]
            assert length_without(order, rows, course, batch) == anew(rest)
    leave(inside[1], course, batch)
    enter(outside, course, batch)
    assert sweep(rows, course, batch) == anew([inside[0], *inside[2:], outside])
    return 1
