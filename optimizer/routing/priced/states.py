"""Stops of a priced walk on any graph as groups of states, and what each leg between them costs.

After a stop inside an edge the rest of a walk depends on the heading with which the picker arrived
and, where crossings are paid, on the side of the last stop of the visit. Each such state of a stop
becomes a row of a matrix; a tour chooses one state of every stop. Stops with the same access point
and side are one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.distances import access_of, edge_numbers
from optimizer.layout.model import Layout, Side
from optimizer.routing.kernel import kernel
from optimizer.routing.priced.prices import WalkPrices

NO_WALK_MM = 1 << 50
"""Cost of a leg that cannot be walked or is forbidden."""

FORTH, BACK, ANY_HEADING = 1, -1, 0
NO_SIDE, LEFT, RIGHT = 0, 1, 2

EDGE, OFFSET, HEADING, OWN_SIDE, SIDE, FLOOR = 0, 1, 2, 3, 4, 5
"""Fields of a state: edge (-1: at a node), offset, heading, side of the stop, last side, floor."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where stops of one group are reached: at a node (number), or inside an edge."""

    node: int
    edge: int = -1
    offset_mm: int = 0
    side: int = NO_SIDE


@dataclass(frozen=True, slots=True)
class _State:
    edge: int = -1
    offset_mm: int = 0
    heading: int = ANY_HEADING
    own_side: int = NO_SIDE
    side: int = NO_SIDE
    floor: int = 0
    exits: tuple[tuple[int, int], ...] = ()
    """(node, cost of getting there), at most two."""
    entries: tuple[tuple[int, int], ...] = ()
    """(node, cost of getting from there to the stop), at most two."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What a search needs to know of one tour.

    Parameters
    ----------
    n_states
        States per group; groups with fewer have unreachable ones.
    costs
        Shape (n_groups * n_states, n_groups * n_states), int64, millimetres: from a state of one
        group to a state of another, ``NO_WALK_MM`` where none leads; state k of group g is row
        ``g * n_states + k``. The first group is the start, the last the end.
    places
        Shape (n_groups, 3), int64: edge (-1: at a node), offset and side of each group.
    groups
        The locations of each group but start and end, in the order of the layout.
    """

    n_states: int
    costs: NDArray[np.int64]
    places: NDArray[np.int64]
    groups: tuple[tuple[LocationId, ...], ...]


class StopStates:
    """Makes the legs of tours in one layout with one set of prices.

    Parameters
    ----------
    layout
        The layout.
    prices
        What is paid for; levels are no part of it, for they do not depend on the walk.
    """

    def __init__(self, layout: Layout, prices: WalkPrices) -> None:
        self._edges = layout.edges
        self._number: dict[NodeId, int] = {node.id: n for n, node in enumerate(layout.nodes)}
        self._floors = [node.floor for node in layout.nodes]
        self._turning = NO_WALK_MM if prices.of_turning is None else prices.of_turning
        self._crossing = NO_WALK_MM if prices.of_crossing is None else prices.of_crossing
        self._per_floor = NO_WALK_MM if prices.of_floors is None else prices.of_floors
        self._rank = {location.id: n for n, location in enumerate(layout.locations)}
        self._spots: dict[PlaceId, Spot] = dict(self._spots_of(layout))
        self._arcs = self._arcs_between_nodes()

    def spot(self, place: PlaceId) -> Spot:
        """Return where a place is reached; :class:`LayoutError` for an unknown one."""
        try:
            return self._spots[place]
        except KeyError:
            raise LayoutError(f'no location or station "{place}" in this layout') from None

    def legs(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Legs:
        """Return the legs of tours from ``start`` through locations to ``end``."""
        groups = self._groups(locations)
        sides: dict[int, set[int]] = {}
        for spot in groups:
            sides.setdefault(spot.edge, {NO_SIDE}).add(spot.side)
        spots = [self.spot(start), *groups, self.spot(end)]
        states = [list(self._states(spot, sides.get(spot.edge, {NO_SIDE}))) for spot in spots]
        n_states = max(len(own) for own in states)
        for own in states:
            own.extend([_State()] * (n_states - len(own)))
        flat = [state for own in states for state in own]
        places = [(spot.edge, spot.offset_mm, spot.side) for spot in spots]
        return Legs(
            n_states,
            self._costs(flat),
            np.array(places, dtype=np.int64),
            tuple(map(tuple, groups.values())),
        )

    def _spots_of(self, layout: Layout) -> Iterator[tuple[PlaceId, Spot]]:
        numbers = edge_numbers(layout.edges)
        for station in layout.stations:
            yield station.id, Spot(self._number[station.node])
        for location in layout.locations:
            if location.node is not None:
                yield location.id, Spot(self._number[location.node])
                continue
            access = access_of(location, layout.edges, numbers)
            edge = layout.edges[access.edge]
            if access.offset_mm == 0:
                yield location.id, Spot(self._number[edge.start])
            elif access.offset_mm == edge.length_mm:
                yield location.id, Spot(self._number[edge.end])
            else:
                side = NO_SIDE
                if location.side is not None and self._crossing:
                    forth = location.edge == (edge.start, edge.end)
                    side = LEFT if (location.side is Side.LEFT) == forth else RIGHT
                yield location.id, Spot(-1, access.edge, access.offset_mm, side)

    def _arcs_between_nodes(self) -> csr_matrix:
        shortest: dict[tuple[int, int], int] = {}
        for edge in self._edges:
            tail, head = self._number[edge.start], self._number[edge.end]
            cost = edge.length_mm + self._floor_cost(self._floors[tail], self._floors[head])
            for arc in [(tail, head)] if edge.one_way else [(tail, head), (head, tail)]:
                if cost < NO_WALK_MM:
                    shortest[arc] = min(shortest.get(arc, cost), cost)
        n = len(self._floors)
        ends = np.array(list(shortest), dtype=np.int64).reshape(-1, 2)
        costs = np.array(list(shortest.values()), dtype=np.float64)
        return csr_matrix((costs, (ends[:, 0], ends[:, 1])), shape=(n, n))

    def _floor_cost(self, one: int, other: int) -> int:
        return abs(one - other) * self._per_floor

    def _groups(self, locations: Iterable[LocationId]) -> dict[Spot, list[LocationId]]:
        """Return the locations by spot; one without a side joins one with a side beside it."""
        wanted = sorted(set(locations), key=lambda one: self._rank.get(one, -1))
        found: dict[Spot, list[LocationId]] = {}
        for location in wanted:
            found.setdefault(self.spot(location), []).append(location)
        for spot in [one for one in found if one.edge >= 0 and one.side == NO_SIDE]:
            for side in (LEFT, RIGHT):
                beside = Spot(-1, spot.edge, spot.offset_mm, side)
                if beside in found:
                    found[beside] = sorted(
                        found[beside] + found.pop(spot), key=self._rank.__getitem__
                    )
                    break
        return dict(sorted(found.items()))

    def _states(self, spot: Spot, sides: set[int]) -> Iterator[_State]:
        if spot.edge < 0:
            here = ((spot.node, 0),)
            yield _State(floor=self._floors[spot.node], exits=here, entries=here)
            return
        edge = self._edges[spot.edge]
        tail, head = self._number[edge.start], self._number[edge.end]
        nearer = tail if 2 * spot.offset_mm <= edge.length_mm else head
        floor = self._floors[nearer]
        to_tail = spot.offset_mm + self._floor_cost(floor, self._floors[tail])
        to_head = edge.length_mm - spot.offset_mm + self._floor_cost(floor, self._floors[head])
        headings = (FORTH,) if edge.one_way else (FORTH, BACK) if self._turning else (ANY_HEADING,)
        for heading in headings:
            forth, back = heading != BACK, heading != FORTH
            exits = [(head, to_head + (0 if forth else self._turning))]
            entries = [(tail, to_tail)] if forth else []
            if not edge.one_way:
                exits.append((tail, to_tail + (0 if back else self._turning)))
            if back:
                entries.append((head, to_head))
            # A stop without a side leaves the side of the stop before it in force.
            for side in (spot.side,) if spot.side else sorted(sides):
                yield _State(
                    edge=spot.edge,
                    offset_mm=spot.offset_mm,
                    heading=heading,
                    own_side=spot.side,
                    side=side,
                    floor=floor,
                    exits=tuple(exits),
                    entries=tuple(entries) if side == spot.side else (),
                )

    def _costs(self, states: Sequence[_State]) -> NDArray[np.int64]:
        gates = sorted({node for state in states for node, _ in state.exits + state.entries})
        number = {node: n for n, node in enumerate(gates)}
        found = dijkstra(self._arcs, directed=True, indices=gates)[:, gates]
        between = np.where(np.isfinite(found), found, NO_WALK_MM).astype(np.int64)
        fields = np.array(
            [
                (one.edge, one.offset_mm, one.heading, one.own_side, one.side, one.floor)
                for one in states
            ],
            dtype=np.int64,
        )
        exits = _ways([state.exits for state in states], number)
        entries = _ways([state.entries for state in states], number)
        one_way = np.array([edge.one_way for edge in self._edges], dtype=np.bool_)
        prices = np.array([self._turning, self._crossing, self._per_floor], dtype=np.int64)
        return leg_costs(fields, exits, entries, between, one_way, prices)


def _ways(ways: Sequence[tuple[tuple[int, int], ...]], number: dict[int, int]) -> NDArray[np.int64]:
    """Return exits or entries as an array, shape (n_states, 2, 2): gate (-1: none) and cost."""
    found = np.full((len(ways), 2, 2), -1, dtype=np.int64)
    for row, own in enumerate(ways):
        for column, (node, cost) in enumerate(own):
            found[row, column] = number[node], cost
    return found


@kernel
def leg_costs(
    fields: NDArray[np.int64],
    exits: NDArray[np.int64],
    entries: NDArray[np.int64],
    between: NDArray[np.int64],
    one_way: NDArray[np.bool_],
    prices: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the cost of walking from each state to each other.

    Parameters
    ----------
    fields
        Shape (n, 6), int64: see ``EDGE`` ….
    exits, entries
        Shape (n, 2, 2), int64: gate (-1: none) and cost, up to two per state.
    between
        Shape (n_gates, n_gates), int64: cost of walking from gate to gate.
    one_way
        Shape (n_edges,), bool.
    prices
        Shape (3,), int64: of a U-turn, a crossing, a floor; ``NO_WALK_MM`` where forbidden.

    Returns
    -------
    NDArray
        Shape (n, n), int64, at most ``NO_WALK_MM``.
    """
    n = fields.shape[0]
    costs = np.full((n, n), NO_WALK_MM, dtype=np.int64)
    for a in range(n):
        for b in range(n):
            best = NO_WALK_MM
            for leaving in range(2):
                for arriving in range(2):
                    gate, into = exits[a, leaving, 0], entries[b, arriving, 0]
                    if gate >= 0 and into >= 0:
                        cost = exits[a, leaving, 1] + entries[b, arriving, 1] + between[gate, into]
                        best = min(best, cost)
            edge = fields[b, EDGE]
            if edge >= 0 and edge == fields[a, EDGE]:
                step = fields[b, OFFSET] - fields[a, OFFSET]
                heading = fields[a, HEADING]
                cost = abs(step)
                if step != 0 and heading != ANY_HEADING:
                    heading = FORTH if step > 0 else BACK
                    if heading != fields[a, HEADING]:
                        cost += prices[0]
                own, side = fields[b, OWN_SIDE], fields[a, SIDE]
                if own != NO_SIDE:
                    if side not in (NO_SIDE, own):
                        cost += prices[1]
                    side = own
                cost += abs(fields[b, FLOOR] - fields[a, FLOOR]) * prices[2]
                fits = heading == fields[b, HEADING] and side == fields[b, SIDE]
                if fits and not (one_way[edge] and step < 0):
                    best = min(best, cost)
            costs[a, b] = best
    return costs
