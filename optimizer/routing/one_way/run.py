"""One run of the programme over one-way aisles: the picks of a tour, its walk and its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.one_way.frame import Frame, passage_costs
from optimizer.routing.one_way.programme import BLOCKED, run_one_way
from optimizer.routing.one_way.walk import Arc, aisle_arcs, directed_walk, step_arcs


@dataclass(frozen=True, slots=True)
class Found:
    """Length of a walk, a length that none is below, and the picks in walking order if wanted."""

    length_mm: int
    bound_mm: int
    order: tuple[int, ...]


Point = tuple[int, int, int]
"""Column, row and millimetres along the aisle of a pick."""


def shortest_walk(frame: Frame, points: Sequence[Point], traced: bool) -> Found | None:
    """Return the shortest walk up to the limit, and the bound of the relaxed programme.

    ``None`` where there is no walk at all; a length of ``BLOCKED`` or more where there is none up
    to the limit.

    Parameters
    ----------
    frame
        Frame of the tour's start and end.
    points
        What is picked, ascending, distinct.
    traced
        Whether the order of the picks is wanted.
    """
    run = _Run(frame, points)
    length, order = run.walk(BLOCKED, relaxed=False, traced=traced)
    bound, _ = run.walk(length, relaxed=True, traced=False)
    if bound >= BLOCKED:
        return None
    if bound < length:
        _, relaxed_order = run.walk(length, relaxed=True, traced=True)
        if relaxed_order is not None:
            # What the relaxed programme chose at its limit happens to be a walk.
            length, order = bound, relaxed_order
    stubs = frame.stubs_mm
    return Found(length + stubs, bound + stubs, order or ())


class _Run:
    """The programme of one tour."""

    def __init__(self, frame: Frame, points: Sequence[Point]) -> None:
        self.frame = frame
        self.picks: dict[int, list[tuple[int, int]]] = {}
        for number, (column, row, along) in enumerate(points):
            stages = frame.passage_stage if along else frame.touch_stage
            self.picks.setdefault(stages[column, row], []).append((along, number))
        self.costs = frame.costs.copy()
        for at, picks in self.picks.items():
            stretch = frame.stages[at].stretch
            if stretch is not None:
                first = int(frame.first_cost[at])
                own = passage_costs(stretch, frame.tables.limit, [along for along, _ in picks])
                self.costs[first : first + len(own)] = own
        idle = [at for at in frame.touch_stage.values() if at not in self.picks]
        self.active = np.delete(np.arange(len(frame.stages)), idle)
        self.operations = frame.operations[self.active]
        self.first_cost = frame.first_cost[self.active]
        self.to_come = self._to_come()

    def _to_come(self) -> NDArray[np.int64]:
        """Return what is walked from each stage on at least: shape (n_stages,), millimetres.

        Each stretch with picks in its cheapest way, and each step between the outermost columns
        that must be visited by its cheapest crossing.
        """
        frame = self.frame
        least = np.zeros(len(frame.stages), dtype=np.int64)
        needed = [frame.ends[0][0], frame.ends[1][0]]
        for at in self.picks:
            needed.append(frame.stages[at].column)
            if frame.stages[at].stretch is not None:
                first = int(frame.first_cost[at])
                least[at] = self.costs[first : first + len(frame.stages[at].costs)].min()
        steps = frame.steps[min(needed) : max(needed)]
        least[steps] = frame.least_step[steps]
        to_come: NDArray[np.int64] = np.cumsum(least[self.active][::-1])[::-1]
        return np.minimum(to_come, BLOCKED)

    def walk(
        self, below_mm: int, *, relaxed: bool, traced: bool
    ) -> tuple[int, tuple[int, ...] | None]:
        """Return the shortest length, dead ends left out, and the picks in walking order.

        Parameters
        ----------
        below_mm
            Only shorter walks are looked for; returned where there is none.
        relaxed
            Whether the surplus may reach the limit: a lower bound, and an order only where the
            choices are a walk.
        traced
            Whether the order is wanted.
        """
        tables = self.frame.tables
        shape = (len(self.active) if traced else 0, tables.n_states)
        chosen = np.empty(shape, dtype=np.int32)
        length, state = run_one_way(
            self.operations,
            self.first_cost,
            self.costs,
            self.to_come,
            tables,
            below_mm,
            relaxed,
            chosen,
        )
        return length, self._order(chosen, state) if traced and state >= 0 else None

    def _order(self, chosen: NDArray[np.int32], state: int) -> tuple[int, ...] | None:
        """Return the picks in walking order; ``None`` where the choices are no walk."""
        tables = self.frame.tables
        arcs: list[Arc] = []
        loops: list[Arc] = []
        for position in range(len(self.active) - 1, -1, -1):
            at = int(self.active[position])
            stage = self.frame.stages[at]
            transition = int(chosen[position, state])
            state, code = int(tables.source[transition]), int(tables.code[transition])
            picks = self.picks.get(at, [])
            vertex = (stage.column, stage.row)
            if stage.operation == tables.step:
                arcs += step_arcs(stage.column, tables.crossings[code])
            elif stage.stretch is None:
                loops += [Arc(vertex, vertex, (number,)) for _, number in picks]
            else:
                for arc in aisle_arcs(vertex, code, tables.limit, picks):
                    (loops if arc.tail == arc.head else arcs).append(arc)
        # The walk takes the last arcs first: excursions come as soon as one passes by.
        walk = directed_walk(arcs + loops, *self.frame.ends)
        return None if walk is None else tuple(number for arc in walk for number in arc.picks)
