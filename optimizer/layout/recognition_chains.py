"""First step of the recognition: a layout as chains of edges between the nodes that matter.

Dead ends without locations are cut off (stations at their end are remembered), then edges that
follow each other through nodes of degree two are strung together.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.ids import LocationId, NodeId
from optimizer.layout.distances import Access, access_of, edge_numbers
from optimizer.layout.model import Edge, Layout


class Obstacle(Exception):
    """Carries the reason why a layout has no parallel aisles out of the depth of recognition."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Edges in a row: ``edges[i]`` joins ``nodes[i]`` and ``nodes[i + 1]``."""

    nodes: tuple[int, ...]
    edges: tuple[int, ...]

    @property
    def closed(self) -> bool:
        """Whether the chain ends where it begins."""
        return self.nodes[0] == self.nodes[-1]


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """Where a node that was cut off hangs: the node that stayed, and the walk to it.

    ``one_way`` is the number of a one-way edge on that walk, -1 where there is none.
    """

    root: int
    length_mm: int
    one_way: int = -1


class Core:
    """A layout without its dead ends, in numbers of nodes and edges.

    Raises
    ------
    Obstacle
        When a location cannot be on an aisle, or edges lead to other floors.
    LayoutError
        When a reference of the layout is broken.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        numbers = edge_numbers(layout.edges)
        self.access: dict[LocationId, Access] = {
            location.id: access_of(location, layout.edges, numbers)
            for location in layout.locations
            if location.edge is not None
        }
        self.node_of: dict[NodeId, int] = {node.id: n for n, node in enumerate(layout.nodes)}
        self.ends = [(self.node_of[edge.start], self.node_of[edge.end]) for edge in layout.edges]
        self.held_nodes = {
            self.node_of[location.node]
            for location in layout.locations
            if location.node is not None
        }
        self.held_edges = {access.edge for access in self.access.values()}
        self.at: list[list[int]] = [[] for _ in layout.nodes]
        for number, (a, b) in enumerate(self.ends):
            if a == b:
                raise Obstacle(f"{self.name(number)} leads back to its own node")
            self.at[a].append(number)
            self.at[b].append(number)
        self._refuse_lonely_locations()
        self.gate: dict[int, tuple[int, int]] = {}
        self.gone: set[int] = set()
        self._prune()
        self._refuse_floors()

    def edge(self, number: int) -> Edge:
        """Return an edge of the layout."""
        return self.layout.edges[number]

    def name(self, number: int) -> str:
        """Return an edge's name for messages."""
        edge = self.layout.edges[number]
        return f'edge "{edge.start}"-"{edge.end}"'

    def other(self, edge: int, node: int) -> int:
        """Return the end of an edge that is not ``node``."""
        a, b = self.ends[edge]
        return b if a == node else a

    def root(self, node: int) -> DeadEnd | None:
        """Return where a node hangs; ``None`` when no walk leads from it to a location."""
        walked, one_way = 0, -1
        while node in self.gate:
            node, number = self.gate[node]
            edge = self.layout.edges[number]
            walked += edge.length_mm
            if edge.one_way:
                one_way = number
        return None if node in self.gone else DeadEnd(node, walked, one_way)

    def chains(self) -> list[Chain]:
        """Return the chains between nodes of a degree other than two, and the rings without any."""
        chains: list[Chain] = []
        seen: set[int] = set()
        forks = [node for node, edges in enumerate(self.at) if len(edges) not in (0, 2)]
        through = [node for node, edges in enumerate(self.at) if len(edges) == 2]
        for node in (*forks, *through):
            for edge in self.at[node]:
                if edge not in seen:
                    chain = self._string(node, edge)
                    seen.update(chain.edges)
                    chains.append(chain)
        return chains

    def _string(self, start: int, edge: int) -> Chain:
        nodes, edges = [start, self.other(edge, start)], [edge]
        while nodes[-1] != start and len(self.at[nodes[-1]]) == 2:
            a, b = self.at[nodes[-1]]
            edges.append(b if a == edges[-1] else a)
            nodes.append(self.other(edges[-1], nodes[-1]))
        return Chain(tuple(nodes), tuple(edges))

    def _refuse_lonely_locations(self) -> None:
        for location in self.layout.locations:
            if location.node is not None and not self.at[self.node_of[location.node]]:
                raise Obstacle(f'location "{location.id}" lies on a node without edges')

    def _prune(self) -> None:
        """Cut off, again and again, nodes with one edge that lead to no location."""
        waiting = [node for node, edges in enumerate(self.at) if len(edges) <= 1]
        while waiting:
            node = waiting.pop()
            if node in self.gone or node in self.held_nodes:
                continue
            if any(edge in self.held_edges for edge in self.at[node]):
                continue
            self.gone.add(node)
            for edge in self.at[node]:
                other = self.other(edge, node)
                self.gate[node] = (other, edge)
                self.at[other].remove(edge)
                if len(self.at[other]) <= 1:
                    waiting.append(other)
            self.at[node] = []

    def _refuse_floors(self) -> None:
        nodes = self.layout.nodes
        floors = set()
        for node, edges in enumerate(self.at):
            for edge in edges:
                floors.add(nodes[node].floor)
                if nodes[self.other(edge, node)].floor != nodes[node].floor:
                    raise Obstacle(f"{self.name(edge)} joins two floors")
        if len(floors) > 1:
            raise Obstacle("the aisles lie on several floors")
