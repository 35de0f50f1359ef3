"""Which planning workers are alive: each writes a beat, the console reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.models import WorkerBeat
from server.services import changes
from server.services.clock import Clock

BEAT_EVERY = timedelta(seconds=3)

ALIVE_FOR = timedelta(seconds=12)
"""A worker without a beat for this long counts as gone."""

HOST_PART = 60
"""Characters of a machine's name at the beginning of the names of its workers."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """How many workers are alive and which lanes they serve."""

    alive: int
    lanes: tuple[str, ...]


def beat(session: Session, clock: Clock, *, worker: str, lanes: Iterable[str]) -> None:
    """Say that a worker is alive; leads are told when it is new."""
    now = clock()
    row = session.get(WorkerBeat, worker)
    if row is None:
        session.add(WorkerBeat(id=worker, lanes=sorted(lanes), started_at=now, beat_at=now))
        changes.touch(session, "board")
        return
    if now - row.beat_at > ALIVE_FOR:
        changes.touch(session, "board")
    row.beat_at = now


def leave(session: Session, *, worker: str) -> None:
    """Forget a worker that ends in order."""
    session.execute(delete(WorkerBeat).where(WorkerBeat.id == worker))
    changes.touch(session, "board")


def forget_lost(session: Session, clock: Clock, *, after: timedelta) -> None:
    """Delete the rows of workers that were not seen for ``after``."""
    session.execute(delete(WorkerBeat).where(WorkerBeat.beat_at < clock() - after))


def alive(session: Session, clock: Clock) -> Workforce:
    """Return the workers seen lately."""
    return _workforce(_seen_lately(session, clock))


def alive_on(session: Session, clock: Clock, *, host: str) -> Workforce:
    """Return the workers of one machine seen lately; their names begin with its name."""
    prefix = f"{host[:HOST_PART]}:"
    return _workforce([row for row in _seen_lately(session, clock) if row.id.startswith(prefix)])


def _seen_lately(session: Session, clock: Clock) -> Sequence[WorkerBeat]:
    return session.scalars(
        select(WorkerBeat).where(WorkerBeat.beat_at >= clock() - ALIVE_FOR)
    ).all()


def _workforce(rows: Sequence[WorkerBeat]) -> Workforce:
    lanes = sorted({str(lane) for row in rows for lane in row.lanes})
    return Workforce(alive=len(rows), lanes=tuple(lanes))
