"""Generated transition tables of the programme over aisles that may be one-way.

A walk is a directed multigraph of stretches: with every vertex left as often as entered (but for
start and end) and connected, it can be walked in one go. A *state* describes the part of a walk to
the left of a cut: for each row its *surplus* (how often the vertex at the cut was entered more
often than left, so how often the walk goes on from there to the right, negative: comes from there)
and which of the vertices touched so far the part connects. A pair of opposite passages of one
stretch changes no surplus, so that a shortest walk has no such pair beside another passage: a
stretch is walked in one direction only, or once up and once down.

The surplus is kept up to a limit. At the limit it means *that much or more*: costs then count the
limit, and whatever the true surplus allows is allowed. So the shortest length through all states
is a lower bound, through the states below the limit it belongs to a walk; where both are equal
the walk is proven shortest.

References
----------
The frame of states and stages is that of the programme for aisles walked both ways, see
:mod:`optimizer.routing.parallel.transitions`; surplus and limit are our own. A connected digraph
whose vertices are balanced has an Euler circuit: Good, I. J. (1946): Normal recurring decimals.
Journal of the London Mathematical Society s1-21(3), 167-169. DOI 10.1112/jlms/s1-21.3.167.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EMPTY, BOTH_WAYS, FROM_FRONT, FROM_BACK, LARGEST_GAP, TIMES = range(6)
"""How a stretch of an aisle is walked; ``TIMES + n`` is n + 1 times up, and ``TIMES + 2 * limit +
n`` n + 1 times down, n below twice the limit."""

THERE_AND_BACK = 127
"""A step to the next column and back, among numbers of crossings (negative: to the left)."""

Code = int | tuple[int, ...]
"""How a stretch is walked, or the crossings of a step."""


class Part(NamedTuple):
    """Surplus and component (0: not touched) per row; hashed too often for a dataclass."""

    surplus: tuple[int, ...]
    components: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether the part is one closed walk."""
        return not any(self.surplus) and max(self.components) == 1


class OneWayTables(NamedTuple):
    """Tables for a number of rows and a limit; a named tuple since compiled functions take it.

    Operations are numbered: the stretches of an aisle from the front (n_rows - 1), then per row
    *touch*, *start* and *end*, then the step to the next column.

    Parameters
    ----------
    n_rows, limit, n_states
        Sizes; state 0 is the empty walk, the last state is *done*.
    begin
        Shape (n_operations, n_states + 1), int64: transitions of operation o from state s are
        ``begin[o, s]:begin[o, s + 1]`` of the next three.
    source, target, code
        Shape (n_transitions,), uint32: from state, to state, and how: the passage of a stretch,
        the row of ``crossings`` of a step, else 0.
    crossings
        Shape (n_codes, n_rows), int64: how often a step crosses to the right on each row
        (negative: to the left), or ``THERE_AND_BACK``.
    limited
        Shape (n_states,), bool: a surplus is at the limit.
    complete
        Shape (n_states,), bool: one closed walk.
    """

    n_rows: int
    limit: int
    n_states: int
    begin: NDArray[np.int64]
    source: NDArray[np.uint32]
    target: NDArray[np.uint32]
    code: NDArray[np.uint32]
    crossings: NDArray[np.int64]
    limited: NDArray[np.bool_]
    complete: NDArray[np.bool_]

    def touch(self, row: int) -> int:
        """Return the operation by which the vertex of a row is visited."""
        return self.n_rows - 1 + row

    def start(self, row: int) -> int:
        """Return the operation by which the walk begins at a row."""
        return 2 * self.n_rows - 1 + row

    def end(self, row: int) -> int:
        """Return the operation by which the walk ends at a row."""
        return 3 * self.n_rows - 1 + row

    @property
    def step(self) -> int:
        """The operation that leads to the next column."""
        return 4 * self.n_rows - 1


@lru_cache(maxsize=16)
def one_way_tables(n_rows: int, limit: int, open_walk: bool) -> OneWayTables:
    """Return the tables for a number of rows.

    Parameters
    ----------
    n_rows
        Number of cross-aisles, >= 2.
    limit
        Surplus from which on states are relaxed, >= 2.
    open_walk
        Whether walks end at another place than their start.
    """
    generator = _Generator(n_rows, limit, open_walk)
    parts = generator.reachable()
    number: dict[Part | None, int] = {part: n for n, part in enumerate(parts)}
    number[None] = done = len(parts)
    n_operations = 4 * n_rows
    step = n_operations - 1
    rows: list[tuple[int, int, int, Code]] = [(gap, done, done, EMPTY) for gap in range(n_rows - 1)]
    rows.append((step, done, done, (0,) * n_rows))
    for source, part in enumerate(parts):
        for operation, target, code in generator.ways(part):
            if target in number:
                rows.append((operation, source, number[target], code))
    codes = {
        code: n for n, code in enumerate(sorted({c for *_, c in rows if isinstance(c, tuple)}))
    }
    table = np.array(
        [(o, s, t, codes[c] if isinstance(c, tuple) else c) for o, s, t, c in rows], dtype=np.int64
    )
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    keys = table[:, 0] * (done + 2) + table[:, 1]
    wanted = np.arange(n_operations)[:, None] * (done + 2) + np.arange(done + 2)[None, :]
    return OneWayTables(
        n_rows=n_rows,
        limit=limit,
        n_states=done + 1,
        begin=np.searchsorted(keys, wanted).astype(np.int64),
        source=table[:, 1].astype(np.uint32),
        target=table[:, 2].astype(np.uint32),
        code=table[:, 3].astype(np.uint32),
        crossings=np.array(list(codes), dtype=np.int64).reshape(-1, n_rows),
        limited=np.array([limit in map(abs, part.surplus) for part in parts] + [False]),
        complete=np.array([part.complete for part in parts] + [True]),
    )


class _Generator:
    """The ways from part to part for one number of rows and limit."""

    def __init__(self, n_rows: int, limit: int, open_walk: bool) -> None:
        self.n_rows, self.limit = n_rows, limit
        self.open_walk = open_walk
        self._known_moves: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        self._ways: dict[Part, list[tuple[int, Part | None, Code]]] = {}

    def reachable(self) -> list[Part]:
        """Return all parts, in the order of discovery: the empty one first.

        Start and end are used once each; with one place for both they are never used.
        """
        empty = Part((0,) * self.n_rows, (0,) * self.n_rows)
        used = not self.open_walk
        seen = {(empty, used, used)}
        waiting = [(empty, used, used)]
        first_start, first_end = 2 * self.n_rows - 1, 3 * self.n_rows - 1
        step = 4 * self.n_rows - 1
        for part, started, ended in waiting:
            for operation, target, _ in self.ways(part):
                starts = first_start <= operation < first_end
                ends = first_end <= operation < step
                if target is None or (starts and started) or (ends and ended):
                    continue
                following = (target, started or starts, ended or ends)
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return list(dict.fromkeys(part for part, _, _ in waiting))

    def ways(self, part: Part) -> list[tuple[int, Part | None, Code]]:
        """Return the operations possible at a part: what it becomes (``None``: done), and how."""
        if part not in self._ways:
            self._ways[part] = [
                *(
                    (gap, *way)
                    for gap in range(self.n_rows - 1)
                    for way in self._through(part, gap)
                ),
                *(
                    ((kind + 1) * self.n_rows - 1 + row, target, 0)
                    for kind, supply in enumerate((0, 1, -1) if self.open_walk else (0,))
                    for row in range(self.n_rows)
                    for target in self._supplied(part, row, supply)
                ),
                *((4 * self.n_rows - 1, *way) for way in self._across(part)),
            ]
        return self._ways[part]

    def _across(self, part: Part) -> Iterator[tuple[Part | None, tuple[int, ...]]]:
        """Yield the parts at the next column and the crossings to there."""
        choices = [
            (surplus,) if surplus or not component else (0, THERE_AND_BACK)
            for surplus, component in zip(part.surplus, part.components, strict=True)
        ]
        for crossed in product(*choices):
            living = {c for c, n in zip(part.components, crossed, strict=True) if n}
            if len(living) == max(part.components):
                kept = [c if n else 0 for c, n in zip(part.components, crossed, strict=True)]
                yield Part(part.surplus, _canonical(kept)), crossed
            elif not living and part.complete:
                yield None, crossed

    def _through(self, part: Part, gap: int) -> Iterator[tuple[Part, int]]:
        front, back = (_touched(part.components, row) for row in (gap, gap + 1))
        both = _touched(front, gap + 1)
        joined = _joined(both, gap, gap + 1)
        yield part, EMPTY
        yield Part(part.surplus, joined), BOTH_WAYS
        yield Part(part.surplus, front), FROM_FRONT
        yield Part(part.surplus, back), FROM_BACK
        yield Part(part.surplus, both), LARGEST_GAP
        before, after = part.surplus[:gap], part.surplus[gap + 2 :]
        for here, there, code in self._moves(part.surplus[gap], part.surplus[gap + 1]):
            surplus = (*before, here, there, *after)
            if self._possible(surplus):
                yield Part(surplus, joined), code

    def _moves(self, front: int, back: int) -> list[tuple[int, int, int]]:
        """Return what the surplus at both ends of a stretch becomes by walking it, and how."""
        known = self._known_moves.get((front, back))
        if known is not None:
            return known
        most = 2 * self.limit
        moves: list[tuple[int, int, int]] = []
        for first_code, sign in ((TIMES, 1), (TIMES + most, -1)):
            # More passages to the same surplus only cost more.
            met: set[tuple[int, int]] = set()
            for times in range(1, most + 1):
                for here in self._added(front, -sign * times):
                    for there in self._added(back, sign * times):
                        if (here, there) not in met:
                            met.add((here, there))
                            moves.append((here, there, first_code + times - 1))
        self._known_moves[front, back] = moves
        return moves

    def _supplied(self, part: Part, row: int, supply: int) -> Iterator[Part]:
        components = _touched(part.components, row)
        for value in self._added(part.surplus[row], supply):
            surplus = (*part.surplus[:row], value, *part.surplus[row + 1 :])
            if self._possible(surplus):
                yield Part(surplus, components)

    def _added(self, value: int, change: int) -> range:
        """Return what a surplus can be after a change: at the limit, all that it may have meant."""
        limit = self.limit
        least = most = max(-limit, min(limit, value + change))
        if value == limit:
            most = limit
        elif value == -limit:
            least = -limit
        return range(least, most + 1)

    def _possible(self, surplus: tuple[int, ...]) -> bool:
        """Return whether a surplus can be: the true ones add up to start less end so far."""
        total, supply = sum(surplus), int(self.open_walk)
        enough = self.limit in surplus or total >= -supply
        return enough and (-self.limit in surplus or total <= supply)


def _touched(components: tuple[int, ...], row: int) -> tuple[int, ...]:
    if components[row]:
        return components
    return _canonical([*components[:row], max(components) + 1, *components[row + 1 :]])


def _joined(components: tuple[int, ...], first: int, second: int) -> tuple[int, ...]:
    kept, merged = components[first], components[second]
    return _canonical([kept if component == merged else component for component in components])


def _canonical(components: list[int]) -> tuple[int, ...]:
    """Return components renumbered in the order of their first row."""
    names: dict[int, int] = {0: 0}
    return tuple(names.setdefault(component, len(names)) for component in components)
