"""The shortest walk of one pick list: its pieces in walking order."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.order_selection.problem import SelectionProblem
from optimizer.order_selection.transitions import (
    ABOVE,
    BELOW,
    FAR,
    LOWER,
    MIDDLE,
    NEAR,
    STATION,
    THROUGH,
    UPPER,
    generate_tables,
)

_TABLES = generate_tables()
_STATION = -1

Vertex = tuple[int, int]
"""Row and column."""

Edge = tuple[Vertex, Vertex, int | None]
"""Two ends; the piece picked on the way, ``None`` along a cross-aisle."""


def walking_order(problem: SelectionProblem, pieces: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Return the pieces of a list in the order of its shortest walk, and the walk's length.

    Exact: the programme of :mod:`~optimizer.order_selection.transitions` with its choices kept,
    then an Euler circuit from the station. Takes O(n) time but for sorting.
    """
    entries = sorted((_STATION, *pieces), key=lambda entry: _aisle(problem, entry))
    columns = [_aisle(problem, entry) for entry in entries]
    values: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {0: (0, ())}
    for k, entry in enumerate(entries):
        used = {state: (value, path, 0) for state, (value, path) in values.items()}
        if k > 0:
            used = {}
            for step in _TABLES.across:
                if step.source in values:
                    value, path = values[step.source]
                    value += step.weight * (columns[k] - columns[k - 1])
                    if step.target not in used or value < used[step.target][0]:
                        used[step.target] = (value, path, step.choice)
        kind, costs = _patterns(problem, entry)
        values = {}
        for step in _TABLES.entry[kind]:
            if step.source in used:
                value, path, across = used[step.source]
                value += costs[step.choice]
                if step.target not in values or value < values[step.target][0]:
                    values[step.target] = (value, (*path, (across, step.choice)))
    length, path = min(one for state, one in values.items() if _TABLES.final[state])
    return _circuit(problem, entries, path), length


def _aisle(problem: SelectionProblem, entry: int) -> int:
    return 0 if entry == _STATION else problem.pieces[entry].aisle


def _patterns(problem: SelectionProblem, entry: int) -> tuple[int, tuple[int, int, int]]:
    if entry == _STATION:
        return STATION, (0, 0, 0)
    row = problem.pieces[entry].row
    kind, reach = (UPPER, problem.above) if row > 0 else (LOWER, problem.below)
    return kind, (2 * abs(row), 2 * (reach - abs(row)), reach)


def _circuit(
    problem: SelectionProblem, entries: Sequence[int], path: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    """Return the pieces as an Euler circuit from the station meets them (Hierholzer 1873)."""
    edges: list[Edge] = []
    for k, (entry, (across, choice)) in enumerate(zip(entries, path, strict=True)):
        for row, n in ((ABOVE, across // 9), (MIDDLE, across // 3 % 3), (BELOW, across % 3)):
            edges += [((row, k - 1), (row, k), None)] * n
        if entry == _STATION:
            continue
        outer = ABOVE if problem.pieces[entry].row > 0 else BELOW
        begin = (outer if choice == FAR else MIDDLE, k)
        end = (MIDDLE if choice == NEAR else outer, k)
        assert choice in (NEAR, FAR, THROUGH)
        edges.append((begin, end, entry))
    at: dict[Vertex, list[int]] = {}
    for number, (one, other, _) in enumerate(edges):
        at.setdefault(one, []).append(number)
        at.setdefault(other, []).append(number)
    done = [False] * len(edges)
    stack: list[tuple[Vertex, int | None]] = [((MIDDLE, entries.index(_STATION)), None)]
    order: list[int] = []
    while stack:
        vertex, piece = stack[-1]
        waiting = at.get(vertex, [])
        while waiting and done[waiting[-1]]:
            waiting.pop()
        if not waiting:
            stack.pop()
            if piece is not None:
                order.append(piece)
            continue
        number = waiting.pop()
        done[number] = True
        one, other, picked = edges[number]
        stack.append((other if vertex == one else one, picked))
    return tuple(order)
