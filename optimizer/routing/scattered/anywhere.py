"""Locations and tour on any walking graph: a heuristic with a lower bound.

Points are numbers of rows of a matrix of distances: 0 is the start, the last row the end, the rows
between are candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ProblemError
from optimizer.routing.scattered.group_path import group_path
from optimizer.stopping import Stop

MOST_WORK = 20_000_000
"""Steps the lower bound may take: some 20 ms."""

MOST_GROUPS = 12
"""Most items the lower bound regards at once."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """An instance on a matrix of distances.

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), int64, millimetres: start, candidates, end.
    held
        Shape (n, n_items), int64: pieces of each item at each candidate.
    needed
        Shape (n_items,), int64, >= 1.
    """

    lengths: NDArray[np.int64]
    held: NDArray[np.int64]
    needed: NDArray[np.int64]


def choose(instance: Candidates, stop: Stop, path: list[int]) -> list[int]:
    """Return candidates, in walking order, that hold the demand: a heuristic.

    Cheapest insertion per piece, then exchange: every stop in turn is left out and the demand
    covered anew, as long as that makes the walk shorter. O(stops * candidates * stops) per pass.

    Parameters
    ----------
    instance
        The instance.
    stop
        Asked after every pass.
    path
        Candidates in walking order to begin with; may be empty.

    Raises
    ------
    ProblemError
        When the candidates do not hold the demand.
    """
    covered = _cover(instance, path)
    if covered is None:
        raise ProblemError("the locations do not hold the demand")
    path = _without_redundant(instance, covered)
    improved = True
    while improved and not stop():
        improved = False
        for candidate in list(path):
            if candidate not in path:
                continue
            rest = [other for other in path if other != candidate]
            for refused in (None, candidate):
                changed = _cover(instance, rest, refused)
                if changed is None:
                    continue
                changed = _without_redundant(instance, changed)
                if _walked(instance, changed) < _walked(instance, path):
                    path, improved = changed, True
                    break
    return path


def lower_bound(instance: Candidates) -> int:
    """Return a length no walk is below.

    The shortest walk that meets one location of each of some items: the items whose nearest
    location is the farthest away, as many as the work allows. With unit demand of few items that
    is the length of a shortest walk.
    """
    n_items = len(instance.needed)
    there = instance.held > 0
    detour = instance.lengths[0, 1:-1] + instance.lengths[1:-1, -1]
    nearest = np.array([detour[there[:, item]].min() for item in range(n_items)])
    order = np.argsort(-nearest, kind="stable").tolist()
    chosen: list[int] = []
    for item in order[:MOST_GROUPS]:
        n = int(there[:, [*chosen, item]].any(axis=1).sum())
        if chosen and n * n << (len(chosen) + 1) > MOST_WORK:
            break
        chosen.append(item)
    meets = there[:, chosen]
    rows = np.flatnonzero(meets.any(axis=1))
    groups = (meets[rows].astype(np.int64) << np.arange(len(chosen))).sum(axis=1)
    index = np.concatenate([[0], rows + 1, [len(instance.lengths) - 1]])
    lengths = np.ascontiguousarray(instance.lengths[index][:, index])
    return group_path(lengths, groups, len(chosen))


def _walked(instance: Candidates, path: list[int]) -> int:
    stops = [0, *(candidate + 1 for candidate in path), len(instance.lengths) - 1]
    return int(instance.lengths[stops[:-1], stops[1:]].sum())


def _cover(instance: Candidates, path: list[int], refused: int | None = None) -> list[int] | None:
    """Insert candidates, the cheapest per useful piece first, until the demand is covered."""
    path = list(path)
    lacking = instance.needed - instance.held[path].sum(axis=0)
    usable = np.ones(len(instance.held), dtype=np.bool_)
    usable[path] = False
    if refused is not None:
        usable[refused] = False
    while (lacking > 0).any():
        useful = np.minimum(instance.held, np.maximum(lacking, 0)).sum(axis=1) * usable
        if not useful.any():
            return None
        stops = np.array([0, *(candidate + 1 for candidate in path), len(instance.lengths) - 1])
        legs = instance.lengths[stops[:-1], stops[1:]]
        detours = (
            instance.lengths[stops[:-1], 1:-1]
            + instance.lengths[1:-1, stops[1:]].T
            - legs[:, np.newaxis]
        )
        least = detours.min(axis=0)
        candidate = int(
            np.argmin(np.where(useful > 0, (least + 1) / np.maximum(useful, 1), np.inf))
        )
        path.insert(int(detours[:, candidate].argmin()), candidate)
        usable[candidate] = False
        lacking -= instance.held[candidate]
    return path


def _without_redundant(instance: Candidates, path: list[int]) -> list[int]:
    """Leave out stops without which the demand is still covered, the longest detours first."""
    path = list(path)
    while True:
        spare = instance.held[path].sum(axis=0) - instance.needed
        savings = [
            (_walked(instance, path) - _walked(instance, path[:n] + path[n + 1 :]), -n)
            for n, candidate in enumerate(path)
            if (spare >= instance.held[candidate]).all()
        ]
        if not savings:
            return path
        del path[-max(savings)[1]]
