"""Before the Routing library is asked: what is impossible, a lower bound, and first trips.

All of this is our own routing on the walking matrix in which two stops that can never be on one
trip are joined by way of the end and the start station.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import UnreachableError
from optimizer.ids import StationId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.terminals import Terminals
from optimizer.routing.graph_tour import NO_WALK_MM
from optimizer.routing.held_karp import MOST_STOPS, held_karp
from optimizer.routing.local_search import iterated_local_search
from optimizer.routing.lower_bound import path_lower_bound
from optimizer.routing.with_constraints.rules import ConstrainedStop, TripRules

_KICKS = 500
_BOUND_ITERATIONS = 300


@dataclass(frozen=True, slots=True)
class Case:
    """Stops with their walks.

    ``lengths``, shape (n + 2, n + 2), int64, millimetres: row 0 is the start, row i stop i - 1,
    row n + 1 the end. ``joined``: the same where two stops can follow each other on one trip, else
    by way of end and start. ``together``, shape as the matrix, bool: they can. ``back_mm``: from
    the end to the start. ``NO_WALK_MM`` where there is no walk.
    """

    stops: tuple[ConstrainedStop, ...]
    rules: TripRules
    lengths: NDArray[np.int64]
    joined: NDArray[np.int64]
    together: NDArray[np.bool_]
    back_mm: int

    @property
    def most_trips(self) -> int:
        """Most trips that can be of use."""
        allowed = self.rules.most_trips
        n = len(self.stops)
        if self.back_mm >= NO_WALK_MM or not self._splits:
            return 1
        return n if allowed is None else min(allowed, n)

    @property
    def _splits(self) -> bool:
        rules = self.rules
        return (
            rules.most_weight_g is not None
            or rules.most_length_mm is not None
            or not bool(self.together[1:-1, 1:-1].all())
        )


def make_case(
    graph: WalkingGraph,
    stops: Sequence[ConstrainedStop],
    rules: TripRules,
    *,
    start: StationId,
    end: StationId,
) -> Case:
    """Measure the walks.

    Raises
    ------
    LayoutError
        When a place is unknown.
    UnreachableError
        When no walk leads from the start to a stop, or from a stop to the end.
    """
    terminals = Terminals(graph)
    places = [terminals.point(start), *(terminals.point(stop.location) for stop in stops)]
    places.append(terminals.point(end))
    lengths = terminals.matrix(places)
    for row, stop in enumerate(stops, 1):
        if lengths[0, row] == UNREACHABLE:
            raise UnreachableError(start, stop.location)
        if lengths[row, -1] == UNREACHABLE:
            raise UnreachableError(stop.location, end)
    back = int(terminals.length_mm(places[-1], places[0]))
    back = NO_WALK_MM if back == UNREACHABLE else back
    lengths[lengths == UNREACHABLE] = NO_WALK_MM
    together = _together(stops, rules, lengths)
    joined = lengths.copy()
    if back < NO_WALK_MM and rules.most_trips != 1:
        by_way_of_end = lengths[:, -1:] + back + lengths[:1, :]
        joined = np.where(together, lengths, by_way_of_end)
    else:
        joined[~together] = NO_WALK_MM
    return Case(tuple(stops), rules, lengths, np.ascontiguousarray(joined), together, back)


def _together(
    stops: Sequence[ConstrainedStop], rules: TripRules, lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return whether a row may directly follow another one on a trip."""
    together = lengths < NO_WALK_MM
    handling = np.array([stop.handling for stop in stops], dtype=np.int64)
    inner = together[1:-1, 1:-1]
    inner &= handling[:, None] <= handling[None, :]
    if rules.most_weight_g is not None:
        weight = np.array([stop.weight_g for stop in stops], dtype=np.int64)
        inner &= weight[:, None] + weight[None, :] <= rules.most_weight_g
    if rules.most_length_mm is not None:
        pair = lengths[:1, 1:-1].T + lengths[1:-1, 1:-1] + lengths[1:-1, -1:].T
        inner &= pair <= rules.most_length_mm
    for first, second in rules.precedences:
        names = [stop.location for stop in stops]
        inner[names.index(second), names.index(first)] = False
    return together


def impossible(case: Case) -> tuple[str, ...]:
    """Return why nothing is feasible, as far as single stops, pairs and sums tell."""
    rules, lengths = case.rules, case.lengths
    reasons: list[str] = []
    for row, stop in enumerate(case.stops, 1):
        if rules.most_weight_g is not None and stop.weight_g > rules.most_weight_g:
            reasons.append(
                f'stop "{stop.location}" weighs {stop.weight_g} g, a trip carries at most '
                f"{rules.most_weight_g} g"
            )
        shortest = int(lengths[0, row] + lengths[row, -1])
        if rules.most_length_mm is not None and shortest > rules.most_length_mm:
            reasons.append(
                f'the trip to stop "{stop.location}" alone is {shortest} mm long, a trip walks at '
                f"most {rules.most_length_mm} mm"
            )
    total = sum(stop.weight_g for stop in case.stops)
    if rules.most_weight_g and not reasons:
        needed = -(-total // rules.most_weight_g)
        if needed > case.most_trips:
            reasons.append(
                f"{total} g need {needed} trips of {rules.most_weight_g} g, "
                f"{case.most_trips} can be walked"
            )
    order = by_precedence(case, range(len(case.stops)))
    if order is None:
        return (*reasons, _circle(case))
    reasons.extend(_late(case, order))
    return tuple(reasons)


def _late(case: Case, order: Sequence[int]) -> Iterator[str]:
    """Yield the stops whose window closes before anybody can be there."""
    rules = case.rules
    names = {stop.location: number for number, stop in enumerate(case.stops)}
    arrival = [rules.walk_ms(int(case.lengths[0, row])) for row in range(1, len(case.stops) + 1)]
    before: dict[int, list[int]] = {}
    for first, second in rules.precedences:
        before.setdefault(names[second], []).append(names[first])
    for number in order:
        stop = case.stops[number]
        for earlier in before.get(number, ()):
            # Every walk from one to the other is at least the shortest one.
            walk = int(case.joined[earlier + 1, number + 1])
            walk = min(walk, int(case.lengths[earlier + 1, number + 1]))
            ready = arrival[earlier] + case.stops[earlier].service_ms
            arrival[number] = max(arrival[number], ready + rules.walk_ms(walk))
        arrival[number] = max(arrival[number], stop.earliest_ms)
        if stop.latest_ms is not None and arrival[number] > stop.latest_ms:
            yield (
                f'stop "{stop.location}" cannot be reached before {arrival[number]} ms, its window '
                f"closes at {stop.latest_ms} ms"
            )


def _circle(case: Case) -> str:
    """Return a sentence naming stops that are each to come before the next."""
    after: dict[str, list[str]] = {}
    for first, second in case.rules.precedences:
        after.setdefault(first, []).append(second)
    # Drop what leads nowhere, until only circles and ways into them are left.
    while True:
        dead = [place for place in after if not any(other in after for other in after[place])]
        if not dead:
            break
        for place in dead:
            del after[place]
    walk = [min(after)]
    while walk[-1] not in walk[:-1]:
        walk.append(next(other for other in after[walk[-1]] if other in after))
    walk = walk[walk.index(walk[-1]) :]
    return "precedences run in a circle: " + " before ".join(f'"{place}"' for place in walk)


def lower_bound(case: Case, upper: int | None) -> int:
    """Return a length that no trips can be below; ``NO_WALK_MM`` or more: there are none.

    Trips with the walks back between them are one walk from the start over all stops to the end.
    ``upper`` is the length of known trips.
    """
    if len(case.stops) <= MOST_STOPS:
        return int(held_karp(case.joined)[0])
    if upper is None:
        upper = iterated_local_search(case.joined, 0, 1)[0]
    return int(path_lower_bound(case.joined, upper, _BOUND_ITERATIONS))


def first_trips(case: Case) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield trips (numbers of stops) worth judging; windows are kept only by luck."""
    if len(case.stops) <= MOST_STOPS:
        _, rows = held_karp(case.joined)
    else:
        _, rows = iterated_local_search(case.joined, _KICKS, 1)
    short = [row - 1 for row in rows.tolist()]
    place = {number: position for position, number in enumerate(short)}

    def urgency(number: int) -> tuple[bool, int, int]:
        latest = case.stops[number].latest_ms
        return (latest is None, latest or 0, place[number])

    def stacked(number: int) -> tuple[int, int]:
        return (int(case.stops[number].handling), place[number])

    for wish in (short, sorted(short, key=stacked), sorted(short, key=urgency)):
        order = by_precedence(case, wish)
        if order is None:
            continue
        for fewest in (False, True):
            trips = split(case, order, fewest=fewest)
            if trips is not None:
                yield trips


def by_precedence(case: Case, wish: Sequence[int]) -> list[int] | None:
    """Return the wished order with every stop after those that precede it; None: a circle."""
    names = {stop.location: number for number, stop in enumerate(case.stops)}
    waits_for: dict[int, set[int]] = {number: set() for number in wish}
    for first, second in case.rules.precedences:
        waits_for[names[second]].add(names[first])
    order: list[int] = []
    waiting = list(wish)
    while waiting:
        free = next((number for number in waiting if not waits_for[number]), None)
        if free is None:
            return None
        waiting.remove(free)
        order.append(free)
        for others in waits_for.values():
            others.discard(free)
    return order


def split(case: Case, order: Sequence[int], *, fewest: bool) -> tuple[tuple[int, ...], ...] | None:
    """Cut an order into the shortest trips (or the fewest) that keep weight, length and handling.

    None where the order cannot be cut so. Exact for the order, O(n**2).

    References
    ----------
    Prins, C. (2004): A simple and effective evolutionary algorithm for the vehicle routing problem.
    Computers & Operations Research 31(12), 1985-2002. DOI 10.1016/S0305-0548(03)00158-8.
    """
    rules, lengths = case.rules, case.lengths
    n = len(order)
    best: list[tuple[int, int] | None] = [(0, 0), *([None] * n)]
    cut = [0] * (n + 1)
    for first in range(n):
        known = best[first]
        if known is None or (first and case.back_mm >= NO_WALK_MM):
            continue
        weight, walked, row = 0, int(lengths[0, order[first] + 1]), order[first] + 1
        for last in range(first, n):
            if last > first:
                following = order[last] + 1
                if not case.together[row, following]:
                    break
                walked += int(lengths[row, following])
                row = following
            weight += case.stops[order[last]].weight_g
            length = walked + int(lengths[row, -1])
            if rules.most_weight_g is not None and weight > rules.most_weight_g:
                break
            if rules.most_length_mm is not None and length > rules.most_length_mm:
                break
            length += known[1] + (case.back_mm if first else 0)
            value = (known[0] + 1 if fewest else 0, length)
            there = best[last + 1]
            if there is None or value < there:
                best[last + 1], cut[last + 1] = value, first
    if best[n] is None:
        return None
    trips: list[tuple[int, ...]] = []
    past = n
    while past:
        trips.append(tuple(order[cut[past] : past]))
        past = cut[past]
    return tuple(reversed(trips))
