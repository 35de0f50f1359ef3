"""Generated transition tables of the dynamic programme over aisles.

A *state* describes a part of a walk to the left of a cut: for each row (cross-aisle) at the cut
whether its vertex has degree zero, odd or even, and which of the non-zero vertices the part
already connects. All states and transitions are found by reachability from the empty walk, for
any number of rows, so that nothing is written by hand.

References
----------
Ratliff, H. D., Rosenthal, A. S. (1983): Order-picking in a rectangular warehouse: a solvable case
of the traveling salesman problem. Operations Research 31(3), 507-521. DOI 10.1287/opre.31.3.507.
Roodbergen, K. J., de Koster, R. (2001): Routing order pickers in a warehouse with a middle aisle.
European Journal of Operational Research 133(1), 32-43. DOI 10.1016/S0377-2217(00)00177-6.
Cambazard, H., Catusse, N. (2018): Fixed-parameter algorithms for rectilinear Steiner tree and
rectilinear traveling salesman problem in the plane. European Journal of Operational Research
270(2), 419-429. DOI 10.1016/j.ejor.2018.03.042.
Pansart, L., Catusse, N., Cambazard, H. (2018): Exact algorithms for the order picking problem.
Computers & Operations Research 100, 117-127. DOI 10.1016/j.cor.2018.07.002.

We add marks for a start and an end that differ: each adds one to the degree of its vertex, so
that components with an odd number of odd vertices appear; and a state *done* for walks that end
before the last column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Passage(IntEnum):
    """How a stretch of an aisle between two rows is walked."""

    EMPTY = 0
    """Not at all."""
    ONCE = 1
    TWICE = 2
    FRONT = 3
    """From the front row to the last pick and back."""
    BACK = 4
    """From the back row to the first pick and back."""
    GAP = 5
    """From both rows, leaving out the largest gap."""


CHOICES: tuple[tuple[Passage, ...], ...] = (
    *((passage,) for passage in Passage),
    (Passage.EMPTY, Passage.FRONT, Passage.BACK, Passage.GAP),
    (Passage.EMPTY, Passage.FRONT),
    (Passage.EMPTY, Passage.BACK),
    (Passage.BACK, Passage.GAP),
    (Passage.FRONT, Passage.GAP),
)
"""Passages that lead from one state to the same next one: only the cheapest counts, so that they
are one transition. The first six are the single passages."""


@dataclass(frozen=True, slots=True)
class State:
    """Degree parity (0 zero, 1 odd, 2 even) and component (0 none, 1, 2, …) per row."""

    degrees: tuple[int, ...]
    components: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether the part is one closed walk."""
        return 1 not in self.degrees and max(self.components) == 1


class Transitions(NamedTuple):
    """Tables for one number of rows; index arrays are unsigned, which numba reads faster.

    A named tuple and no dataclass, because compiled functions take it whole.

    Parameters
    ----------
    n_rows, n_states
        Sizes; state 0 is the empty walk, the last state is *done*.
    passage_begin
        Shape (n_rows - 1, n_states + 1), int64: transitions from state s through gap g (row g to
        g + 1) are ``passage_begin[g, s]:passage_begin[g, s + 1]`` of the next three.
    passage_source, passage_target, passage_choice
        Shape (n_passages,): from state, to state (uint32), and the number of the
        :data:`CHOICES` (uint8).
    step_begin
        Shape (n_states + 1,), int64: steps from state s are ``step_begin[s]:step_begin[s + 1]``
        of the next three.
    step_source, step_target, step_code
        Shape (n_steps,), uint32: from a column to the next; the row of ``step_counts``.
    step_counts
        Shape (n_codes, n_rows), int64: how often (0, 1, 2) each row is walked.
    touch, mark
        Shape (n_rows, n_states), int64: state after the vertex of a row must be visited; after it
        became start or end of an open walk; -1 where that is impossible.
    complete
        Shape (n_states,), bool: one closed walk, nothing left to connect.
    """

    n_rows: int
    n_states: int
    passage_begin: NDArray[np.int64]
    passage_source: NDArray[np.uint32]
    passage_target: NDArray[np.uint32]
    passage_choice: NDArray[np.uint8]
    step_begin: NDArray[np.int64]
    step_source: NDArray[np.uint32]
    step_target: NDArray[np.uint32]
    step_code: NDArray[np.uint32]
    step_counts: NDArray[np.int64]
    touch: NDArray[np.int64]
    mark: NDArray[np.int64]
    complete: NDArray[np.bool_]


@lru_cache(maxsize=16)
def transitions(n_rows: int, marks: int) -> Transitions:
    """Return the tables for a number of rows.

    Parameters
    ----------
    n_rows
        Number of cross-aisles, >= 2.
    marks
        How often :attr:`Transitions.mark` is used: 0 for a round trip, 2 for an open walk.
    """
    states = _reachable(n_rows, marks)
    number = {state: n for n, state in enumerate(states)}
    done = len(states)
    passages = [(gap, done, done, int(Passage.EMPTY)) for gap in range(n_rows - 1)]
    for gap in range(n_rows - 1):
        for state in states:
            for target, choice in ways_through(state, gap):
                if target in number:
                    passages.append((gap, number[state], number[target], choice))
    passages.sort()
    steps: list[tuple[int, int, tuple[int, ...]]] = [(done, done, (0,) * n_rows)]
    for state in states:
        for counts, following in step_across(state):
            if following is None:
                steps.append((number[state], done, counts))
            elif following in number:
                steps.append((number[state], number[following], counts))
    codes = {counts: n for n, counts in enumerate(sorted({counts for _, _, counts in steps}))}
    steps.sort()
    return Transitions(
        n_rows=n_rows,
        n_states=done + 1,
        passage_begin=np.array(
            [
                _begins([source for at, source, _, _ in passages if at == gap], done + 1)
                + sum(at < gap for at, _, _, _ in passages)
                for gap in range(n_rows - 1)
            ]
        ),
        passage_source=np.array([source for _, source, _, _ in passages], dtype=np.uint32),
        passage_target=np.array([target for _, _, target, _ in passages], dtype=np.uint32),
        passage_choice=np.array([choice for _, _, _, choice in passages], dtype=np.uint8),
        step_begin=_begins([source for source, _, _ in steps], done + 1),
        step_source=np.array([source for source, _, _ in steps], dtype=np.uint32),
        step_target=np.array([target for _, target, _ in steps], dtype=np.uint32),
        step_code=np.array([codes[counts] for _, _, counts in steps], dtype=np.uint32),
        step_counts=np.array(list(codes), dtype=np.int64).reshape(-1, n_rows),
        touch=_vertex_table(states, number, n_rows, 2),
        mark=_vertex_table(states, number, n_rows, 1),
        complete=np.array([state.complete for state in states] + [True]),
    )


def _begins(sources: list[int], n_states: int) -> NDArray[np.int64]:
    """Return where each state's run begins in an ascending list, and the end of the last."""
    return np.searchsorted(np.array(sources), np.arange(n_states + 1)).astype(np.int64)


def ways_through(state: State, gap: int) -> Iterator[tuple[State, int]]:
    """Yield the states behind a stretch of aisle, each with the choice of passages to it."""
    ways: dict[State, list[Passage]] = {}
    for passage in Passage:
        ways.setdefault(walk_passage(state, gap, passage), []).append(passage)
    for target, passages in ways.items():
        if target == state and Passage.TWICE in passages:
            # Both ends are connected already: leaving the stretch out, or going in from one end
            # as far as its last pick, is never longer.
            passages.remove(Passage.TWICE)
        yield target, CHOICES.index(tuple(passages))


def _vertex_table(
    states: list[State], number: dict[State, int], n_rows: int, degree: int
) -> NDArray[np.int64]:
    table = np.full((n_rows, len(states) + 1), -1, dtype=np.int64)
    for row in range(n_rows):
        for n, state in enumerate(states):
            table[row, n] = number.get(add_degree(state, row, degree), -1)
    return table


def _reachable(n_rows: int, marks: int) -> list[State]:
    """Return all states, in the order of discovery: the empty one first."""
    empty = State((0,) * n_rows, (0,) * n_rows)
    seen = {(empty, 0)}
    waiting = [(empty, 0)]
    for state, used in waiting:
        found = [(following, used) for following in successors(state)]
        if used < marks:
            found += [(add_degree(state, row, 1), used + 1) for row in range(n_rows)]
        for pair in found:
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return list(dict.fromkeys(state for state, _ in waiting))


def successors(state: State) -> Iterator[State]:
    n_rows = len(state.degrees)
    for gap in range(n_rows - 1):
        for passage in Passage:
            yield walk_passage(state, gap, passage)
    for row in range(n_rows):
        yield add_degree(state, row, 2)
    for _, target in step_across(state):
        if target is not None:
            yield target


def add_degree(state: State, row: int, degree: int) -> State:
    """Return the state after the vertex of a row got ``degree`` more edge ends."""
    degrees, components = list(state.degrees), list(state.components)
    if degrees[row] == 0:
        components[row] = max(components) + 1
    degrees[row] = 1 if (degrees[row] + degree) % 2 else 2
    return State(tuple(degrees), _canonical(components))


def walk_passage(state: State, gap: int, passage: Passage) -> State:
    """Return the state after the stretch from row ``gap`` to the next was walked."""
    if passage is Passage.EMPTY:
        return state
    if passage is Passage.FRONT:
        return add_degree(state, gap, 2)
    if passage is Passage.BACK:
        return add_degree(state, gap + 1, 2)
    degree = 1 if passage is Passage.ONCE else 2
    grown = add_degree(add_degree(state, gap, degree), gap + 1, degree)
    if passage is Passage.GAP:
        return grown
    kept, merged = grown.components[gap], grown.components[gap + 1]
    joined = [kept if component == merged else component for component in grown.components]
    return State(grown.degrees, _canonical(joined))


def step_across(state: State) -> Iterator[tuple[tuple[int, ...], State | None]]:
    """Yield how often each row can be walked to the next column, and the state there.

    A vertex left behind must have even degree, and its component must live on; ``None`` stands
    for *done*: the closed walk ends here.
    """
    choices = [((0,), (1,), (0, 2))[degree] for degree in state.degrees]
    for counts in product(*choices):
        living = {c for c, count in zip(state.components, counts, strict=True) if count}
        if len(living) == max(state.components):
            components = [c if n else 0 for c, n in zip(state.components, counts, strict=True)]
            yield counts, State(counts, _canonical(components))
        elif not living and state.complete:
            yield counts, None


def _canonical(components: list[int]) -> tuple[int, ...]:
    """Return components renumbered in the order of their first row."""
    names: dict[int, int] = {0: 0}
    return tuple(names.setdefault(component, len(names)) for component in components)
