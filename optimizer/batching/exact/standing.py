"""What the parts of a proof share: the best batches, their value, and how much time is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from optimizer.batching.exact.integer import Interrupter
from optimizer.batching.exact.pricing import FINE
from optimizer.batching.problem import Batch
from optimizer.stopping import Stop, never, seconds_left, share_used


def _as_it_is(batches: Sequence[Batch], value: int) -> tuple[Sequence[Batch], int]:
    return batches, value


@dataclass(slots=True)
class Standing:
    """The best batches known and the limits.

    Parameters
    ----------
    n
        Number of demands.
    step
        Every value is a multiple of it.
    upper, batches
        The best batches and their value.
    is_own
        Whether the proof itself found them.
    has_list
        Whether all batches of something better are listed, so that what is left is a matter of
        computing.
    stop
        The limits of the search.
    interrupter
        Ends an integer programme that is being solved.
    value_of
        Value of a batch.
    polish
        Improves batches, given with their value, by local changes.
    """

    n: int
    step: int
    upper: int = 0
    batches: list[Batch] = field(default_factory=list)
    is_own: bool = False
    has_list: bool = False
    stop: Stop = never
    interrupter: Interrupter = field(default_factory=Interrupter)
    value_of: Callable[[Batch], int] = len
    polish: Callable[[Sequence[Batch], int], tuple[Sequence[Batch], int]] = _as_it_is

    def offer(self, batches: Sequence[Batch], value: int, *, is_own: bool) -> None:
        """Take batches that are better."""
        if not self.batches or value < self.upper:
            self.batches, self.upper, self.is_own = list(batches), value, is_own

    def offer_cover(self, batches: Sequence[Batch]) -> None:
        """Take batches that hold every demand at least once, without the repeated ones."""
        held: set[int] = set()
        kept = []
        for batch in batches:
            rest = tuple(demand for demand in batch if demand not in held)
            held.update(rest)
            if rest:
                kept.append(rest)
        self.offer(kept, sum(map(self.value_of, kept)), is_own=True)

    @property
    def is_over(self) -> bool:
        """Return whether the limit is used up."""
        share = share_used(self.stop)
        return share is not None and share >= 1.0

    @property
    def seconds(self) -> float | None:
        """Return the seconds that are left, ``None`` without such a limit."""
        return seconds_left(self.stop)

    def rounded(self, parts: int) -> int:
        """Return the least possible value that a bound in parts of FINE allows."""
        step = self.step * FINE
        return -(-parts // step) * self.step

    def is_hopeless(self, parts: int) -> bool:
        """Return whether nothing better than the best batches is above a bound."""
        return self.rounded(parts) >= self.upper

    def gap(self, parts: int) -> int:
        """Return which reduced costs (in parts) a batch of a better solution is below."""
        return (self.upper - self.step) * FINE - parts + 1
