"""Checks PINs off the event loop: the slow hash takes about 50 ms of a core each time."""

from __future__ import annotations

from collections.abc import Callable

from server.config import AsyncMode
from server.services.people import pin_matches

AT_ONCE = 2
"""Checks that run at the same time; more would take the cores from confirmations."""


def checker(mode: AsyncMode) -> Callable[[str, str], bool]:
    """Return ``check(pin, pin_hash)`` that lets other requests run meanwhile.

    Under gevent the hash runs in a native thread (it releases the interpreter lock) while only
    the asking greenlet waits; in threading mode each request has its own thread anyway.
    """
    if mode is AsyncMode.THREADING:
        return pin_matches
    from gevent.threadpool import ThreadPool

    pool = ThreadPool(AT_ONCE)

    def check(pin: str, pin_hash: str) -> bool:
        return bool(pool.apply(pin_matches, (pin, pin_hash)))

    return check
