"""The end of a web process in order: nobody waits for an answer that will not come."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Final

from flask_socketio import SocketIO

from server.observability.lifecycle import Lifecycle
from server.realtime import handheld
from server.realtime.connections import Connections

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = (2.0, 5.0)
"""Handhelds are told to come back after a time between these: a restart takes less, and hundreds
of them must not come back in the same instant."""

ANSWER_S: Final = 4.0
"""What requests and events that were taken may still need for their answer."""

LEAVE_S: Final = 1.0
"""What the answers may need from the queue of a socket to the network."""

STEP_S: Final = 0.02


class Drain:
    """Ends the work of one process; every step has its limit, together about five seconds."""

    def __init__(self, socketio: SocketIO, connections: Connections, lifecycle: Lifecycle) -> None:
        self._socketio = socketio
        self._connections = connections
        self._lifecycle = lifecycle

    def run(self) -> None:
        """Be not ready, answer what was taken, say goodbye, close the sockets.

        Operations that arrive meanwhile are answered ``busy`` and stay in the outbox. The goodbye
        comes last, since a handheld that hears it hangs up at once, answer or not. A second call
        returns at once.
        """
        if not self._lifecycle.begin_to_drain():
            return
        log.info("draining", extra={"sockets": len(self._connections)})
        answered = self._wait_until(lambda: self._lifecycle.in_hand == 0, ANSWER_S)
        if not answered:
            log.warning("unanswered at the end", extra={"in_hand": self._lifecycle.in_hand})
        # An answer is put into the queue of its socket right after its handler has returned.
        self._socketio.sleep(STEP_S)
        self._say_goodbye()
        for socket in list(self._socketio.server.eio.sockets.values()):
            # Queued behind the answers; the writer of the socket then ends the connection.
            socket.close(wait=False)
        self._wait_until(lambda: len(self._connections) == 0, LEAVE_S)
        self._socketio.sleep(STEP_S)
        log.info("drained", extra={"answered": answered})

    def _say_goodbye(self) -> None:
        for sid in self._connections.sids(handheld.NAMESPACE):
            self._socketio.emit(
                "bye",
                {"why": "busy", "retry_after": round(random.uniform(*RETRY_AFTER_S), 2)},
                namespace=handheld.NAMESPACE,
                to=sid,
                ignore_queue=True,
            )

    def _wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() >= deadline:
                return False
            self._socketio.sleep(STEP_S)
        return True
