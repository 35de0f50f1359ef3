"""Half tours: the programme over aisles run from both ends at once, to a cut in the middle.

A tour through a grid of parallel aisles is cut between two columns. What lies to the left of the
cut and what lies to the right of it are the same thing seen in a mirror: a part of a walk that ends
at the cut. So one set of tables serves both, the two halves run side by side in the lanes of a
vector (:mod:`optimizer.routing.parallel.lanes`), and a tour is a pair of halves that walk across
the cut alike and hold together.

A tour whose end is not its start is cut between the two. Then each half holds exactly one of them,
and *plain* states (no end of the walk so far) and *marked* states (one) suffice: 200 marked states
for four cross-aisles, where a programme from left to right needs 421 in all.

References
----------
See :mod:`optimizer.routing.parallel.transitions` for the states and their transitions.
Bidirectional search in such a programme is our own addition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.parallel.transitions import (
    CHOICES,
    State,
    add_degree,
    step_across,
    successors,
    ways_through,
)


@dataclass(frozen=True, slots=True)
class Half:
    """Transitions of half tours, by the state they lead to.

    Parameters
    ----------
    n_rows
        Number of cross-aisles.
    states
        All states; plain half tours have one state more, *done*: the whole walk lies in this half.
    passages
        Per gap (row g to g + 1) and state: where it comes from, as (state, passages); of the
        passages the cheapest counts.
    steps
        Per state: where it comes from on the way to the next column, as (state, counts); row r is
        walked ``counts[r]`` times.
    """

    n_rows: int
    states: tuple[State, ...]
    passages: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    steps: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]

    @property
    def n_states(self) -> int:
        """Number of states, *done* included where there is one."""
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class HalfTables:
    """All that a length needs for one number of rows.

    Parameters
    ----------
    plain, marked
        Half tours without an end of the walk, and with one.
    mark
        Shape (n_rows, plain states), int32: the marked state after the vertex of a row became an
        end of the walk; -1 for *done*.
    plain_joins, marked_joins
        Shape (n_joins, 2), int32: pairs of states of a left and a right half that make one tour.
    """

    plain: Half
    marked: Half
    mark: NDArray[np.int32]
    plain_joins: NDArray[np.int32]
    marked_joins: NDArray[np.int32]


@lru_cache(maxsize=8)
def half_tables(n_rows: int) -> HalfTables:
    """Return the tables of half tours for a number of rows, >= 2."""
    plain_states = _closed_under_transitions([State((0,) * n_rows, (0,) * n_rows)])
    ends = [add_degree(state, row, 1) for state in plain_states for row in range(n_rows)]
    marked_states = _closed_under_transitions(ends)
    number = {state: n for n, state in enumerate(marked_states)}
    mark = np.full((n_rows, len(plain_states) + 1), -1, dtype=np.int32)
    for row in range(n_rows):
        for n, state in enumerate(plain_states):
            mark[row, n] = number[add_degree(state, row, 1)]
    plain, marked = _half(n_rows, plain_states, True), _half(n_rows, marked_states, False)
    empty, done = 0, len(plain_states)
    return HalfTables(
        plain=plain,
        marked=marked,
        mark=mark,
        plain_joins=_joins(plain, [(empty, done), (done, empty)]),
        marked_joins=_joins(marked, []),
    )


def _closed_under_transitions(seeds: Iterable[State]) -> tuple[State, ...]:
    """Return the seeds and all states that follow from them, in the order of discovery."""
    seen = dict.fromkeys(seeds)
    waiting = list(seen)
    for state in waiting:
        for following in successors(state):
            if following not in seen:
                seen[following] = None
                waiting.append(following)
    return tuple(waiting)


def _half(n_rows: int, states: tuple[State, ...], with_done: bool) -> Half:
    number = {state: n for n, state in enumerate(states)}
    n_states = len(states) + with_done
    done = len(states)
    passages: list[list[list[tuple[int, int]]]] = []
    for gap in range(n_rows - 1):
        into: list[list[tuple[int, int]]] = [[] for _ in range(n_states)]
        for n, state in enumerate(states):
            for target, choice in ways_through(state, gap):
                into[number[target]].append((n, choice))
        if with_done:
            into[done].append((done, 0))
        passages.append(into)
    steps: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in range(n_states)]
    for n, state in enumerate(states):
        for counts, following in step_across(state):
            if following is not None:
                steps[number[following]].append((n, counts))
            elif with_done:
                steps[done].append((n, counts))
    if with_done:
        steps[done].append((done, (0,) * n_rows))
    return Half(
        n_rows,
        states,
        tuple(tuple(tuple(one) for one in into) for into in passages),
        tuple(tuple(one) for one in steps),
    )


def _joins(half: Half, more: list[tuple[int, int]]) -> NDArray[np.int32]:
    """Return the pairs of states after a step that fit together, and ``more``."""
    after = [n for n, into in enumerate(half.steps) if into and n < len(half.states)]
    by_counts: dict[tuple[int, ...], list[int]] = {}
    for n in after:
        by_counts.setdefault(half.states[n].degrees, []).append(n)
    pairs = [
        (left, right)
        for alike in by_counts.values()
        for left in alike
        for right in alike
        if _one_walk(half.states[left], half.states[right])
    ]
    return np.array(pairs + more, dtype=np.int32).reshape(-1, 2)


def _one_walk(left: State, right: State) -> bool:
    """Return whether two halves with the same counts at the cut hold together."""
    # Components of the left are joined whenever the right connects two of their rows.
    name = list(range(max(left.components) + 1))
    for component in range(1, max(right.components) + 1):
        joined = {name[c] for c, r in zip(left.components, right.components, strict=True)
                  if r == component}  # fmt: skip
        name = [min(joined) if one in joined else one for one in name]
    return len(set(name[1:])) == 1


class Ways(NamedTuple):
    """Where each state of a half comes from, for compiled functions (hence no dataclass).

    Parameters
    ----------
    gap_begin
        Shape (n_rows - 1, n_states + 1), int32: state s is reached through gap g by the ways
        ``gap_begin[g, s]:gap_begin[g, s + 1]`` of the next two.
    gap_source, gap_passage
        int32: from state; number of the passage.
    step_begin
        Shape (n_states + 1,), int32: the same for steps to the next column.
    step_source, step_counts
        int32; shape (n_steps, n_rows), int8: how often each row is walked.
    """

    gap_begin: NDArray[np.int32]
    gap_source: NDArray[np.int32]
    gap_passage: NDArray[np.int32]
    step_begin: NDArray[np.int32]
    step_source: NDArray[np.int32]
    step_counts: NDArray[np.int8]


def ways_of(half: Half) -> Ways:
    """Return the transitions of a half as arrays, every passage on its own."""
    begins: list[list[int]] = []
    ways: list[tuple[int, int]] = []
    for into in half.passages:
        begins.append([len(ways)])
        for found in into:
            ways += [(source, p) for source, choice in found for p in passages_of(choice)]
            begins[-1].append(len(ways))
    steps = [step for into in half.steps for step in into]
    return Ways(
        gap_begin=np.array(begins, dtype=np.int32),
        gap_source=np.array([source for source, _ in ways], dtype=np.int32),
        gap_passage=np.array([passage for _, passage in ways], dtype=np.int32),
        step_begin=np.cumsum([0, *map(len, half.steps)], dtype=np.int32),
        step_source=np.array([source for source, _ in steps], dtype=np.int32),
        step_counts=np.array([counts for _, counts in steps], dtype=np.int8),
    )


def passages_of(choice: int) -> tuple[int, ...]:
    """Return the numbers of the passages of a choice."""
    return tuple(int(passage) for passage in CHOICES[choice])
