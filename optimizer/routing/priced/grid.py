"""Parallel aisles as the programme with prices sees them: points with sides, and tables."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.ids import LocationId
from optimizer.layout.aisles import ParallelAisles
from optimizer.layout.model import Layout, Location, Side
from optimizer.routing.exact import MOST_ROWS_ROUND_TRIP, row_positions
from optimizer.routing.parallel.programme import Grid
from optimizer.routing.parallel.transitions import CHOICES, Passage, Transitions, transitions
from optimizer.routing.priced.passages import JOINED, LEFT, NONE, RIGHT

PRICED_CHOICES = (*CHOICES, (*CHOICES[6], Passage.TWICE))
"""The choices of the programme, and ``JOINED``."""


@lru_cache(maxsize=16)
def joined_transitions(n_rows: int, marks: int) -> Transitions:
    """Return the tables of the programme in which TWICE is never left out.

    Without prices a stretch whose ends are connected already need not be walked twice; with prices
    this may be the cheapest way to its picks.
    """
    tables = transitions(n_rows, marks)
    choice = tables.passage_choice.copy()
    everything = CHOICES.index((Passage.EMPTY, Passage.FRONT, Passage.BACK, Passage.GAP))
    for begins in tables.passage_begin.tolist():
        for first, past in itertools.pairwise(begins):
            run = choice[first:past]
            # Where the ends are not connected, TWICE connects them and is a transition by itself.
            if Passage.TWICE not in run:
                run[run == everything] = JOINED
    return tables._replace(passage_choice=choice)


@dataclass(frozen=True, slots=True)
class SidedPoints:
    """The distinct points of a grid at which something is picked, each with one side.

    Parameters
    ----------
    grid
        The layout, with a point for each side of an offset.
    sides
        Shape (n_points,), int64: ``NONE``, ``LEFT`` or ``RIGHT``, seen from the front.
    number
        The point of every location.
    locations
        The locations at each point, in the order of the layout.
    """

    grid: Grid
    sides: NDArray[np.int64]
    number: Mapping[LocationId, int]
    locations: tuple[tuple[LocationId, ...], ...]


def number_points(layout: Layout, aisles: ParallelAisles) -> SidedPoints:
    """Number the points of a layout by column, row, walk along the aisle, and side.

    :func:`why_not_exact` must have found no obstacle.
    """
    points = {location.id: _point(location, aisles) for location in layout.locations}
    ordered = sorted(set(points.values()))
    number = {point: n for n, point in enumerate(ordered)}
    at_point: list[list[LocationId]] = [[] for _ in ordered]
    for location, point in points.items():
        at_point[number[point]].append(location)
    position, breaks = row_positions(aisles)
    return SidedPoints(
        grid=Grid(
            pick_codes=np.array([code for code, _, _ in ordered], dtype=np.int64),
            pick_along=np.array([along for _, along, _ in ordered], dtype=np.int64),
            aisle_mm=aisles.aisle_mm,
            row_position=position,
            row_breaks=breaks,
            regular=aisles.regular,
        ),
        sides=np.array([side for _, _, side in ordered], dtype=np.int64),
        number={location: number[point] for location, point in points.items()},
        locations=tuple(map(tuple, at_point)),
    )


def why_not_exact(layout: Layout, aisles: ParallelAisles) -> str | None:
    """Return why prices cannot be counted by parallel aisles; ``None`` where they can.

    Each stretch with locations must be one edge, since prices are counted by edges.
    """
    if aisles.n_rows > MOST_ROWS_ROUND_TRIP:
        return f"{aisles.n_rows} cross-aisles are more than {MOST_ROWS_ROUND_TRIP}"
    floors = {node.id: node.floor for node in layout.nodes}
    for edge in layout.edges:
        if edge.one_way:
            return f'edge "{edge.start}"-"{edge.end}" is one-way'
        if floors[edge.start] != floors[edge.end]:
            return f'edge "{edge.start}"-"{edge.end}" joins two floors'
    lengths = {frozenset((edge.start, edge.end)): edge.length_mm for edge in layout.edges}
    for location in layout.locations:
        spot = aisles.locations[location.id]
        if location.edge is None:
            if spot.along_mm > 0:
                return f'location "{location.id}" lies at a node inside an aisle'
            continue
        if location.offset_mm in (0, lengths[frozenset(location.edge)]):
            continue
        ends = {aisles.crossings.get((spot.column, spot.row + more)) for more in (0, 1)}
        if ends != set(location.edge):
            return f'the edge of location "{location.id}" does not lead from crossing to crossing'
    return None


def _point(location: Location, aisles: ParallelAisles) -> tuple[int, int, int]:
    """Return the code of the stretch, the walk along it, and the side seen from its front."""
    spot = aisles.locations[location.id]
    code = (spot.column * aisles.n_rows + spot.row) * 2 + (spot.along_mm > 0)
    if spot.along_mm == 0 or location.side is None or location.edge is None:
        return code, spot.along_mm, NONE
    forth = location.edge[0] == aisles.crossings[spot.column, spot.row]
    left = (location.side is Side.LEFT) == forth
    return code, spot.along_mm, LEFT if left else RIGHT
