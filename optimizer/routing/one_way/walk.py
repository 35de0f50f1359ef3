"""From the choices of the programme over one-way aisles to the order in which picks are visited."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.one_way.states import (
    BOTH_WAYS,
    FROM_BACK,
    FROM_FRONT,
    LARGEST_GAP,
    THERE_AND_BACK,
    TIMES,
)

Crossing = tuple[int, int]
"""(column of the programme, row)."""

Picks = tuple[int, ...]
"""Picks in the order in which an arc passes them."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A passage from one vertex to another, or a loop at one."""

    tail: Hashable
    head: Hashable
    picks: Picks = ()


def aisle_arcs(
    front: Crossing, code: int, limit: int, picks: Sequence[tuple[int, int]]
) -> Iterator[Arc]:
    """Yield the arcs of one stretch of an aisle.

    Parameters
    ----------
    front
        The crossing at its front end.
    code, limit
        How it is walked, see :mod:`optimizer.routing.one_way.states`.
    picks
        Walk from the front in millimetres and number of each pick, ascending.
    """
    back = (front[0], front[1] + 1)
    numbers = tuple(number for _, number in picks)
    if code == BOTH_WAYS:
        yield Arc(front, back, numbers)
        yield Arc(back, front)
    elif code == FROM_FRONT:
        yield Arc(front, front, numbers)
    elif code == FROM_BACK:
        yield Arc(back, back, numbers[::-1])
    elif code == LARGEST_GAP:
        along = np.array([mm for mm, _ in picks])
        cut = int(np.argmax(np.diff(along))) + 1
        yield Arc(front, front, numbers[:cut])
        yield Arc(back, back, numbers[cut:][::-1])
    elif code >= TIMES:
        down, times = divmod(code - TIMES, 2 * limit)
        tail, head = (back, front) if down else (front, back)
        yield Arc(tail, head, numbers[::-1] if down else numbers)
        yield from [Arc(tail, head)] * times


def step_arcs(column: int, crossings: NDArray[np.int64]) -> Iterator[Arc]:
    """Yield the arcs of a step from the column before ``column`` to it.

    ``crossings`` has shape (n_rows,), see
    :class:`~optimizer.routing.one_way.states.OneWayTables`.
    """
    for row, times in enumerate(crossings.tolist()):
        left, right = (column - 1, row), (column, row)
        if times == THERE_AND_BACK:
            yield Arc(left, right)
            yield Arc(right, left)
        else:
            yield from [Arc(left, right) if times > 0 else Arc(right, left)] * abs(times)


def directed_walk(arcs: Sequence[Arc], start: Hashable, end: Hashable) -> list[Arc] | None:
    """Return the arcs in an order in which they can be walked, each once; ``None``: there is none.

    Linear time: :func:`~optimizer.routing.parallel.euler.euler_walk` with directions.

    Parameters
    ----------
    arcs
        The arcs of a directed multigraph.
    start, end
        Where the walk begins and ends.
    """
    leaving: dict[Hashable, list[Arc]] = {}
    for arc in arcs:
        leaving.setdefault(arc.tail, []).append(arc)
    waiting: list[tuple[Hashable, Arc | None]] = [(start, None)]
    walk: list[Arc] = []
    while waiting:
        vertex, arrived = waiting[-1]
        if leaving.get(vertex):
            arc = leaving[vertex].pop()
            waiting.append((arc.head, arc))
        else:
            waiting.pop()
            if arrived is not None:
                walk.append(arrived)
    walk.reverse()
    here = start
    for arc in walk:
        if arc.tail != here:
            return None
        here = arc.head
    return walk if here == end and len(walk) == len(arcs) else None
