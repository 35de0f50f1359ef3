"""Ids and tokens that depend on the seed alone, so that a history is the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import server.db.base
import server.services.people

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Time:
    now: Callable[[], datetime]

    def time_ns(self) -> int:
        return (self.now() - _EPOCH) // timedelta(microseconds=1) * 1_000


@dataclass(frozen=True, slots=True)
class _Secrets:
    rng: random.Random

    def token_hex(self, n_bytes: int) -> str:
        return self.rng.randbytes(n_bytes).hex()

    def token_bytes(self, n_bytes: int) -> bytes:
        return self.rng.randbytes(n_bytes)

    def token_urlsafe(self, n_bytes: int) -> str:
        return self.rng.randbytes(n_bytes).hex()


@contextmanager
def from_seed(rng: random.Random, now: Callable[[], datetime]) -> Iterator[None]:
    """Make the server's ids and tokens from ``rng`` and its clock inside the block.

    The modules ask ``time`` and ``secrets`` by name, so that replacing the names there is enough.
    """
    base, people = vars(server.db.base), vars(server.services.people)
    before = base["time"], base["secrets"], people["secrets"]
    base["time"], base["secrets"] = _Time(now), _Secrets(rng)
    people["secrets"] = _Secrets(rng)
    try:
        yield
    finally:
        base["time"], base["secrets"], people["secrets"] = before
