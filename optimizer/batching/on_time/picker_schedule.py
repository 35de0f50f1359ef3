"""Given batches on pickers: on time where possible, else with the least weighted tardiness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from optimizer.batching.on_time.sequencing import ON_TIME, assign_on_time, lateness

STEPS_TO_ASSIGN = 1_000_000
"""Assignments tried before the constraint solver is asked, some tens of milliseconds."""


@dataclass(frozen=True, slots=True)
class PickerSchedule:
    """Who does which batches in which order, from time 0 without pauses.

    ``lateness`` is the weighted sum of what batches end after their due times, ``bound`` what it
    cannot be below.
    """

    sequences: tuple[tuple[int, ...], ...]
    lateness: int
    bound: int

    @property
    def proven(self) -> bool:
        """Return whether no schedule is less late."""
        return self.bound >= self.lateness


def schedule_batches(
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    weight: NDArray[np.int64],
    *,
    n_pickers: int,
    work: float = 5.0,
) -> PickerSchedule:
    """Return the schedule with the least weighted tardiness found.

    On time by list scheduling or by complete search where either succeeds; else by constraint
    programming, from the better of list scheduling by due time and by urgency (the least time per
    weight first). Deterministic: no wall clock is read.

    Parameters
    ----------
    duration, due, weight
        Shape (n_batches,), int64, >= 0: see
        :func:`~optimizer.batching.on_time.sequencing.lateness`.
    n_pickers
        At least 1.
    work
        Limit of the constraint solver in its deterministic seconds.

    References
    ----------
    Smith, W. E. (1956): Various optimizers for single-stage production. Naval Research Logistics
    Quarterly 3, 59-66. DOI 10.1002/nav.3800030106 (the rule of least time per weight).
    """
    n = len(duration)
    by_due = np.argsort(due, kind="stable").astype(np.int64)
    picker = np.zeros(n, dtype=np.int64)
    steps = STEPS_TO_ASSIGN
    if assign_on_time(by_due, duration, due, picker, n_pickers, steps) == ON_TIME:
        return PickerSchedule(_sequences(by_due, picker, n_pickers), 0, 0)
    by_urgency = np.lexsort((due, duration / np.maximum(weight, 1))).astype(np.int64)
    free = np.zeros(n_pickers, dtype=np.int64)
    order = min((by_due, by_urgency), key=lambda one: lateness(one, n, duration, due, weight, free))
    listed = PickerSchedule(
        _list_schedule(order, duration, n_pickers),
        lateness(order, n, duration, due, weight, free),
        0,
    )
    found = _by_constraints(duration, due, weight, listed, work)
    return (
        found
        if found.lateness < listed.lateness
        else PickerSchedule(listed.sequences, listed.lateness, found.bound)
    )


def weighted_lateness(
    sequences: tuple[tuple[int, ...], ...],
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    weight: NDArray[np.int64],
) -> int:
    """Return the weighted tardiness of a schedule, recomputed from its sequences."""
    total = 0
    for sequence in sequences:
        clock = 0
        for batch in sequence:
            clock += int(duration[batch])
            total += max(clock - int(due[batch]), 0) * int(weight[batch])
    return total


def _sequences(
    order: NDArray[np.int64], picker: NDArray[np.int64], n_pickers: int
) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(int(batch) for batch in order if picker[batch] == one) for one in range(n_pickers)
    )


def _list_schedule(
    order: NDArray[np.int64], duration: NDArray[np.int64], n_pickers: int
) -> tuple[tuple[int, ...], ...]:
    """Return the next batch given to the next free picker, as :func:`lateness` does."""
    free = [0] * n_pickers
    sequences: list[list[int]] = [[] for _ in range(n_pickers)]
    for batch in order.tolist():
        first = free.index(min(free))
        free[first] += int(duration[batch])
        sequences[first].append(batch)
    return tuple(tuple(sequence) for sequence in sequences)


def _by_constraints(
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    weight: NDArray[np.int64],
    known: PickerSchedule,
    work: float,
) -> PickerSchedule:
    """Return the best schedule of the constraint solver; the known one where it finds none."""
    n, n_pickers = len(duration), len(known.sequences)
    model = cp_model.CpModel()
    horizon = int(duration.sum())
    ends = [model.new_int_var(int(duration[b]), horizon, f"end {b}") for b in range(n)]
    does = [[model.new_bool_var(f"{p} does {b}") for p in range(n_pickers)] for b in range(n)]
    late = [model.new_int_var(0, horizon, f"late {b}") for b in range(n)]
    for batch in range(n):
        model.add_exactly_one(does[batch])
        model.add(late[batch] >= ends[batch] - int(due[batch]))
        # Pickers are alike: the first batches go to the first ones.
        for picker in range(batch + 1, n_pickers):
            model.add(does[batch][picker] == 0)
    for picker in range(n_pickers):
        model.add_no_overlap(
            [
                model.new_optional_interval_var(
                    ends[batch] - int(duration[batch]),
                    int(duration[batch]),
                    ends[batch],
                    does[batch][picker],
                    f"{picker} during {batch}",
                )
                for batch in range(n)
            ]
        )
    model.add_cumulative(
        [
            model.new_fixed_size_interval_var(
                ends[batch] - int(duration[batch]), int(duration[batch]), f"during {batch}"
            )
            for batch in range(n)
        ],
        [1] * n,
        n_pickers,
    )
    model.minimize(sum(int(weight[batch]) * late[batch] for batch in range(n)))
    _hint(model, ends, does, duration, known.sequences)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    bound = max(0, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return PickerSchedule(known.sequences, known.lateness, bound)
    in_order = sorted(range(n), key=lambda batch: (solver.value(ends[batch]), batch))
    sequences = tuple(
        tuple(batch for batch in in_order if solver.value(does[batch][picker]))
        for picker in range(n_pickers)
    )
    # Without the pauses that the solver may leave it can only get earlier.
    return PickerSchedule(sequences, weighted_lateness(sequences, duration, due, weight), bound)


def _hint(
    model: cp_model.CpModel,
    ends: list[cp_model.IntVar],
    does: list[list[cp_model.IntVar]],
    duration: NDArray[np.int64],
    sequences: tuple[tuple[int, ...], ...],
) -> None:
    """Hint the known schedule, its pickers in the order of their first batches by number."""
    numbered = sorted(sequences, key=lambda sequence: min(sequence, default=len(ends)))
    for picker, sequence in enumerate(numbered):
        clock = 0
        for batch in sequence:
            clock += int(duration[batch])
            model.add_hint(ends[batch], clock)
            for other in range(len(numbered)):
                model.add_hint(does[batch][other], other == picker)
