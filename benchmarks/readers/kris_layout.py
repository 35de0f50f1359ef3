"""Instances of ``ibsrp`` as layouts of aisles, where their graph is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.readers.kris import Arc, DueInstance
from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.routing.exact import ExactRouter

START = StationId(PlaceId("start"))
END = StationId(PlaceId("end"))


def location_id(place: int) -> LocationId:
    """Return how a location of the file is called."""
    return LocationId(PlaceId(f"L{place}"))


def exact_router(instance: DueInstance) -> ExactRouter | None:
    """Return the router over the instance's aisles, one millimetre per unit of length.

    ``None`` where its graph is no grid of two-way aisles, or where the shortest walks between the
    depots and the locations of orders are not those that the file states.
    """
    layout = aisle_layout(instance)
    if layout is None:
        return None
    try:
        graph = WalkingGraph(layout)
        router = ExactRouter(layout, graph)
        return router if _agrees(instance, graph) else None
    except LayoutError:
        return None


def aisle_layout(instance: DueInstance) -> Layout | None:
    """Return the graph with the crossings as nodes and the locations of orders on edges.

    The file joins neighbours in an aisle by arcs, crossing to crossing over the products between
    them; a chain of arcs becomes one edge. Its coordinates are used for crossings only: products
    lie beside the line of their aisle.

    ``None`` where an arc has no way back, or a product lies on no chain between two crossings.
    """
    graph = _two_way(instance)
    if graph is None:
        return None
    neighbours, depots = graph
    wanted = {place for order in instance.orders for place in order.locations}
    depot_places = {instance.start, instance.end}
    crossings = [p for p in neighbours if p not in wanted and p not in depot_places]
    chains = list(_chains(neighbours, crossings))
    reached = {place for chain in chains for place in chain.inner}
    if not wanted <= reached or any(chain.length == 0 for chain in chains):
        return None
    nodes = [_node(instance, place) for place in crossings]
    edges = [Edge(_name(chain.start), _name(chain.end), chain.length) for chain in chains]
    stations = []
    for station, place, arc in zip(
        (START, END), (instance.start, instance.end), depots, strict=True
    ):
        gate = arc.end if place == arc.start else arc.start
        if gate not in crossings:
            return None
        node = _name(gate)
        if arc.length:
            node = NodeId(station)
            x, y = instance.places[place]
            nodes.append(Node(node, round(x), round(y)))
            edges.append(Edge(node, _name(gate), arc.length))
        stations.append(Station(station, node, StationKind.START))
    return Layout(
        name=instance.name,
        nodes=tuple(nodes),
        edges=tuple(edges),
        locations=tuple(
            Location(location_id(place), edge=(_name(chain.start), _name(chain.end)), offset_mm=at)
            for chain in chains
            for place, at in zip(chain.inner, chain.offsets, strict=True)
            if place in wanted
        ),
        stations=tuple(stations),
    )


@dataclass(frozen=True, slots=True)
class _Chain:
    """The walk between two crossings with the places passed and how far each is."""

    start: int
    end: int
    length: int
    inner: tuple[int, ...]
    offsets: tuple[int, ...]


def _two_way(instance: DueInstance) -> tuple[dict[int, dict[int, int]], tuple[Arc, Arc]] | None:
    """Return the lengths to the neighbours of each place, and the only arcs of the depots."""
    depots: list[Arc] = []
    inner: dict[tuple[int, int], int] = {}
    for arc in instance.arcs:
        if arc.start == instance.start or arc.end == instance.end:
            depots.append(arc)
        else:
            inner[arc.start, arc.end] = arc.length
    if len(depots) != 2 or depots[0].start != instance.start:
        depots.reverse()
    if len(depots) != 2 or depots[0].start != instance.start or depots[1].end != instance.end:
        return None
    if any(inner.get((end, start)) != length for (start, end), length in inner.items()):
        return None
    neighbours: dict[int, dict[int, int]] = {}
    for (start, end), length in inner.items():
        neighbours.setdefault(start, {})[end] = length
    return neighbours, (depots[0], depots[1])


def _chains(neighbours: dict[int, dict[int, int]], crossings: Sequence[int]) -> Iterator[_Chain]:
    """Yield the chains between crossings, each once; those over places that fork are left out."""
    ends = set(crossings)
    for start in crossings:
        for first in neighbours[start]:
            before, place, length = start, first, neighbours[start][first]
            inner, offsets = [], []
            while place not in ends and len(neighbours[place]) == 2:
                inner.append(place)
                offsets.append(length)
                onward = next(other for other in neighbours[place] if other != before)
                before, place, length = place, onward, length + neighbours[place][onward]
            if place in ends and start < place:
                yield _Chain(start, place, length, tuple(inner), tuple(offsets))


def _agrees(instance: DueInstance, graph: WalkingGraph) -> bool:
    wanted = sorted({place for order in instance.orders for place in order.locations})
    ids = [location_id(place) for place in wanted]
    walked = np.array([[graph.length_mm(a, b) for b in ids] for a in ids])
    there = np.array([graph.length_mm(START, b) for b in ids])
    back = np.array([graph.length_mm(a, END) for a in ids])
    stated = instance.distances
    return bool(
        (walked == stated[np.ix_(wanted, wanted)]).all()
        and (there == stated[instance.start, wanted]).all()
        and (back == stated[wanted, instance.end]).all()
    )


def _name(place: int) -> NodeId:
    return NodeId(f"N{place}")


def _node(instance: DueInstance, place: int) -> Node:
    x, y = instance.places[place]
    return Node(_name(place), round(x), round(y))
