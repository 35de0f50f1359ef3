from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.kris import Arc, DueOrder, heading_value, parse_due_instance
from benchmarks.readers.kris_layout import END, START, aisle_layout, exact_router, location_id
from benchmarks.readers.kris_tours import shortest_tours
from tests.benchmarks.ibsrp_files import ARCS, DEPOT_ARCS, due_text

ORDERS = [(90, (1, 3)), (200, (2,))]


def test_header_orders_and_graph_are_read() -> None:
    found = parse_due_instance("tiny", due_text(ORDERS, pickers=2))
    assert (found.n_pickers, found.capacity) == (2, 3)
    assert (found.time_per_length, found.time_per_batch, found.time_per_line) == (3, 10, 2)
    assert found.orders == (DueOrder(1, 90, (1, 3)), DueOrder(2, 200, (2,)))
    assert (found.start, found.end) == (0, 8)
    assert found.arcs[0] == Arc(4, 1, 2)
    assert len(found.arcs) == 16
    assert found.places[3] == (7.0, 4.0)
    # Over the front: 1 + 6 + 4.
    assert (found.distances[0, 3], found.distances[3, 8]) == (11, 11)


def test_one_value_is_read_without_the_rest() -> None:
    assert heading_value("tiny", due_text(ORDERS), "CapaPicker") == 3
    with pytest.raises(InstanceError, match="Capa is missing"):
        heading_value("tiny", due_text(ORDERS), "Capa")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("//alpha\n", "", "line 1: stands below no heading"),
        ("//SetupTime\n", "//Setup\n", "SetupTime is missing"),
        ("//SetupTime\n10", "//SetupTime\nten", 'line 14: "ten" is not 1 or more counts'),
        ("//Loc x y", "//Location x", 'the table "Loc x ..." is missing'),
        ("//NbOrders\n2", "//NbOrders\n3", "has 2 orders, not NbOrders"),
        ("1 90 0 2 1 1 3 1", "1 90 0 3 1 1 3 1", "order 1 has not the 3 lines it states"),
        ("1 90 0 2 1 1 3 1", "1 90 0 2 1 1 4 1", "order 1 asks for unknown product 4"),
        ("//CapaPicker\n3", "//CapaPicker\n1", "order 1 has 2 lines, a batch takes 1 to 1"),
        ("0 3 11\n", "", "order 1 cannot be reached"),
        ("0 3 11\n", "0 9 11\n", "a shortest path from 0 to 9 of 9"),
        ("0 4 1\n4 8 1", "0 4 1\n9 8 1", "no location 9 of 9"),
        ('2 1.0 5.0 "place 2"', '4 1.0 5.0 "place 4"', "is not location 2"),
        ('8 0.0 -1.0 "place 8"\n', "", "has places of 8 locations of 9"),
        ("//NbPickers\n1", "//NbPickers\n0", "has no picker or no order"),
    ],
)
def test_broken_files_are_refused_by_line_and_rule(before: str, after: str, message: str) -> None:
    text = due_text(ORDERS)
    assert before in text
    with pytest.raises(InstanceError) as refused:
        parse_due_instance("tiny", text.replace(before, after, 1))
    assert message in str(refused.value)
    assert str(refused.value).startswith("tiny")


def test_aisles_are_found_in_the_graph() -> None:
    layout = aisle_layout(parse_due_instance("tiny", due_text(ORDERS)))
    assert layout is not None
    assert sorted(edge.length_mm for edge in layout.edges) == [1, 1, 6, 6, 10, 10]
    assert [place.id for place in layout.locations] == list(map(location_id, (1, 2, 3)))


def test_tours_over_aisles_and_over_the_matrix_agree() -> None:
    grid = parse_due_instance("tiny", due_text(ORDERS))
    assert exact_router(grid) is not None
    # One-way arcs as well in both directions, but the back cross-aisle a way round only.
    both = [*ARCS, *((b, a, length) for a, b, length in ARCS), *DEPOT_ARCS, (5, 6, 16)]
    matrix = parse_due_instance("tiny", due_text(ORDERS, arcs=both))
    assert exact_router(matrix) is None
    for size in (1, 2, 3):
        for stops in itertools.combinations((1, 2, 3), size):
            picks, begins = np.array(stops, dtype=np.int32), np.array([0, size])
            one, other = shortest_tours(grid), shortest_tours(matrix)
            assert one.lengths(picks, begins) == other.lengths(picks, begins)
            for tours in (one, other):
                assert walked(grid.distances, tours.stops(stops)) == one.lengths(picks, begins)


def walked(distances: np.ndarray[tuple[int, ...], np.dtype[np.int64]], stops: list[int]) -> int:
    return sum(int(distances[a, b]) for a, b in itertools.pairwise([0, *stops, 8]))


def test_one_way_aisles_are_no_grid() -> None:
    one_way = [*ARCS, *((b, a, length) for a, b, length in ARCS if (a, b) != (6, 3)), *DEPOT_ARCS]
    instance = parse_due_instance("tiny", due_text(ORDERS, arcs=one_way))
    assert aisle_layout(instance) is None
    # Location 3 is entered from the front and left by the back: 1 + 6 + 4, 6 + 6 + 10 + 1.
    tours = shortest_tours(instance)
    assert tours.lengths(np.array([3], dtype=np.int32), np.array([0, 1])).tolist() == [34]


def test_stations_are_named_apart() -> None:
    router = exact_router(parse_due_instance("tiny", due_text(ORDERS)))
    assert router is not None
    found = router.course(START, END)
    assert found is not None
    assert found[1] == 2
