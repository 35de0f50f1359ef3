"""Judges trips with side constraints by walking them: no solver, no distance matrix."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.with_constraints.rules import ConstrainedStop, TripRules


@dataclass(frozen=True, slots=True)
class Judgement:
    """The walked lengths, recomputed, and a sentence for every broken rule."""

    trip_lengths_mm: tuple[int, ...]
    length_mm: int
    broken: tuple[str, ...]


def judge_trips(
    graph: WalkingGraph,
    trips: Sequence[Sequence[LocationId]],
    *,
    stops: Sequence[ConstrainedStop],
    rules: TripRules,
    start: StationId,
    end: StationId,
) -> Judgement:
    """Walk the trips one after another, each as early as possible, and report what they break.

    Raises
    ------
    LayoutError
        When a place is unknown.
    UnreachableError
        When a leg cannot be walked.
    """
    known = {stop.location: stop for stop in stops}
    broken = list(_coverage(trips, known))
    trips = [[place for place in trip if place in known] for trip in trips]
    broken.extend(_limits(trips, known, rules))
    broken.extend(_order(trips, known, rules))
    lengths: list[int] = []
    now = total = 0
    for number, trip in enumerate(trips):
        if number:
            back = graph.length_mm(end, start)
            total += back
            now += rules.turnaround_ms + rules.walk_ms(back)
        length = 0
        places: list[PlaceId] = [start, *trip, end]
        for here, there in itertools.pairwise(places):
            leg = graph.length_mm(here, there)
            length += leg
            now += rules.walk_ms(leg)
            stop = known.get(LocationId(there))
            if stop is None:
                continue
            now = max(now, stop.earliest_ms)
            if stop.latest_ms is not None and now > stop.latest_ms:
                broken.append(
                    f'stop "{there}" is reached at {now} ms, later than {stop.latest_ms} ms'
                )
            now += stop.service_ms
        lengths.append(length)
        total += length
        if rules.most_length_mm is not None and length > rules.most_length_mm:
            broken.append(f"trip {number + 1} walks {length} mm of {rules.most_length_mm} mm")
    return Judgement(tuple(lengths), total, tuple(broken))


def _coverage(
    trips: Sequence[Sequence[LocationId]], known: dict[LocationId, ConstrainedStop]
) -> list[str]:
    visits = Counter(place for trip in trips for place in trip)
    broken = [f'stop "{place}" is left out' for place in known if not visits[place]]
    broken += [f'stop "{place}" was not asked for' for place in visits if place not in known]
    broken += [f'stop "{place}" is visited {n} times' for place, n in visits.items() if n > 1]
    broken += [f"trip {n} is empty" for n, trip in enumerate(trips, 1) if not trip]
    return broken


def _limits(
    trips: Sequence[Sequence[LocationId]],
    known: dict[LocationId, ConstrainedStop],
    rules: TripRules,
) -> list[str]:
    broken = []
    if rules.most_trips is not None and len(trips) > rules.most_trips:
        broken.append(f"{len(trips)} trips of {rules.most_trips}")
    for number, trip in enumerate(trips, 1):
        weight = sum(known[place].weight_g for place in trip)
        if rules.most_weight_g is not None and weight > rules.most_weight_g:
            broken.append(f"trip {number} carries {weight} g of {rules.most_weight_g} g")
    return broken


def _order(
    trips: Sequence[Sequence[LocationId]],
    known: dict[LocationId, ConstrainedStop],
    rules: TripRules,
) -> list[str]:
    broken = []
    for trip in trips:
        for here, there in itertools.pairwise(trip):
            first, second = known[here].handling, known[there].handling
            if first > second:
                broken.append(
                    f'{second.name.lower()} stop "{there}" follows {first.name.lower()} "{here}"'
                )
    place_of = {place: n for n, place in enumerate(itertools.chain.from_iterable(trips))}
    for first_place, second_place in rules.precedences:
        if (
            first_place in place_of
            and second_place in place_of
            and place_of[first_place] > place_of[second_place]
        ):
            broken.append(f'stop "{second_place}" comes before "{first_place}"')
    return broken
