"""What the simulated people share besides the server: shelves, empty totes and full totes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass


class Shelves:
    """Shelves that turned out empty; who comes later finds nothing either."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._empty: set[tuple[str, str]] = set()

    def found_empty(self, location: str, sku: str) -> None:
        """Remember that nothing is left of an item in a location."""
        with self._lock:
            self._empty.add((location, sku))

    def is_empty(self, location: str, sku: str) -> bool:
        """Return whether somebody found the item gone from the location."""
        with self._lock:
            return (location, sku) in self._empty


class ToteRack:
    """The pile of totes; each is handed out once."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes: queue.SimpleQueue[str] = queue.SimpleQueue()
        for code in codes:
            self._codes.put(code)

    def take(self) -> str | None:
        """Return the next tote, or None when the pile is used up."""
        try:
            return self._codes.get_nowait()
        except queue.Empty:
            return None

    def bring_back(self, code: str) -> None:
        """Put an emptied tote on the pile."""
        self._codes.put(code)


@dataclass(frozen=True, slots=True)
class ToSort:
    """Units of one order in a tote, to be put to the wall slot of that order."""

    tote: str
    order_number: int
    sku: str
    quantity: int


class WallQueue:
    """Goods of lists dropped at the put wall, waiting for the sorter."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[ToSort, ...]] = queue.Queue()

    def drop(self, goods: Iterable[ToSort]) -> None:
        """Leave goods of one list at the wall."""
        load = tuple(goods)
        if load:
            self._waiting.put(load)

    def take(self, seconds: float) -> tuple[ToSort, ...]:
        """Return the goods of the next list; empty when none came within ``seconds``."""
        try:
            return self._waiting.get(timeout=seconds)
        except queue.Empty:
            return ()

    def sorted_away(self) -> None:
        """Say that the goods taken last are in the wall."""
        self._waiting.task_done()

    @property
    def n_waiting(self) -> int:
        """Lists whose goods are not in the wall yet."""
        return self._waiting.unfinished_tasks
