"""Shortest walks in an open hall around rectangular obstacles: a visibility graph.

A shortest walk between two places turns at corners of obstacles only, so it is a shortest path in
the graph whose vertices are places and corners and whose edges are the straight legs that pass
through no obstacle. Walls may be touched, and two obstacles that touch can be walked between.

References
----------
Lozano-Pérez, T., Wesley, M. A. (1979): An algorithm for planning collision-free paths among
polyhedral obstacles. Communications of the ACM 22(10), 560-570. DOI 10.1145/359156.359164.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from optimizer.errors import LayoutError

Coordinates = NDArray[np.int64]
"""Shape (n, 2): x and y of n places, integers of any unit up to 10**9."""

Lengths = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """An obstacle with sides along the axes; its inside cannot be walked, its sides can."""

    left: int
    bottom: int
    right: int
    top: int

    def __post_init__(self) -> None:
        if not (self.left < self.right and self.bottom < self.top):
            raise LayoutError(f"an obstacle from {self.left, self.bottom} has no inside")

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """Return the four corners."""
        return (
            (self.left, self.bottom),
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
        )


def lengths_around(
    places: Coordinates,
    obstacles: Sequence[Rectangle],
    *,
    leg_length: Callable[[Lengths], Lengths] | None = None,
) -> Lengths:
    """Return the lengths of shortest walks between all pairs of places.

    Exact but for the rounding of floats. Time O(v**2 * (obstacles + log v)) for v places and
    corners, memory O(v**2).

    Parameters
    ----------
    places
        The places.
    obstacles
        What is in the way.
    leg_length
        What a straight leg of a given Euclidean length counts, e.g. ``numpy.floor``; default:
        its length.

    Returns
    -------
    NDArray
        Shape (n_places, n_places), float64, symmetric; infinite where no walk leads.

    Raises
    ------
    LayoutError
        When a place lies inside an obstacle.
    """
    corners = [corner for one in obstacles for corner in one.corners]
    everything = np.vstack((places, np.array(corners, dtype=np.int64).reshape(-1, 2)))
    for one in obstacles:
        inside = np.flatnonzero(_strictly_inside(places, one))
        if len(inside):
            raise LayoutError(f"place {tuple(places[inside[0]].tolist())} lies inside an obstacle")
    first, second = np.triu_indices(len(everything), 1)
    free = legs_free(everything[first], everything[second], obstacles)
    first, second = first[free], second[free]
    lengths = np.hypot(*(everything[first] - everything[second]).T)
    if leg_length is not None:
        lengths = leg_length(lengths)
    # Legs of length 0 are stored as such, which a dense matrix would take for missing ones.
    graph = csr_matrix((lengths, (first, second)), shape=(len(everything), len(everything)))
    found: Lengths = dijkstra(graph, directed=False, indices=np.arange(len(places)))
    return found[:, : len(places)]


def legs_free(
    begins: Coordinates, ends: Coordinates, obstacles: Sequence[Rectangle]
) -> NDArray[np.bool_]:
    """Return which straight legs pass through the inside of no obstacle.

    Exact: a leg and the inside of a rectangle are disjoint if and only if one of three lines
    separates them, along x, along y, or the line of the leg itself; all in integers.

    Parameters
    ----------
    begins, ends
        Where the legs begin and end; shape (n, 2) each.
    obstacles
        What may be in the way.

    Returns
    -------
    NDArray
        Shape (n,), bool.
    """
    free = np.ones(len(begins), dtype=np.bool_)
    step = ends - begins
    low, high = np.minimum(begins, ends), np.maximum(begins, ends)
    for one in obstacles:
        apart = (high[:, 0] <= one.left) | (low[:, 0] >= one.right)
        apart |= (high[:, 1] <= one.bottom) | (low[:, 1] >= one.top)
        # On which side of the leg's line each corner lies; of a leg without length only the
        # place counts.
        sides = np.array(
            [
                step[:, 0] * (y - begins[:, 1]) - step[:, 1] * (x - begins[:, 0])
                for x, y in one.corners
            ]
        )
        apart |= ((sides.min(axis=0) >= 0) | (sides.max(axis=0) <= 0)) & step.any(axis=1)
        free &= apart
    return free


def _strictly_inside(places: Coordinates, one: Rectangle) -> NDArray[np.bool_]:
    x, y = places[:, 0], places[:, 1]
    return (one.left < x) & (x < one.right) & (one.bottom < y) & (y < one.top)
