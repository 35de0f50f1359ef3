"""The exact programme for one pick list, compiled: forward, backward and joined.

Values of states are rows of ``N_STATES`` numbers in one flat array. A row *after* entry k of a list
holds the least length of a walk up to and with entry k that leaves a state behind; a row *ahead* of
entry k holds the least length of what completes a walk from a state in the column of entry k, that
entry included. Where both are kept, what a list costs with one piece more or less takes constant
time: it is joined from both sides.

A list of n entries takes O(n) time. Exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.order_selection.transitions import Step, generate_tables
from optimizer.routing.kernel import frugal_kernel

NEVER = 1 << 28
"""Larger than any walk; two of them still fit into int32."""

_TABLES = generate_tables()

N_STATES = len(_TABLES.states)


def _column(steps: Sequence[Step], name: str) -> NDArray[np.int32]:
    return np.array([getattr(step, name) for step in steps], dtype=np.int32)


_ENTRIES = [step for steps in _TABLES.entry for step in steps]
_ENTRY_BEGIN = np.cumsum([0, *map(len, _TABLES.entry)]).astype(np.int32)
_ENTRY_SOURCE = _column(_ENTRIES, "source")
_ENTRY_TARGET = _column(_ENTRIES, "target")
_ENTRY_CHOICE = _column(_ENTRIES, "choice")
_ACROSS_SOURCE = _column(_TABLES.across, "source")
_ACROSS_TARGET = _column(_TABLES.across, "target")
_ACROSS_WEIGHT = _column(_TABLES.across, "weight")
_N_ACROSS = len(_TABLES.across)
_FINAL = np.array(_TABLES.final)


@frugal_kernel
def begin_row(rows: NDArray[np.int32], row: int) -> None:
    """Set a row to what holds before the first entry: no walk yet."""
    base = row * N_STATES
    for state in range(N_STATES):
        rows[base + state] = NEVER
    rows[base] = 0


@frugal_kernel
def end_row(rows: NDArray[np.int32], row: int) -> None:
    """Set a row to what holds after the last entry: complete walks need nothing more."""
    base = row * N_STATES
    for state in range(N_STATES):
        rows[base + state] = 0 if _FINAL[state] else NEVER


@frugal_kernel
def add_entry(
    rows: NDArray[np.int32],
    row: int,
    result: NDArray[np.int32],
    to: int,
    kind: int,
    costs: NDArray[np.int32],
    which: int,
) -> None:
    """Fill row ``to`` of ``result`` from a row before an entry: the row after it.

    ``costs[which]`` are the lengths of its three patterns.
    """
    base, target = row * N_STATES, to * N_STATES
    for state in range(N_STATES):
        result[target + state] = NEVER
    for at in range(_ENTRY_BEGIN[kind], _ENTRY_BEGIN[kind + 1]):
        value = rows[base + _ENTRY_SOURCE[at]] + costs[which, _ENTRY_CHOICE[at]]
        if value < result[target + _ENTRY_TARGET[at]]:
            result[target + _ENTRY_TARGET[at]] = value


@frugal_kernel
def add_entry_back(
    rows: NDArray[np.int32],
    row: int,
    result: NDArray[np.int32],
    to: int,
    kind: int,
    costs: NDArray[np.int32],
    which: int,
) -> None:
    """Fill row ``to`` of ``result`` from what completes a walk after an entry: ahead of it."""
    base, target = row * N_STATES, to * N_STATES
    for state in range(N_STATES):
        result[target + state] = NEVER
    for at in range(_ENTRY_BEGIN[kind], _ENTRY_BEGIN[kind + 1]):
        value = rows[base + _ENTRY_TARGET[at]] + costs[which, _ENTRY_CHOICE[at]]
        if value < result[target + _ENTRY_SOURCE[at]]:
            result[target + _ENTRY_SOURCE[at]] = value


@frugal_kernel
def go_across(
    rows: NDArray[np.int32], row: int, result: NDArray[np.int32], to: int, distance: int
) -> None:
    """Fill row ``to`` of ``result`` with a row carried on to the next column."""
    base, target = row * N_STATES, to * N_STATES
    if distance == 0:
        for state in range(N_STATES):
            result[target + state] = rows[base + state]
        return
    for state in range(N_STATES):
        result[target + state] = NEVER
    for at in range(_N_ACROSS):
        value = rows[base + _ACROSS_SOURCE[at]] + distance * _ACROSS_WEIGHT[at]
        if value < result[target + _ACROSS_TARGET[at]]:
            result[target + _ACROSS_TARGET[at]] = value


@frugal_kernel
def go_across_back(
    rows: NDArray[np.int32], row: int, result: NDArray[np.int32], to: int, distance: int
) -> None:
    """Fill row ``to`` of ``result`` with what completes a walk from the column before."""
    base, target = row * N_STATES, to * N_STATES
    if distance == 0:
        for state in range(N_STATES):
            result[target + state] = rows[base + state]
        return
    for state in range(N_STATES):
        result[target + state] = NEVER
    for at in range(_N_ACROSS):
        value = rows[base + _ACROSS_TARGET[at]] + distance * _ACROSS_WEIGHT[at]
        if value < result[target + _ACROSS_SOURCE[at]]:
            result[target + _ACROSS_SOURCE[at]] = value


@frugal_kernel
def join_rows(rows: NDArray[np.int32], row: int, others: NDArray[np.int32], other: int) -> int:
    """Return the least length of a walk that a row ends in and another row completes."""
    base, target = row * N_STATES, other * N_STATES
    best = NEVER
    for state in range(N_STATES):
        value = rows[base + state] + others[target + state]
        if value < best:
            best = int(value)
    return best
