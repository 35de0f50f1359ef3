"""From the choices of the programme over aisles to the order in which picks are visited."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.parallel.euler import Link, euler_walk
from optimizer.routing.parallel.programme import (
    AT,
    COLUMN,
    END,
    FIRST,
    KIND,
    PASSAGE_STAGE,
    PAST,
    STEP_STAGE,
)
from optimizer.routing.parallel.transitions import CHOICES, Passage, Transitions

Crossing = tuple[int, int]
"""(column of the programme, row)."""

Picks = tuple[int, ...]
"""Picks in the order in which a link passes them, from its first end to its second."""


def walking_order(
    stages: NDArray[np.int64],
    costs: NDArray[np.int64],
    chosen: NDArray[np.int32],
    state: int,
    tables: Transitions,
    along: NDArray[np.int64],
) -> tuple[int, ...]:
    """Return the picks of a tour in walking order, numbered as they entered the stages.

    Parameters
    ----------
    stages, costs
        From :func:`~optimizer.routing.parallel.programme.lay_stages`.
    chosen, state
        Filled in and returned by :func:`~optimizer.routing.parallel.programme.run_stages`.
    tables
        The transition tables that were used.
    along
        Shape (n_picks,), int64: walk of each pick along its stretch, millimetres.
    """
    links: list[Link[Crossing, Picks]] = []
    loops: list[Link[Crossing, Picks]] = []
    for stage in range(len(stages) - 1, -1, -1):
        kind, column, at = (int(stages[stage, one]) for one in (KIND, COLUMN, AT))
        choice = int(chosen[stage, state])
        if kind == PASSAGE_STAGE:
            state = int(tables.passage_source[choice])
            first, past = int(stages[stage, FIRST]), int(stages[stage, PAST])
            choices = CHOICES[int(tables.passage_choice[choice])]
            passage = min(choices, key=costs[stage].__getitem__)
            for link in _aisle_links((column, at), passage, first, along[first:past]):
                (loops if link.first == link.second else links).append(link)
        elif kind == STEP_STAGE:
            state = int(tables.step_source[choice])
            counts = tables.step_counts[int(tables.step_code[choice])].tolist()
            for row, count in enumerate(counts):
                links.extend([Link((column - 1, row), (column, row), ())] * count)
        else:
            state = choice
            crossing = (column, at)
            first, past = int(stages[stage, FIRST]), int(stages[stage, PAST])
            if past > first:
                loops.append(Link(crossing, crossing, (first,)))
    # The walk takes the last links first: excursions come as soon as one passes by.
    order: list[int] = []
    for step in euler_walk(links + loops, _start(stages)):
        order.extend(step.link.label if step.forward else reversed(step.link.label))
    return tuple(order)


def _start(stages: NDArray[np.int64]) -> Crossing:
    stage = stages[stages[:, END] == 1][0]
    return int(stage[COLUMN]), int(stage[AT])


def _aisle_links(
    front: Crossing, passage: Passage, first: int, along: NDArray[np.int64]
) -> Iterator[Link[Crossing, Picks]]:
    """Yield the links of one stretch of an aisle; excursions are loops at a crossing."""
    column, row = front
    back = (column, row + 1)
    picks = tuple(range(first, first + len(along)))
    if passage is Passage.ONCE:
        yield Link(front, back, picks)
    elif passage is Passage.TWICE:
        yield Link(front, back, picks)
        yield Link(front, back, ())
    elif passage is Passage.FRONT:
        yield Link(front, front, picks)
    elif passage is Passage.BACK:
        yield Link(back, back, picks[::-1])
    elif passage is Passage.GAP:
        cut = int(np.argmax(np.diff(along))) + 1
        yield Link(front, front, picks[:cut])
        yield Link(back, back, picks[cut:][::-1])
