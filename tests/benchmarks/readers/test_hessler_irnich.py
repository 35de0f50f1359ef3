from __future__ import annotations

import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.hessler_irnich import UNIT, Demand, Supply, parse_instance
from tests.benchmarks.files import instance_text


def test_header_supplies_and_order_are_read() -> None:
    text = instance_text([(0, 1, 0, 1), (4, 2, 3, 5)], [[(0, 1), (4, 2)]], depot="top")
    found = parse_instance("tiny", text)
    assert (found.n_aisles, found.n_cells, found.depot_aisle, found.depot_at_top) == (3, 4, 0, True)
    assert (found.aisle_pitch, found.cell_pitch) == (3 * UNIT, UNIT)
    assert found.supplies == (Supply(0, 1, 0, 1), Supply(4, 2, 3, 5))
    assert found.orders == ((Demand(0, 1), Demand(4, 2)),)
    assert found.capacity is None


def test_several_orders_and_a_capacity_are_read() -> None:
    text = instance_text([(0, 1, 0, 1), (1, 2, 3, 5)], [[(0, 1)], [(1, 2), (0, 1)]], capacity=30)
    found = parse_instance("tiny", text)
    assert found.capacity == 30
    assert found.orders == ((Demand(0, 1),), (Demand(1, 2), Demand(0, 1)))


def test_fractions_of_a_unit_stay_exact() -> None:
    text = instance_text([(0, 0, 0, 1)], [[(0, 1)]])
    text = text.replace("AISLE_TO_AISLE : 3", "AISLE_TO_AISLE : 2.4")
    text = text.replace("TOP_TO_CELL : 1", "TOP_TO_CELL : 1.5")
    found = parse_instance("tiny", text)
    assert (found.aisle_pitch, found.top_to_cell) == (2_400, 1_500)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("NUM_CELLS : 4", "NUM_CELLS : many", 'NUM_CELLS "many" is not a count'),
        ("NUM_CELLS : 4", "NUM_CELLS 4", 'line 5: "NUM_CELLS 4" is not "KEY : value"'),
        ("NUM_CELLS : 4\n", "", "NUM_CELLS is missing"),
        ("single-block", "two-block", 'LAYOUT "two-block" is not single-block'),
        ("DEPOT_LOCATION : bottom", "DEPOT_LOCATION : left", '"left" is neither top nor bottom'),
        ("DEPOT_AISLE : 0", "DEPOT_AISLE : 3", "no depot aisle 3"),
        ("CELL_TO_CELL : 1", "CELL_TO_CELL : x", '"x" is not a number'),
        ("CELL_TO_CELL : 1", "CELL_TO_CELL : 0.0001", "not a multiple of 1/1000"),
        ("AISLE 1 CELL 0", "AISLE 1 CELL x", 'line 18: "CELL x" is not a count'),
        ("AISLE 1 CELL 0", "AISLE 1 CELL 4", "no cell 4 in an aisle 1"),
        ("ID 0 QUANTITY 1", "ID 0 QUANTITY 2", "2 of article 0 are asked, 1 are there"),
        ("ID 0 QUANTITY 1", "ID 0 : 1", "is no line of an order"),
        ("ARTICLE_SECTION", "OTHER_SECTION", "stands in the unknown section OTHER_SECTION"),
    ],
)
def test_broken_files_are_refused_by_line_and_rule(before: str, after: str, message: str) -> None:
    text = instance_text([(0, 1, 0, 1)], [[(0, 1)]])
    assert before in text
    with pytest.raises(InstanceError) as refused:
        parse_instance("tiny", text.replace(before, after))
    assert message in str(refused.value)
    assert str(refused.value).startswith("tiny")


def test_a_file_without_orders_is_refused() -> None:
    text = instance_text([(0, 1, 0, 1)], [[(0, 1)]])
    with pytest.raises(InstanceError, match="has no order"):
        parse_instance("tiny", text[: text.index("ORDER_SECTION")])
