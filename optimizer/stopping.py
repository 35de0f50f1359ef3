"""Stopping criteria: when a search ends.

The core reads no clock of its own choosing and never decides how long it may take: a criterion is
passed in. Production stops by time, tests and benchmarks by iterations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Stop(Protocol):
    """Asked between steps of a search; true once the search should end."""

    def __call__(self) -> bool: ...


@dataclass(slots=True)
class MaxIterations:
    """Stop after it was asked ``limit`` times: deterministic, for tests and benchmarks."""

    limit: int
    asked: int = field(default=0, init=False)

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.limit


@dataclass(slots=True)
class MaxSeconds:
    """Stop once ``seconds`` have passed since construction on ``clock`` (monotonic seconds)."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def __call__(self) -> bool:
        return self.clock() - self.started >= self.seconds


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Stop as soon as one of several criteria says so (a time limit or a cancel request)."""

    criteria: tuple[Stop, ...]

    def __call__(self) -> bool:
        return any(criterion() for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class FirstShare:
    """Stop once a share of another criterion's limit is used up: the first part of a search."""

    whole: Stop
    share: float

    def __call__(self) -> bool:
        used = share_used(self.whole)
        return self.whole() or (used is not None and used >= self.share)


def never() -> bool:
    """Never stop: construction heuristics that end by themselves."""
    return False


def share_used(stop: Stop) -> float | None:
    """Return how much of its limit a criterion has used, 0 to 1; ``None`` where it has none."""
    match stop:
        case MaxIterations(limit=limit, asked=asked):
            return min(1.0, asked / max(limit, 1))
        case MaxSeconds(seconds=seconds, clock=clock, started=started):
            return min(1.0, (clock() - started) / seconds) if seconds > 0 else 1.0
        case AnyOf(criteria=criteria):
            known = [share for each in criteria if (share := share_used(each)) is not None]
            return max(known, default=None)
        case FirstShare(whole=whole, share=share):
            used = share_used(whole)
            return None if used is None else min(1.0, used / share)
        case _:
            return None


def seconds_left(stop: Stop) -> float | None:
    """Return the seconds until a criterion fires by time, ``None`` where it does not."""
    match stop:
        case MaxSeconds(seconds=seconds, clock=clock, started=started):
            return max(0.0, seconds - (clock() - started))
        case AnyOf(criteria=criteria):
            known = [left for each in criteria if (left := seconds_left(each)) is not None]
            return min(known, default=None)
        case FirstShare(whole=whole, share=share):
            left, used = seconds_left(whole), share_used(whole)
            if left is None or used is None:
                return left
            return left * max(0.0, share - used) / (1.0 - used) if used < 1.0 else 0.0
        case _:
            return None
