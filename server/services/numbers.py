"""Short numbers that people see and say: orders, waves, lists."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.models import Counter


def take(session: Session, name: str, count: int = 1) -> int:
    """Reserve ``count`` consecutive numbers of the series ``name`` and return the first (from 1).

    Numbers are for people; things are named by ids. A restored backup may give a number twice.
    """
    counter = session.get(Counter, name)
    if counter is None:
        counter = Counter(name=name, value=0)
        session.add(counter)
    first = counter.value + 1
    counter.value += count
    return first
