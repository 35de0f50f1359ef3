"""Parts of the warehouse by which searches judge whether demands lie near each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.layout.distances import Point

CELL_MM = 5000
"""Edge of the square cells in which nearness is counted: about one aisle with its racks."""


def number_cells(points: Sequence[Point]) -> NDArray[np.int32]:
    """Return the cell of each point: numbers from 0, near where cells are near.

    Squares are numbered column by column, up and down in turn.

    Parameters
    ----------
    points
        Where one stands: x and y in millimetres, and the floor.

    Returns
    -------
    NDArray
        Shape (n_points,), int32.
    """
    if not len(points):
        return np.zeros(0, dtype=np.int32)
    x, y, floor = np.array(points, dtype=np.int64).T
    column, row = x // CELL_MM, y // CELL_MM
    keys = np.stack((floor, column, np.where(column % 2 == 0, row, -row)), axis=1)
    _, numbers = np.unique(keys, axis=0, return_inverse=True)
    return np.asarray(numbers, dtype=np.int32).reshape(-1)


def ragged(
    places: Sequence[frozenset[int]], number_of: NDArray[np.int32]
) -> list[NDArray[np.int32]]:
    """Return the distinct numbers of each set of places, ascending.

    Parameters
    ----------
    places
        Indices into ``number_of``.
    number_of
        Shape (n_places,), int32: cell or point of each place.
    """
    counts = [len(each) for each in places]
    owner = np.repeat(np.arange(len(places), dtype=np.int64), counts)
    flat = np.fromiter((place for each in places for place in each), np.int64, sum(counts))
    top = int(number_of.max(initial=0)) + 1
    pairs = np.unique(owner * top + number_of[flat])
    begins = np.searchsorted(pairs, np.arange(len(places) + 1, dtype=np.int64) * top).tolist()
    numbers = (pairs % top).astype(np.int32)
    return [numbers[begin:end] for begin, end in itertools.pairwise(begins)]
