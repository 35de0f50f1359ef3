from __future__ import annotations

import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.aisle_layout import DEPOT, Cell, instance_layout, location_id
from benchmarks.readers.hessler_irnich import UNIT, AisleInstance, parse_instance
from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.exact import ExactRouter
from tests.benchmarks.files import instance_text


def tiny(
    *places: Cell, depot: str = "bottom", cells: int = 4, to_depot: str = "0"
) -> AisleInstance:
    """Aisles at x = 0, 3, 6; one block: cell 3 at y = 1 … cell 0 at y = 4, top at y = 5."""
    text = instance_text(
        [(number, aisle, cell, 1) for number, (aisle, cell) in enumerate(places)],
        [[(number, 1) for number in range(len(places))]],
        depot=depot,
        cells=cells,
        to_depot=to_depot,
    )
    return parse_instance("tiny", text)


def shortest(instance: AisleInstance, *, two_blocks: bool = False) -> float:
    layout = instance_layout(instance, two_blocks=two_blocks)
    places = [location.id for location in layout.locations]
    return ExactRouter(layout).length_mm(places, start=DEPOT, end=DEPOT) / UNIT


def test_cell_0_is_nearest_to_the_top() -> None:
    # To y = 4 in the aisle at x = 3 and back: 2 * (3 + 4). From the top: 2 * (3 + 1).
    assert shortest(tiny((1, 0))) == 14
    assert shortest(tiny((1, 0), depot="top")) == 8


def test_one_block_by_hand() -> None:
    # (0, y=3) and (6, y=2): up 5, across 6, down 5, back 6; out and back costs 6 + 6 + 4 + 6, too.
    assert shortest(tiny((0, 1), (2, 2))) == 22


def test_two_blocks_have_a_middle_cross_aisle() -> None:
    # Cells 3, 2 at y = 1, 2; middle at 3; cells 1, 0 at y = 4, 5; top at 6. Up to (0, y=4) and
    # back to the middle 5, across 6, down the aisle through y=2 3, back 6.
    instance = tiny((0, 1), (2, 2))
    assert shortest(instance, two_blocks=True) == 20
    graph = WalkingGraph(instance_layout(instance, two_blocks=True, cells=[(1, 1), (1, 2)]))
    # The cells beside the middle are 2 apart instead of 1.
    assert graph.length_mm(location_id((1, 1)), location_id((1, 2))) == 2 * UNIT


def test_middle_of_an_odd_number_of_cells_lies_above_the_larger_half() -> None:
    # Five cells: 4, 3, 2 at y = 1, 2, 3, middle at 4, then 1, 0 at y = 5, 6.
    graph = WalkingGraph(instance_layout(tiny((0, 0), cells=5), two_blocks=True))
    assert graph.length_mm(DEPOT, location_id((0, 0))) == 6 * UNIT


def test_two_blocks_need_two_cells() -> None:
    with pytest.raises(InstanceError, match="no two blocks"):
        instance_layout(tiny((0, 0), cells=1), two_blocks=True)


@pytest.mark.parametrize(("depot", "length"), [("bottom", 2 * (4 + 2)), ("top", 2 * (1 + 2))])
def test_distance_to_the_depot_is_walked_twice(depot: str, length: int) -> None:
    assert shortest(tiny((0, 0), depot=depot, to_depot="2")) == length


def test_articles_of_one_cell_are_one_location() -> None:
    layout = instance_layout(tiny((0, 1), (0, 1), (2, 3)))
    assert [location.id for location in layout.locations] == ["A0-C1", "A2-C3"]


@pytest.mark.parametrize("two_blocks", [False, True])
def test_layouts_are_recognised_as_parallel_aisles(two_blocks: bool) -> None:
    found = recognise_aisles(instance_layout(tiny((0, 1)), two_blocks=two_blocks))
    assert isinstance(found, ParallelAisles)
    assert (found.n_columns, found.n_rows) == (3, 3 if two_blocks else 2)
