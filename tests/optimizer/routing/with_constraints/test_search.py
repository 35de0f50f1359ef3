"""Stops on a line: location ``p7`` lies 7 m from the start; walking 1 m takes 1 s."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, ProblemError, UnreachableError
from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.plan import TerminationReason
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.with_constraints.judge import judge_trips
from optimizer.routing.with_constraints.rules import (
    ConstrainedStop,
    ConstrainedTour,
    Handling,
    SearchLimit,
    TripRules,
    TripsStatus,
)
from optimizer.routing.with_constraints.search import route_with_constraints
from tests.optimizer.layout.samples import PACK, START, location, square

LIMIT = SearchLimit(solutions=200)
LINE_M = 20


def line(*, pack_m: int = 0) -> WalkingGraph:
    """Return a line of 20 m with a location at every metre, the start at 0, and a pack station."""
    nodes = tuple(Node(NodeId(str(m)), m * 1_000, 0) for m in range(LINE_M + 1))
    edges = tuple(Edge(a.id, b.id, 1_000) for a, b in itertools.pairwise(nodes))
    held = tuple(Location(location(f"p{m}"), node=NodeId(str(m))) for m in range(LINE_M + 1))
    stations = (
        Station(START, NodeId("0"), StationKind.START),
        Station(PACK, NodeId(str(pack_m)), StationKind.PACK),
    )
    return WalkingGraph(Layout("line", nodes, edges, held, stations))


def at(metre: int, **what: object) -> ConstrainedStop:
    return replace(ConstrainedStop(location(f"p{metre}")), **what)  # type: ignore[arg-type]


def solve(
    stops: Sequence[ConstrainedStop],
    rules: TripRules,
    *,
    graph: WalkingGraph | None = None,
    end: StationId = START,
) -> ConstrainedTour:
    """Solve and judge."""
    graph = line() if graph is None else graph
    tour = route_with_constraints(graph, stops, rules, start=START, end=end, limit=LIMIT)
    if tour.status is TripsStatus.FEASIBLE:
        judged = judge_trips(
            graph,
            [trip.stops for trip in tour.trips],
            stops=stops,
            rules=rules,
            start=START,
            end=end,
        )
        assert judged.broken == ()
        assert judged.length_mm == tour.length_mm
        assert judged.trip_lengths_mm == tuple(trip.length_mm for trip in tour.trips)
        assert tour.termination.bound_mm is not None
        assert tour.termination.bound_mm <= tour.length_mm
    return tour


def order(tour: ConstrainedTour) -> list[list[int]]:
    return [[int(place[1:]) for place in trip.stops] for trip in tour.trips]


def test_without_constraints_it_is_the_shortest_walk() -> None:
    tour = solve([at(9), at(3), at(5)], TripRules())
    # To the farthest stop and back: 2 * 9 m.
    assert tour.length_mm == tour.termination.bound_mm == 18_000
    assert tour.termination.reason is TerminationReason.OPTIMAL
    assert solve([at(9), at(3)], TripRules(), graph=line(pack_m=12), end=PACK).length_mm == 12_000


def test_nothing_to_visit_is_no_trip() -> None:
    tour = solve([], TripRules())
    assert (tour.trips, tour.length_mm) == ((), 0)
    assert tour.termination.reason is TerminationReason.NOTHING_TO_PLAN


def test_heavy_comes_first_and_crushables_come_last() -> None:
    stops = [
        at(2, handling=Handling.CRUSHABLE),
        at(5),
        at(8, handling=Handling.HEAVY),
        at(9, handling=Handling.CRUSHABLE),
        at(4, handling=Handling.HEAVY),
    ]
    tour = solve(stops, TripRules(most_trips=1))
    # Heavy 4 and 8, back to 5, crushable 9, home past 2: 8 + 3 + 4 + 9 m.
    assert order(tour) == [[4, 8, 5, 9, 2]]
    assert tour.length_mm == 24_000
    assert tour.termination.reason is TerminationReason.OPTIMAL


def test_second_trip_is_walked_where_stacking_makes_one_longer() -> None:
    heavy = {"handling": Handling.HEAVY}
    crushable = {"handling": Handling.CRUSHABLE}
    # From 0 to a pack station at 20 m. One trip: out to the heavy at 20, back to the crushable at
    # 1, out again: 20 + 19 + 19 = 58 m. Two trips: 20 m, 20 m back, 20 m.
    graph = line(pack_m=20)
    tour = solve([at(20, **heavy), at(1, **crushable)], TripRules(), graph=graph, end=PACK)
    assert (order(tour), tour.length_mm) == ([[20, 1]], 58_000)
    # A round trip from 0: one trip 9 + 8 + 1 m, two trips 2 m + 18 m.
    tour = solve([at(9, **heavy), at(1, **crushable)], TripRules())
    assert (order(tour), tour.length_mm) == ([[9, 1]], 18_000)
    # A star of arms of 5 m: order costs nothing, so one trip of 30 m does.
    stops = [
        ConstrainedStop(location(arm), handling=kind)
        for arm, kind in zip("NES", Handling, strict=True)
    ]
    assert solve(stops, TripRules(), graph=WalkingGraph(star())).length_mm == 30_000
    # One-way round of 40 m, the crushable behind the start, the heavy one before its end: one
    # trip goes round twice, and so do two.
    ring = WalkingGraph(square(one_way=True))
    stops = [
        ConstrainedStop(location("da"), handling=Handling.HEAVY),
        ConstrainedStop(location("ab"), handling=Handling.CRUSHABLE),
    ]
    assert solve(stops, TripRules(), graph=ring).length_mm == 80_000
    assert solve(stops, TripRules(most_trips=1), graph=ring).length_mm == 80_000


def test_weight_splits_the_tour_into_trips() -> None:
    stops = [at(metre, weight_g=4_000) for metre in (2, 4, 6, 8)]
    tour = solve(stops, TripRules(most_weight_g=8_000))
    # Two stops per trip: the far ones together, 2 * 8 m + 2 * 4 m.
    assert tour.length_mm == 24_000
    assert {frozenset(trip) for trip in order(tour)} == {frozenset({2, 4}), frozenset({6, 8})}
    assert len(tour.trips) == 2


def test_walks_back_between_trips_count() -> None:
    stops = [at(metre, weight_g=5) for metre in (2, 4)]
    tour = solve(stops, TripRules(most_weight_g=5), graph=line(pack_m=10), end=PACK)
    # Two trips of 10 m through to the pack station and 10 m back between them.
    assert [trip.length_mm for trip in tour.trips] == [10_000, 10_000]
    assert tour.length_mm == 30_000


def test_length_splits_the_tour_into_trips() -> None:
    graph = WalkingGraph(star())
    stops = [ConstrainedStop(location(arm)) for arm in "NESW"]
    # Each arm is 5 m: two arms per trip of at most 20 m, 40 m in all.
    tour = solve(stops, TripRules(most_length_mm=20_000), graph=graph)
    assert [trip.length_mm for trip in tour.trips] == [20_000, 20_000]
    assert solve(stops, TripRules(most_length_mm=19_999), graph=graph).length_mm == 40_000
    assert len(solve(stops, TripRules(most_length_mm=19_999), graph=graph).trips) == 4


def star() -> Layout:
    """Return four arms of 5 m around the start."""
    tips = {"N": (0, 5_000), "E": (5_000, 0), "S": (0, -5_000), "W": (-5_000, 0)}
    centre = NodeId("centre")
    return Layout(
        "star",
        (Node(centre, 0, 0), *(Node(NodeId(tip), *point) for tip, point in tips.items())),
        tuple(Edge(centre, NodeId(tip), 5_000) for tip in tips),
        tuple(Location(location(tip), node=NodeId(tip)) for tip in tips),
        (Station(START, centre, StationKind.START),),
    )


def test_window_sends_the_picker_far_first() -> None:
    stops = [at(3), at(9, latest_ms=9_000), at(6, earliest_ms=12_000)]
    tour = solve(stops, TripRules())
    # 9 is reached in time only without a stop to wait at; 6 opens when one comes back to it.
    assert tour.length_mm == 18_000
    assert order(tour)[0].index(9) < order(tour)[0].index(6)
    # Both ends of the line closing soon: 4 by 4 s, then 10 by 10 s: in that order only.
    soon = [at(10, latest_ms=10_000), at(4, latest_ms=4_000)]
    assert order(solve(soon, TripRules())) == [[4, 10]]


def test_service_time_moves_later_stops() -> None:
    slow = [at(2, service_ms=5_000), at(8, latest_ms=12_000)]
    # 2 first: 2 + 5 + 6 = 13 s, too late for 8; so 8 first.
    assert order(solve(slow, TripRules())) == [[8, 2]]
    fast = [at(2, service_ms=4_000), at(8, latest_ms=12_000)]
    assert solve(fast, TripRules()).length_mm == 16_000


def test_clock_runs_on_through_trips_and_turnarounds() -> None:
    stops = [at(5, weight_g=1), at(4, weight_g=1, latest_ms=16_000)]
    rules = TripRules(most_weight_g=1, turnaround_ms=2_000)
    # 5 first: out and back 10 s, 2 s at the station, 4 s out: exactly 16 s; both orders keep it.
    assert solve(stops, rules).length_mm == 18_000
    later = replace(rules, turnaround_ms=2_001)
    assert order(solve(stops, later)) == [[4], [5]]
    # Twice as fast: 2 within 1 s; 4 at 1 + 1 + 2 + 2 = 6 s, or after 5 too late at 13 s.
    hurried = [stops[0], replace(stops[1], latest_ms=8_999), at(2, weight_g=1, latest_ms=1_000)]
    assert order(solve(hurried, replace(rules, speed_mm_s=2_000))) == [[2], [4], [5]]


def test_first_comes_before_second_whatever_the_detour() -> None:
    rules = TripRules(
        precedences=(
            (location("p9"), location("p3")),
            (location("p3"), location("p6")),
        )
    )
    tour = solve([at(3), at(6), at(9)], rules)
    # 9 out, back to 3, out to 6, home: 9 + 6 + 3 + 6 m.
    assert order(tour) == [[9, 3, 6]]
    assert tour.length_mm == 24_000


def test_precedence_holds_across_trips() -> None:
    stops = [at(4, weight_g=1), at(8, weight_g=1)]
    rules = TripRules(most_weight_g=1, precedences=((location("p8"), location("p4")),))
    assert order(solve(stops, rules)) == [[8], [4]]
    # At the same access point: one metre apart in nothing but order.
    both = [at(5), at(4, handling=Handling.CRUSHABLE)]
    swapped = TripRules(precedences=((location("p4"), location("p5")),))
    # The crushable has to come first: its own trip, 8 m, then 10 m.
    assert order(solve(both, swapped)) == [[4], [5]]
    assert solve(both, swapped).length_mm == 18_000


def test_combination_of_all_constraints() -> None:
    stops = [
        at(4, weight_g=3, handling=Handling.HEAVY, service_ms=1_000),
        at(6, weight_g=3, handling=Handling.CRUSHABLE, latest_ms=60_000),
        at(10, weight_g=3, handling=Handling.HEAVY, service_ms=1_000),
        at(12, weight_g=3, earliest_ms=20_000),
    ]
    rules = TripRules(
        most_weight_g=6,
        most_length_mm=24_000,
        most_trips=2,
        precedences=((location("p6"), location("p12")),),
    )
    tour = solve(stops, rules)
    # Two stops per trip; 6 before 12: {4, 6} then {10, 12}: 12 + 24 m.
    assert order(tour) == [[4, 6], [10, 12]]
    assert tour.length_mm == 36_000


@pytest.mark.parametrize(
    ("stops", "rules", "reason"),
    [
        (
            [at(3, weight_g=5_001)],
            TripRules(most_weight_g=5_000),
            'stop "p3" weighs 5001 g, a trip carries at most 5000 g',
        ),
        (
            [at(7, latest_ms=6_999)],
            TripRules(),
            'stop "p7" cannot be reached before 7000 ms, its window closes at 6999 ms',
        ),
        (
            [at(7), at(5, latest_ms=8_000)],
            TripRules(precedences=((location("p7"), location("p5")),)),
            'stop "p5" cannot be reached before 9000 ms, its window closes at 8000 ms',
        ),
        (
            [at(8)],
            TripRules(most_length_mm=15_999),
            'the trip to stop "p8" alone is 16000 mm long, a trip walks at most 15999 mm',
        ),
        (
            [at(1, weight_g=4), at(2, weight_g=4), at(3, weight_g=4)],
            TripRules(most_weight_g=5, most_trips=2),
            "12 g need 3 trips of 5 g, 2 can be walked",
        ),
        (
            [at(1), at(2), at(3)],
            TripRules(
                precedences=(
                    (location("p1"), location("p2")),
                    (location("p2"), location("p1")),
                    (location("p2"), location("p3")),
                )
            ),
            'precedences run in a circle: "p1" before "p2" before "p1"',
        ),
        (
            [at(3, handling=Handling.CRUSHABLE), at(5)],
            TripRules(most_trips=1, precedences=((location("p3"), location("p5")),)),
            "no order of the stops keeps handling, weight and length per trip",
        ),
    ],
)
def test_infeasible_is_a_result_with_its_reason(
    stops: list[ConstrainedStop], rules: TripRules, reason: str
) -> None:
    tour = solve(stops, rules)
    assert tour.status is TripsStatus.INFEASIBLE
    assert tour.trips == ()
    assert reason in tour.reasons


def test_two_windows_that_shut_each_other_out_are_not_served() -> None:
    # 5 m apart on both sides of 10 m, both to be reached within 12 s: impossible together.
    graph = WalkingGraph(star())
    stops = [
        ConstrainedStop(location("N"), latest_ms=6_000),
        ConstrainedStop(location("S"), latest_ms=6_000),
    ]
    tour = solve(stops, TripRules(), graph=graph)
    assert tour.status in (TripsStatus.INFEASIBLE, TripsStatus.NOT_FOUND)
    assert tour.trips == ()
    assert tour.reasons


def test_same_limit_gives_the_same_trips() -> None:
    graph, stops, rules = mixed_case()
    first, second = (solve(stops, rules, graph=graph, end=PACK) for _ in range(2))
    assert first.status is TripsStatus.FEASIBLE
    assert first.termination.reason is TerminationReason.ITERATION_LIMIT
    assert first.termination.limit == "200 solutions"
    assert first == second


def test_search_improves_what_it_starts_from() -> None:
    graph, stops, rules = mixed_case()
    short, long = (
        route_with_constraints(
            graph, stops, rules, start=START, end=PACK, limit=SearchLimit(solutions=solutions)
        )
        for solutions in (1, 200)
    )
    assert long.length_mm < short.length_mm


def mixed_case() -> tuple[WalkingGraph, list[ConstrainedStop], TripRules]:
    """Return 14 stops with windows, handling and a largest weight that can be kept."""
    graph, stops, rules = random_case(random.Random(8), 14)
    wide = [
        replace(stop, latest_ms=None if stop.latest_ms is None else 3 * stop.latest_ms)
        for stop in stops
    ]
    return graph, wide, replace(rules, most_trips=None)


@pytest.mark.parametrize("n_stops", [3, 5, 6])
def test_equal_to_all_permutations_of_few_stops(n_stops: int) -> None:
    chance = random.Random(n_stops)
    longer = 0
    for _ in range(4 if n_stops == 6 else 15):
        graph, stops, rules = random_case(chance, n_stops)
        best = brute_force(graph, stops, rules)
        tour = solve(stops, rules, graph=graph, end=PACK)
        if best is None:
            assert tour.status is not TripsStatus.FEASIBLE
        elif tour.status is TripsStatus.FEASIBLE:
            assert tour.length_mm >= best
            assert (tour.termination.bound_mm or 0) <= best
            longer += tour.length_mm > best
        else:
            assert tour.status is TripsStatus.NOT_FOUND
            longer += 1
    assert longer <= 1


def random_case(
    chance: random.Random, n_stops: int
) -> tuple[WalkingGraph, list[ConstrainedStop], TripRules]:
    """Return stops of a one-way layout with a random mixture of constraints."""
    layout = generate_layout(aisles=4, positions=6, blocks=2, one_way=True)
    graph = WalkingGraph(layout)
    places = [place.id for place in chance.sample(layout.locations, n_stops)]
    handled, heavy, timed = (chance.random() < 0.5 for _ in range(3))
    stops = []
    for place in places:
        earliest = chance.randrange(0, 60_000) if timed else 0
        latest = earliest + chance.randrange(60_000, 180_000)
        stops.append(
            ConstrainedStop(
                place,
                weight_g=chance.randint(1, 4),
                service_ms=chance.randint(0, 5_000),
                handling=chance.choice(list(Handling)) if handled else Handling.NORMAL,
                earliest_ms=earliest,
                latest_ms=latest if timed and chance.random() < 0.7 else None,
            )
        )
    pairs = [tuple(chance.sample(places, 2)) for _ in range(chance.randint(0, 2))]
    rules = TripRules(
        precedences=tuple((first, second) for first, second in pairs),
        most_weight_g=chance.randint(5, 12) if heavy else None,
        most_trips=chance.choice([None, 1, 2]),
        turnaround_ms=1_000,
    )
    return graph, stops, rules


def brute_force(
    graph: WalkingGraph, stops: Sequence[ConstrainedStop], rules: TripRules
) -> int | None:
    """Return the length of the best trips over every order and every way to cut it."""
    best: int | None = None
    most = len(stops) if rules.most_trips is None else rules.most_trips
    for walk in itertools.permutations(stop.location for stop in stops):
        for count in range(min(most, len(walk))):
            for cuts in itertools.combinations(range(1, len(walk)), count):
                bounds = [0, *cuts, len(walk)]
                trips: list[tuple[LocationId, ...]] = [
                    walk[a:b] for a, b in itertools.pairwise(bounds)
                ]
                judged = judge_trips(graph, trips, stops=stops, rules=rules, start=START, end=PACK)
                if not judged.broken and (best is None or judged.length_mm < best):
                    best = judged.length_mm
    return best


def test_many_stops_without_constraints_are_as_short_as_the_graph_router() -> None:
    layout = generate_layout(aisles=6, positions=10, blocks=2, one_way=True)
    graph = WalkingGraph(layout)
    places = [place.id for place in random.Random(2).sample(layout.locations, 30)]
    own = GraphTourRouter(layout, graph).route(places, start=START, end=PACK)
    tour = solve([ConstrainedStop(p) for p in places], TripRules(), graph=graph, end=PACK)
    assert tour.length_mm <= own.length_mm


def test_contradictions_and_unknown_places_are_refused() -> None:
    with pytest.raises(ProblemError, match='"p3" is named twice'):
        solve([at(3), at(3)], TripRules())
    with pytest.raises(ProblemError, match='"p4" is no stop'):
        solve([at(3)], TripRules(precedences=((location("p3"), location("p4")),)))
    with pytest.raises(ProblemError, match="cannot come before itself"):
        solve([at(3)], TripRules(precedences=((location("p3"), location("p3")),)))
    with pytest.raises(ProblemError, match="weight_g must be at least 0, got -1"):
        at(3, weight_g=-1)
    with pytest.raises(ProblemError, match="latest_ms 4 lies before earliest_ms 5"):
        at(3, earliest_ms=5, latest_ms=4)
    with pytest.raises(ProblemError, match="speed_mm_s must be at least 1"):
        TripRules(speed_mm_s=0)
    with pytest.raises(ProblemError, match="most_trips must be at least 1"):
        TripRules(most_trips=0)
    with pytest.raises(ValueError, match="needs a limit"):
        SearchLimit()
    with pytest.raises(LayoutError, match='"X"'):
        solve([ConstrainedStop(location("X"))], TripRules())


def test_missing_walk_is_told() -> None:
    graph = line()
    layout = graph.layout
    trap = NodeId("trap")
    caught = replace(
        layout,
        nodes=(*layout.nodes, Node(trap, 0, 9)),
        edges=(*layout.edges, Edge(NodeId("0"), trap, 9, True)),
        locations=(*layout.locations, Location(location("in"), node=trap)),
    )
    with pytest.raises(UnreachableError, match='"in" to "start"'):
        solve([ConstrainedStop(location("in"))], TripRules(), graph=WalkingGraph(caught))


def test_time_limit_ends_the_search() -> None:
    graph, stops, rules = mixed_case()
    tour = route_with_constraints(
        graph, stops, rules, start=START, end=PACK, limit=SearchLimit(seconds=0.05)
    )
    assert tour.termination.reason is TerminationReason.TIME_LIMIT
    assert tour.termination.limit == "0.05 s"


def test_routing_library_is_loaded_only_when_asked_for() -> None:
    code = (
        "import sys; import optimizer.planner, optimizer.routing.best; "
        "import optimizer.routing.policies.registry; "
        "sys.exit('ortools.constraint_solver' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
