"""Random grids of parallel aisles with one-way stretches."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from optimizer.layout.model import Edge, Layout
from tests.optimizer.layout.random_layouts import Shape, random_grid


@dataclass(frozen=True, slots=True)
class OneWay:
    """Which share of the aisles and cross-aisles of a random grid is one-way."""

    aisles: float = 0.5
    crosses: float = 0.0
    by_column: bool = False
    """Whole aisles lead one way, not every stretch its own."""


def one_way_grid(chance: random.Random, shape: Shape, one_way: OneWay) -> Layout:
    """Return a random grid in which some edges lead one way."""
    layout = random_grid(chance, shape)
    way_of: dict[str, int] = {}
    edges: list[Edge] = []
    for edge in layout.edges:
        # Crossings are called column/row; other nodes stand on cross-aisles or at dead ends.
        column, _, row = edge.start.partition("/")
        aisle = bool(row) and edge.end.startswith(f"{column}/")
        stub = edge.start.startswith("stub")
        way = (
            chance.choice([1, -1])
            if chance.random() < (one_way.aisles if aisle else one_way.crosses)
            else 0
        )
        if aisle and one_way.by_column:
            way = way_of.setdefault(column, way)
        if way and not stub:
            ends = (edge.start, edge.end) if way > 0 else (edge.end, edge.start)
            edge = Edge(*ends, edge.length_mm, one_way=True)
        edges.append(edge)
    return replace(layout, edges=tuple(edges))
