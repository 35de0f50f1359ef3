"""Cells and neighbours."""

from __future__ import annotations

from optimizer.batching.neighbours import CELL_MM, cell_masks, nearest


def test_places_in_one_cell_share_a_bit() -> None:
    points = [(0, 0, 0), (CELL_MM - 1, 10, 0), (CELL_MM, 0, 0), (0, 0, 1)]
    masks = cell_masks([frozenset({0}), frozenset({1}), frozenset({2}), frozenset({3})], points)
    assert masks[0] == masks[1]
    assert len(set(masks)) == 3
    assert all(mask.bit_count() == 1 for mask in masks)


def test_demands_that_share_most_cells_come_first() -> None:
    masks = [0b0111, 0b0011, 0b0100, 0b1000]
    near = nearest(masks, 2)
    assert near[0] == [1, 2]
    assert near[1][0] == 0
    assert all(index not in others for index, others in enumerate(near))


def test_a_demand_without_shared_cells_still_has_neighbours() -> None:
    near = nearest([0b0001, 0b0010, 0b0100, 0b1000], 2)
    assert near[1] == [0, 2]
    assert near[3] == [2]
