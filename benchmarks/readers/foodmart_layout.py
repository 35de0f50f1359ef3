"""Instances of ``foodmart`` as a grid of aisles, the depot as a cross-aisle of its own.

The straight lines from the depot to all front crossings are no stretch of an aisle. But they are
the aisles' first stretches where the depot is drawn out to one more cross-aisle, at which it takes
no step from any aisle to the next: walks and lengths are the same, and shortest tours those of a
grid with one row more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import InstanceError
from benchmarks.readers.foodmart import BoxInstance
from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.aisles import (
    MISSING,
    NotParallel,
    ParallelAisles,
    Spot,
    recognise_aisles,
)
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.routing.exact import ExactRouter

DEPOT = StationId(PlaceId("depot"))

_Int = TypeVar("_Int", np.int64, np.int8)


def location_id(place: int) -> LocationId:
    """Return how a location of the file is called."""
    return LocationId(PlaceId(f"L{place}"))


def exact_router(instance: BoxInstance) -> ExactRouter:
    """Return the router over an instance's aisles, one millimetre per part of its unit.

    Raises
    ------
    InstanceError
        When the graph is not walked both ways, departure and arrival are not one place, the graph
        without that place is no grid of aisles, the place is not joined to crossings of one outer
        cross-aisle only, or shortest walks are not those that the file states.
    """
    spokes = _spokes(instance)
    try:
        found = recognise_aisles(_layout(instance, {}))
        if isinstance(found, NotParallel):
            raise InstanceError(f"{instance.name}: no grid of aisles: {found.reason}")
        layout = _layout(instance, spokes)
        graph = WalkingGraph(layout)
        _check_walks(instance, graph)
        return ExactRouter(layout, graph, aisles=with_depot_row(instance.name, found, spokes))
    except LayoutError as error:
        raise InstanceError(f"{instance.name}: {error}") from error


def with_depot_row(
    name: str, aisles: ParallelAisles, spokes: Mapping[NodeId, int]
) -> ParallelAisles:
    """Return a grid with one row more, which is the depot.

    Parameters
    ----------
    name
        Name of the instance, for messages.
    aisles
        The grid without the depot.
    spokes
        Length of the walk from the depot to each crossing that it is joined to.

    Raises
    ------
    InstanceError
        When these crossings are not all in the first or all in the last row.
    """
    at = {node: place for place, node in aisles.crossings.items() if node in spokes}
    rows = {row for _, row in at.values()}
    if len(at) < len(spokes) or len(rows) != 1 or not rows <= {0, aisles.n_rows - 1}:
        raise InstanceError(f"{name}: the depot is not joined to one outer cross-aisle")
    first = rows == {0}
    step = int(first)
    row = 0 if first else aisles.n_rows
    stretch = np.full((aisles.n_columns, 1), MISSING, dtype=np.int64)
    for node, (column, _) in at.items():
        stretch[column] = spokes[node]
    nowhere = np.zeros((aisles.n_columns - 1, 1), dtype=np.int64)
    depot = NodeId(DEPOT)
    return ParallelAisles(
        aisle_mm=_beside(aisles.aisle_mm, stretch, first),
        cross_mm=_beside(aisles.cross_mm, nowhere, first),
        one_way=_beside(aisles.one_way, np.zeros(stretch.shape, dtype=np.int8), first),
        cross_one_way=_beside(aisles.cross_one_way, nowhere.astype(np.int8), first),
        locations={
            place: replace(spot, row=spot.row + step) for place, spot in aisles.locations.items()
        },
        stations={DEPOT: Spot(0, row)},
        misplaced={},
        crossings={
            **{(column, row + step): node for (column, row), node in aisles.crossings.items()},
            **{(column, row): depot for column in range(aisles.n_columns)},
        },
        passed={(column, row + step): own for (column, row), own in aisles.passed.items()},
    )


def _beside(table: NDArray[_Int], column: NDArray[_Int], first: bool) -> NDArray[_Int]:
    return np.hstack([column, table] if first else [table, column])


def _spokes(instance: BoxInstance) -> dict[NodeId, int]:
    """Return the walks from the depot, by crossing."""
    name, arcs, depots = instance.name, instance.arcs, (instance.start, instance.end)
    if any(arcs.get((end, start)) != length for (start, end), length in arcs.items()):
        raise InstanceError(f"{name}: an arc has no way back of its length")
    departing, arriving = (
        {_name(end): length for (start, end), length in arcs.items() if start == depot}
        for depot in depots
    )
    if departing != arriving or not departing:
        raise InstanceError(f"{name}: departure and arrival are not one place in the graph")
    return departing


def _layout(instance: BoxInstance, spokes: Mapping[NodeId, int]) -> Layout:
    """Return the graph of products and crossings, with the depot where it is joined to any."""
    depots = {instance.start, instance.end}
    nodes = [
        Node(_name(place), *xy) for place, xy in enumerate(instance.places) if place not in depots
    ]
    edges = [
        Edge(_name(start), _name(end), length)
        for (start, end), length in instance.arcs.items()
        if start < end and depots.isdisjoint((start, end))
    ]
    stations = []
    if spokes:
        nodes.append(Node(NodeId(DEPOT), *instance.places[instance.start]))
        edges += [Edge(NodeId(DEPOT), node, length) for node, length in spokes.items()]
        stations.append(Station(DEPOT, NodeId(DEPOT), StationKind.START))
    wanted = sorted({place for order in instance.orders for place in order.locations})
    return Layout(
        name=instance.name,
        nodes=tuple(nodes),
        edges=tuple(edges),
        locations=tuple(Location(location_id(place), node=_name(place)) for place in wanted),
        stations=tuple(stations),
    )


def _check_walks(instance: BoxInstance, graph: WalkingGraph) -> None:
    wanted = sorted({place for order in instance.orders for place in order.locations})
    vertices = [graph.vertex(DEPOT), *(graph.vertex(location_id(place)) for place in wanted)]
    walked = graph.distances_from(vertices)[:, vertices]
    for depot in (instance.start, instance.end):
        rows = [depot, *wanted]
        if (walked != instance.distances[np.ix_(rows, rows)]).any():
            raise InstanceError(f"{instance.name}: shortest walks are not those that it states")


def _name(place: int) -> NodeId:
    return NodeId(f"N{place}")
