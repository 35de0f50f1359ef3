"""Scattered storage in parallel aisles: by hand, and against brute force with Held-Karp."""

from __future__ import annotations

import random

import pytest

from optimizer.errors import LayoutError, ProblemError
from optimizer.ids import LocationId, Sku
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.router import walked_mm
from optimizer.routing.scattered import solve
from optimizer.routing.scattered.choice import Choice, Ended, ScatteredTour, Supply, Take
from optimizer.routing.scattered.router import ScatteredRouter
from optimizer.routing.scattered.solve import Level
from optimizer.stopping import MaxIterations
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import PACK, START, location, sample, station
from tests.optimizer.routing.scattered_brute import random_choices, shortest_of_all


@pytest.fixture(scope="module")
def block() -> ScatteredRouter:
    return ScatteredRouter(sample("single-block"))


def item(name: str, needed: int, **supplies: int) -> Choice:
    """Return a choice; ``A_01_02_L=3`` stands for three pieces at ``A-01-02-L``."""
    return Choice(
        Sku(name),
        needed,
        tuple(
            Supply(location(place.replace("_", "-")), pieces) for place, pieces in supplies.items()
        ),
    )


def large_choices(places: list[LocationId], *, items: int, most: int) -> tuple[Choice, ...]:
    """Return items with eight locations each, some of them at one place."""
    chance = random.Random(items * 10 + most)
    choices = []
    for number in range(items):
        held = [Supply(place, chance.randint(1, most)) for place in chance.sample(places, 8)]
        choices.append(Choice(Sku(f"sku-{number}"), chance.randint(1, 2 * most), tuple(held)))
    return tuple(choices)


def check(found: ScatteredTour, choices: tuple[Choice, ...]) -> None:
    """Assert that the tour visits what is taken, and that what is taken is there and enough."""
    taken: dict[str, int] = {}
    for take in found.takes:
        choice = next(choice for choice in choices if choice.sku == take.sku)
        held = next(s.pieces for s in choice.supplies if s.location == take.location)
        assert 1 <= take.pieces <= held
        taken[take.sku] = taken.get(take.sku, 0) + take.pieces
    assert taken == {choice.sku: choice.needed for choice in choices}
    assert {take.location for take in found.takes} == set(found.tour.stops)
    assert found.bound_mm <= found.tour.length_mm
    assert found.proven == (found.bound_mm == found.tour.length_mm)


def test_nearer_location_of_one_item_is_chosen(block: ScatteredRouter) -> None:
    # 2 m into aisle 1 and back, then 6 m to aisle 3, makes 10 m; the other location is 6 m deep in
    # aisle 3: 6 + 6 + 6 m.
    found = block.route(
        (item("a", 1, A_01_01_L=5, A_03_03_L=5),),
        start=START,
        end=PACK,
    )
    assert found.takes == (Take(Sku("a"), location("A-01-01-L"), 1),)
    assert found.proven
    assert found.tour.length_mm == found.bound_mm == 10_000


def test_item_is_taken_where_the_tour_passes_anyway(block: ScatteredRouter) -> None:
    # Aisle 2 is 3 m from the start, "a" lies 6 m deep: 18 m. Alone, "b" would come from aisle 1; on
    # the way to "a" it costs nothing more.
    alone = block.route((item("a", 1, A_02_03_L=1),), start=START, end=START)
    both = block.route(
        (item("a", 1, A_02_03_L=1), item("b", 1, A_01_02_L=1, A_02_02_R=1)), start=START, end=START
    )
    assert both.tour.length_mm == alone.tour.length_mm == 18_000
    assert {take.location for take in both.takes} == {"A-02-03-L", "A-02-02-R"}


def test_quantity_needs_a_second_location(block: ScatteredRouter) -> None:
    few = block.route((item("a", 2, A_01_01_L=2, A_03_03_L=2),), start=START, end=START)
    assert [take.pieces for take in few.takes] == [2]
    many = block.route((item("a", 3, A_01_01_L=2, A_03_03_L=2),), start=START, end=START)
    assert sorted(take.pieces for take in many.takes) == [1, 2]
    # 2 m deep in aisle 1, then 6 m across and 6 m deep in aisle 3, and 6 m back.
    assert few.tour.length_mm == 4_000
    assert many.tour.length_mm == 4_000 + 6_000 + 12_000 + 6_000


def test_both_sides_of_an_aisle_are_one_point(block: ScatteredRouter) -> None:
    choices = (item("a", 3, A_01_01_L=2, A_01_01_R=2, A_03_03_L=9),)
    found = block.route(choices, start=START, end=START)
    check(found, choices)
    assert set(found.tour.stops) == {"A-01-01-L", "A-01-01-R"}


def test_nothing_to_take_is_the_walk_from_start_to_end(block: ScatteredRouter) -> None:
    found = block.route((), start=START, end=PACK)
    assert (found.takes, found.tour.length_mm, found.proven) == ((), 6_000, True)


@pytest.mark.parametrize("most_pieces", [1, 3])
@pytest.mark.parametrize(
    "shape",
    [
        Shape(rows=(2, 3), most_columns=5),
        Shape(rows=(4,), most_columns=3),
        Shape(rows=(2, 3), most_columns=5, unequal=True, broken=True),
    ],
    ids=["grid", "four rows", "broken"],
)
def test_equals_brute_force(shape: Shape, most_pieces: int) -> None:
    chance = random.Random(31 + most_pieces)
    for _ in range(40):
        layout = random_grid(chance, shape)
        places = [place.id for place in layout.locations]
        if not places:
            continue
        graph = WalkingGraph(layout)
        choices = random_choices(chance, places, most_items=4, most_pieces=most_pieces)
        first = station(f"s{chance.randrange(4)}")
        last = first if chance.random() < 0.5 else station(f"s{chance.randrange(4)}")
        within = graph.reachable(start=first, end=last)
        if not all(s.location in within for choice in choices for s in choice.supplies):
            continue
        best = shortest_of_all(choices, GraphTourRouter(layout, graph), start=first, end=last)
        found = ScatteredRouter(layout, graph).route(choices, start=first, end=last)
        check(found, choices)
        assert found.tour.length_mm == best
        if found.ended is Ended.PROVEN:
            assert found.bound_mm == best
        hasty = ScatteredRouter(layout, graph, most_labels=16)
        rough = hasty.route(choices, start=first, end=last)
        check(rough, choices)
        assert rough.bound_mm <= best <= rough.tour.length_mm


@pytest.mark.parametrize(
    ("aisles", "blocks", "items", "most"), [(10, 1, 12, 1), (8, 2, 10, 3), (6, 3, 8, 2)]
)
def test_larger_orders_are_proven(aisles: int, blocks: int, items: int, most: int) -> None:
    layout = generate_layout(aisles=aisles, blocks=blocks, positions=10)
    graph = WalkingGraph(layout)
    choices = large_choices([place.id for place in layout.locations], items=items, most=most)
    router = ScatteredRouter(layout, graph)
    for last in (START, PACK):
        found = router.route(choices, start=START, end=last)
        check(found, choices)
        assert found.proven
        walked = walked_mm(graph, found.tour.stops, start=START, end=last)
        assert walked == found.tour.length_mm
        rough = ScatteredRouter(layout, graph, most_labels=64).route(choices, start=START, end=last)
        assert rough.bound_mm <= found.tour.length_mm <= rough.tour.length_mm


def test_same_input_gives_same_answer(block: ScatteredRouter) -> None:
    layout = generate_layout(aisles=8, blocks=2, positions=10)
    choices = large_choices([place.id for place in layout.locations], items=10, most=3)
    first = ScatteredRouter(layout).route(choices, start=START, end=START)
    assert ScatteredRouter(layout).route(choices, start=START, end=START) == first


def test_stopped_search_says_so_and_keeps_a_valid_bound() -> None:
    layout = generate_layout(aisles=8, blocks=2, positions=10)
    choices = large_choices([place.id for place in layout.locations], items=10, most=3)
    router = ScatteredRouter(layout)
    stopped = router.route(choices, start=START, end=START, stop=MaxIterations(0))
    check(stopped, choices)
    assert stopped.ended is Ended.STOPPED
    best = router.route(choices, start=START, end=START)
    assert stopped.bound_mm <= best.tour.length_mm <= stopped.tour.length_mm


def test_too_little_stock_names_the_item() -> None:
    with pytest.raises(ProblemError, match='item "a": 3 pieces are needed, its locations hold 2'):
        item("a", 3, A_01_01_L=2)


def test_item_named_twice_is_refused(block: ScatteredRouter) -> None:
    one = item("a", 1, A_01_01_L=2)
    with pytest.raises(ProblemError, match='item "a" is named twice'):
        block.route((one, one), start=START, end=START)


def test_location_named_twice_is_refused() -> None:
    place = location("A-01-01-L")
    with pytest.raises(ProblemError, match="is named twice"):
        Choice(Sku("a"), 1, (Supply(place, 1), Supply(place, 1)))


def test_unknown_location_is_refused(block: ScatteredRouter) -> None:
    with pytest.raises(LayoutError, match="nowhere"):
        block.route((item("a", 1, nowhere=1),), start=START, end=START)


def test_pieces_below_one_are_refused() -> None:
    with pytest.raises(ProblemError, match="pieces must be at least 1"):
        Supply(location("A-01-01-L"), 0)
    with pytest.raises(ProblemError, match="needed must be at least 1"):
        Choice(Sku("a"), 0, ())


def test_every_level_of_the_search_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    # Beams of a few labels, so that small orders come to the later levels: items counted exactly,
    # pools of points, columns and items reopened.
    narrow = tuple(
        Level(labels, numbers, 8) for labels, numbers in [(1, 1), (2, 1), (3, 8), (4, 64)]
    )
    monkeypatch.setattr(solve, "LEVELS", (*narrow, Level(4_096, 64, 8)))
    monkeypatch.setattr(solve, "EXACT_AT_ONCE", 0)
    chance = random.Random(77)
    for _ in range(60):
        layout = random_grid(chance, Shape(rows=(2, 3), most_columns=6))
        places = [place.id for place in layout.locations]
        if not places:
            continue
        graph = WalkingGraph(layout)
        choices = random_choices(chance, places, most_items=4, most_pieces=3)
        best = shortest_of_all(
            choices, GraphTourRouter(layout, graph), start=station("s0"), end=station("s1")
        )
        found = ScatteredRouter(layout, graph).route(
            choices, start=station("s0"), end=station("s1")
        )
        check(found, choices)
        assert (found.tour.length_mm, found.bound_mm, found.proven) == (best, best, True)
