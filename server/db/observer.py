"""What a database tells about its write transactions, to whoever measures them."""

from __future__ import annotations

from typing import Protocol


class WriteObserver(Protocol):
    """Hears of every write transaction, in the thread or greenlet that runs it; never raises."""

    def began(self, waited_s: float) -> None:
        """A transaction has the write lock, after so many seconds in the queue of writers."""

    def committed(self, took_s: float) -> None:
        """A commit is durable; the commit alone took so many seconds."""

    def failed(self, code: str) -> None:
        """The database itself refused: ``busy``, ``conflict``, ``disk-full``, ``unavailable`` …"""

    def repeated(self, code: str) -> None:
        """A use case is tried again after such a failure."""


class NoObserver:
    """Measures nothing."""

    def began(self, waited_s: float) -> None:
        """Ignore it."""

    def committed(self, took_s: float) -> None:
        """Ignore it."""

    def failed(self, code: str) -> None:
        """Ignore it."""

    def repeated(self, code: str) -> None:
        """Ignore it."""
