"""The tour that peers are asked for, and what they answer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import WrongAnswerError
from benchmarks.suite import PeerResult


@dataclass(frozen=True, slots=True)
class TourTask:
    """A shortest tour from row 0 over all inner rows to the last row.

    ``lengths`` has shape (n + 2, n + 2), int64, millimetres, not necessarily symmetric. In a round
    trip the last row repeats row 0; peers are then given one depot and the matrix without it.
    """

    lengths: NDArray[np.int64]
    round_trip: bool

    @property
    def matrix(self) -> NDArray[np.int64]:
        """The matrix for a peer: the depot in row 0, in an open tour its end in the last row."""
        return np.ascontiguousarray(self.lengths[:-1, :-1] if self.round_trip else self.lengths)

    @property
    def end_row(self) -> int:
        """The row of :attr:`matrix` in which the tour ends."""
        return 0 if self.round_trip else len(self.lengths) - 1

    def length_mm(self, order: Sequence[int]) -> int:
        """Return the length of visiting the inner rows in the given order.

        Raises
        ------
        WrongAnswerError
            When the order is not a permutation of the inner rows.
        """
        last = len(self.lengths) - 1
        if sorted(order) != list(range(1, last)):
            raise WrongAnswerError("a tour must visit every row once")
        rows = np.array([0, *order, last])
        return int(self.lengths[rows[:-1], rows[1:]].sum())


class Trace:
    """The incumbents of a search: when each was first held, in seconds since the start."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._started = clock()
        self.points: list[tuple[float, int]] = []

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    def saw(self, length_mm: int) -> None:
        """Note an incumbent; one that is no better than an earlier one is passed over."""
        if not self.points or length_mm < self.points[-1][1]:
            self.points.append((self.seconds, length_mm))


@dataclass(frozen=True, slots=True)
class PeerTour:
    """A peer's answer: the inner rows in walking order, and how it got there."""

    order: tuple[int, ...]
    seconds: float
    trace: tuple[tuple[float, int], ...]


class Peer(Protocol):
    """Another solver. ``settings`` says in words how it is run."""

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> str: ...

    def solve(self, task: TourTask, *, seconds: float, seed: int) -> PeerTour:
        """Return the best tour it finds; the clock starts when its model is already built."""
        ...


def peer_result(peer: Peer, task: TourTask, tour: PeerTour, *, target_mm: float) -> PeerResult:
    """Return a peer's answer with its length recomputed and the time to a target.

    The last incumbent is known to the trace only if the peer reported it; the end of the search
    counts as the latest time at which it was held.
    """
    length = task.length_mm(tour.order)
    times = [seconds for seconds, held in tour.trace if held <= target_mm]
    first = min(times, default=tour.seconds if length <= target_mm else math.inf)
    return PeerResult(
        name=peer.name,
        objective=length,
        seconds=tour.seconds,
        target_seconds=first if math.isfinite(first) else None,
    )
