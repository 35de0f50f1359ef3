"""The message queue between web processes: only ``bye`` to a replaced device crosses it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import socketio

log = logging.getLogger(__name__)

CHANNEL = "wavepick"

RETRY_S = 2.0
"""Pause before a lost queue is tried again; the library's own grows to a minute, for which a
process stays deaf after the queue is back."""


class Broker(socketio.RedisManager):  # type: ignore[misc]
    """Redis or Valkey, heard again soon after it was gone."""

    def _redis_listen_with_retries(self) -> Iterator[Any]:
        """Yield what other processes say, for ever; what is said while it is gone is lost."""
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                yield from self.pubsub.listen()
            except Exception as error:  # noqa: BLE001 - each client library has its own family
                log.warning("the message queue cannot be heard: %s", error)
                time.sleep(RETRY_S)
