"""Tours that choose where to take what lies in several locations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ProblemError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import MISSING, NotParallel, ParallelAisles, Spot, recognise_aisles
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Layout
from optimizer.layout.terminals import Terminals
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import NO_WALK_MM, GraphTourRouter
from optimizer.routing.router import Tour
from optimizer.routing.scattered.anywhere import Candidates, choose, lower_bound
from optimizer.routing.scattered.choice import Choice, Ended, ScatteredTour, Take, allot
from optimizer.routing.scattered.solve import select_points
from optimizer.routing.scattered.stages import Building, Supplies
from optimizer.stopping import Stop, never

MOST_ROWS_ROUND_TRIP = 5
"""With more cross-aisles a round trip has too many states for labels (6: 3,032)."""

MOST_ROWS_OPEN = 4
"""The same for a tour whose end is not its start."""


class ScatteredRouter:
    """Chooses locations and tour together, where an item lies in several locations.

    In a layout of parallel aisles with stations at cross-aisles the search is exact and says
    whether it came to a proof; elsewhere (more cross-aisles, one-way edges, any graph) a heuristic
    with a lower bound, proven where both meet.

    Parameters
    ----------
    layout
        The layout.
    graph
        Its walking graph where the caller has one already.
    most_labels
        Work limit of the exact search, see
        :func:`~optimizer.routing.scattered.solve.select_points`.

    References
    ----------
    Weidinger, F. (2018): Picker routing in rectangular mixed shelves warehouses. Computers &
    Operations Research 95, 139-150. DOI 10.1016/j.cor.2018.03.012. (The problem.)
    """

    def __init__(
        self, layout: Layout, graph: WalkingGraph | None = None, *, most_labels: int = 4_096
    ) -> None:
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._most_labels = most_labels
        structure = recognise_aisles(layout)
        self._aisles: ParallelAisles | None = None
        self._exact: ExactRouter | None = None
        if not isinstance(structure, NotParallel) and structure.n_rows <= MOST_ROWS_ROUND_TRIP:
            self._aisles = structure
            self._building = read_building(structure)
            self._exact = ExactRouter(layout, self._graph, aisles=structure)
        self._anywhere = GraphTourRouter(layout, self._graph)
        self._terminals: Terminals | None = None

    def route(
        self,
        choices: tuple[Choice, ...],
        *,
        start: StationId,
        end: StationId,
        stop: Stop = never,
    ) -> ScatteredTour:
        """Return chosen locations and the tour through them.

        Parameters
        ----------
        choices
            The items, each once.
        start, end
            Stations of the tour.
        stop
            Asked between steps of the search; without it the search is deterministic.

        Raises
        ------
        ProblemError
            When an item is named twice, or its locations within reach hold too little.
        LayoutError
            When a place is unknown.
        UnreachableError
            When no walk leads from start to end, or over one-way edges through the locations that
            the heuristic has chosen.
        """
        choices = self._within_reach(choices, start, end)
        if not choices:
            length = self._graph.length_mm(start, end)
            tour = Tour((), length, "exact", True, length)
            return ScatteredTour((), tour, length, Ended.PROVEN)
        spots = self._ends(start, end)
        if spots is None or self._exact is None or self._aisles is None:
            return self._route_anywhere(choices, start, end, stop)
        places = sorted({supply.location for one in choices for supply in one.supplies})
        codes, along, number = self._points(self._aisles, places)
        supplies = _lay_supplies(choices, number, len(codes))
        stations = np.array([(s.column, s.row, s.across_mm) for s in spots], dtype=np.int64)
        selection = select_points(
            self._building,
            codes,
            along,
            supplies,
            stations=stations,
            stop=stop,
            most_labels=self._most_labels,
        )
        visited = frozenset(place for place in places if selection.used[number[place]])
        takes = allot(choices, visited)
        tour = self._exact.route({take.location for take in takes}, start=start, end=end)
        bound = min(selection.bound + sum(spot.stub_mm for spot in spots), tour.length_mm)
        ended = Ended.PROVEN if bound == tour.length_mm else selection.ended
        return _in_walking_order(takes, tour, bound, ended)

    def _within_reach(
        self, choices: tuple[Choice, ...], start: StationId, end: StationId
    ) -> tuple[Choice, ...]:
        """Return the choices without locations to which no walk leads."""
        seen: set[str] = set()
        for choice in choices:
            if choice.sku in seen:
                raise ProblemError(f'item "{choice.sku}" is named twice')
            seen.add(choice.sku)
            for supply in choice.supplies:
                self._graph.vertex(supply.location)
        reachable = self._graph.reachable(start=start, end=end)
        kept: list[Choice] = []
        for choice in choices:
            supplies = tuple(s for s in choice.supplies if s.location in reachable)
            held = sum(supply.pieces for supply in supplies)
            if held < choice.needed:
                raise ProblemError(
                    f'item "{choice.sku}": {choice.needed} pieces are needed, its locations '
                    f"within reach hold {held}"
                )
            kept.append(replace(choice, supplies=supplies))
        return tuple(kept)

    def _ends(self, start: StationId, end: StationId) -> tuple[Spot, Spot] | None:
        """Return the spots of the stations where the exact search can take them."""
        if self._aisles is None:
            return None
        first, last = self._aisles.stations.get(start), self._aisles.stations.get(end)
        if first is None or last is None:
            return None
        same = (first.column, first.row, first.across_mm) == (last.column, last.row, last.across_mm)
        if not same and self._aisles.n_rows > MOST_ROWS_OPEN:
            return None
        return first, last

    def _points(
        self, aisles: ParallelAisles, places: list[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[LocationId, int]]:
        """Return codes and walks along the aisle of the distinct points; the point of a place."""
        at = {}
        for place in places:
            spot = aisles.locations[place]
            code = (spot.column * aisles.n_rows + spot.row) * 2 + (spot.along_mm > 0)
            at[place] = (code, spot.along_mm)
        points = sorted(set(at.values()))
        number = {point: n for n, point in enumerate(points)}
        array = np.array(points, dtype=np.int64).reshape(-1, 2)
        return (
            np.ascontiguousarray(array[:, 0]),
            np.ascontiguousarray(array[:, 1]),
            {place: number[at[place]] for place in places},
        )

    def _route_anywhere(
        self, choices: tuple[Choice, ...], start: StationId, end: StationId, stop: Stop
    ) -> ScatteredTour:
        if self._terminals is None:
            self._terminals = Terminals(self._graph)
        point = self._terminals.point
        places = sorted({supply.location for one in choices for supply in one.supplies})
        points = list(dict.fromkeys(point(place) for place in places))
        row = {terminal: n for n, terminal in enumerate(points)}
        lengths = self._terminals.matrix([point(start), *points, point(end)])
        lengths[lengths == UNREACHABLE] = NO_WALK_MM
        held = np.zeros((len(points), len(choices)), dtype=np.int64)
        for item, choice in enumerate(choices):
            for supply in choice.supplies:
                held[row[point(supply.location)], item] += supply.pieces
        needed = np.array([choice.needed for choice in choices], dtype=np.int64)
        instance = Candidates(lengths, held, needed)
        bound = lower_bound(instance)
        best: tuple[tuple[Take, ...], Tour] | None = None
        path: list[int] = []
        while best is None or (best[1].length_mm > bound and not stop()):
            path = choose(instance, stop, path)
            chosen = frozenset(place for place in places if row[point(place)] in path)
            takes = allot(choices, chosen)
            tour = self._anywhere.route({t.location for t in takes}, start=start, end=end)
            if best is not None and tour.length_mm >= best[1].length_mm:
                break
            best = takes, tour
            path = list(dict.fromkeys(row[point(place)] for place in tour.stops))
        takes, tour = best
        bound = min(bound, tour.length_mm)
        proven = bound == tour.length_mm
        tour = replace(tour, bound_mm=bound if proven else tour.bound_mm)
        limit = Ended.STOPPED if stop() else Ended.LIMIT
        return _in_walking_order(takes, tour, bound, Ended.PROVEN if proven else limit)


def read_building(aisles: ParallelAisles) -> Building:
    """Return a recognised structure as compiled functions take it."""
    position = np.zeros((aisles.n_columns, aisles.n_rows), dtype=np.int64)
    breaks = np.zeros_like(position)
    missing = aisles.cross_mm == MISSING
    np.cumsum(np.where(missing, 0, aisles.cross_mm), axis=0, out=position[1:])
    np.cumsum(missing, axis=0, out=breaks[1:])
    return Building(aisles.aisle_mm, position, breaks, aisles.regular)


def _lay_supplies(
    choices: tuple[Choice, ...], number: dict[LocationId, int], n_points: int
) -> Supplies:
    """Return what lies at which point; pieces of one item at one point are one supply."""
    held: dict[tuple[int, int], int] = {}
    for item, choice in enumerate(choices):
        for supply in choice.supplies:
            key = (number[supply.location], item)
            held[key] = held.get(key, 0) + supply.pieces
    keys = sorted(held)
    points = np.array([point for point, _ in keys], dtype=np.int64)
    return Supplies(
        np.searchsorted(points, np.arange(n_points + 1)).astype(np.int64),
        np.array([item for _, item in keys], dtype=np.int64),
        np.array([held[key] for key in keys], dtype=np.int64),
        np.array([choice.needed for choice in choices], dtype=np.int64),
    )


def _in_walking_order(
    takes: tuple[Take, ...], tour: Tour, bound_mm: int, ended: Ended
) -> ScatteredTour:
    order = {stop: n for n, stop in enumerate(tour.stops)}
    ordered = tuple(sorted(takes, key=lambda take: order[take.location]))
    return ScatteredTour(ordered, tour, bound_mm, ended)
