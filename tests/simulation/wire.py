"""The network between a device and the server: late, twice, out of order, or not at all."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.loop import Loop
from tests.simulation.mix import Mix

QUICK_MS = (3, 60)
SLOW_MS = (200, 9_000)


class Wire:
    """Carries messages of one device both ways, over whatever connection they were sent on."""

    def __init__(self, loop: Loop, rng: random.Random, mix: Mix) -> None:
        self.faults = True
        self.under_way = 0
        """Messages that will still arrive, some of them long after their sender gave up."""
        self._loop = loop
        self._rng = rng
        self._mix = mix

    def carry(self, arrive: Callable[[], None], *, may_repeat: bool = True) -> None:
        """Deliver once, twice or never, each after a delay of its own."""
        if self.faults and self._rng.random() < self._mix.drop:
            return
        self._later(arrive)
        if may_repeat and self.faults and self._rng.random() < self._mix.duplicate:
            self._later(arrive)

    def _later(self, arrive: Callable[[], None]) -> None:
        def arrived() -> None:
            self.under_way -= 1
            arrive()

        self.under_way += 1
        self._loop.later(self._delay(), arrived)

    def breaks(self) -> bool:
        """Whether the connection is cut with this message."""
        return self.faults and self._rng.random() < self._mix.cut

    def mixes_up(self) -> bool:
        """Whether an earlier answer comes in place of this one."""
        return self.faults and self._rng.random() < self._mix.mix_up

    def _delay(self) -> float:
        slow = self.faults and self._rng.random() < self._mix.slow
        return self._rng.uniform(*(SLOW_MS if slow else QUICK_MS))


def frozen_copy(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as it crosses the wire; facts in it are never changed by either side."""
    copied = dict(body)
    if "ops" in copied:
        copied["ops"] = [dict(op) for op in copied["ops"]]
    return copied
