"""Cells of the warehouse."""

from __future__ import annotations

import numpy as np

from optimizer.batching.cells import CELL_MM, number_cells, ragged


def test_points_of_one_square_share_a_cell() -> None:
    cells = number_cells([(0, 0, 0), (CELL_MM - 1, 10, 0), (CELL_MM, 0, 0), (0, 0, 1)])
    assert cells[0] == cells[1]
    assert sorted(cells.tolist()) == [0, 0, 1, 2]


def test_columns_are_numbered_up_and_down_in_turn() -> None:
    corners = [(0, 0, 0), (0, CELL_MM, 0), (CELL_MM, CELL_MM, 0), (CELL_MM, 0, 0)]
    assert number_cells(corners).tolist() == [0, 1, 2, 3]
    assert number_cells([]).tolist() == []


def test_numbers_of_places_are_distinct_and_ascending() -> None:
    number_of = np.array([4, 4, 0, 2], dtype=np.int32)
    rows = ragged([frozenset({0, 1, 2}), frozenset(), frozenset({3, 0})], number_of)
    assert [row.tolist() for row in rows] == [[0, 4], [], [2, 4]]
    assert ragged([], number_of) == []
