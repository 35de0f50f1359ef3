"""The best wave so far, shared by the annealing and the integer program beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ortools.util.python.solve_interrupter import SolveInterrupter

from optimizer.stopping import Stop
from optimizer.wave_selection.annealing import WaveSearch
from optimizer.wave_selection.problem import UnitsPerAisle, Wave


class Incumbent:
    """Takes a better wave from either side and hands it to the other.

    Orders are those of the problem; the search counts ``orders`` anew. ``ending`` interrupts a
    solver once the search has ended. Safe for two threads.
    """

    def __init__(self, search: WaveSearch, orders: Sequence[int]) -> None:
        self._search = search
        self._orders = orders
        self._place = {order: place for place, order in enumerate(orders)}
        self._lock = threading.Lock()
        self._wave: Wave | None = None
        self._ratio: UnitsPerAisle | None = None
        self._is_closed = False
        self.ending = SolveInterrupter()
        self._take_from_search()

    @property
    def best(self) -> tuple[Wave, UnitsPerAisle] | None:
        """The wave and its ratio, ``None`` before the first."""
        with self._lock:
            if self._wave is None or self._ratio is None:
                return None
            return self._wave, self._ratio

    @property
    def is_closed(self) -> bool:
        """Whether the search has ended, or has been told to."""
        return self._is_closed

    def offer(self, wave: Wave, ratio: UnitsPerAisle) -> bool:
        """Take a wave if it is better; tell whether it was."""
        with self._lock:
            if not ratio.is_better_than(self._ratio):
                return False
            self._wave, self._ratio = wave, ratio
            return True

    def close(self) -> None:
        """End the search at its next question, and solvers that are interrupted by it."""
        with self._lock:
            self._is_closed = True
            self.ending.interrupt()

    def exchanging(self, stop: Stop) -> Callable[[], bool]:
        """Return the question of the search whether to stop, in which waves change hands.

        Between two questions the search alone may touch its wave.
        """

        def question() -> bool:
            self._take_from_search()
            best = self.best
            if best is not None and best[1].is_better_than(self._search.ratio):
                places = tuple(self._place[order] for order in best[0].orders)
                self._search.offer(Wave(places, best[0].aisles), best[1])
            if stop():
                self.close()
            return self._is_closed

        return question

    def _take_from_search(self) -> None:
        ratio = self._search.ratio
        with self._lock:
            if ratio is None or not ratio.is_better_than(self._ratio):
                return
            found = self._search.wave
            self._wave = Wave(tuple(self._orders[place] for place in found.orders), found.aisles)
            self._ratio = ratio
