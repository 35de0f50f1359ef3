"""Socket.IO packets as this server accepts them.

The library takes three things from clients that it should not. An ordinary event named
``connect`` or ``disconnect`` runs the handlers of the real ones, so a client could drop out of the
server's books while its socket stays open. A packet may announce 99,999,999 attachments and keep
its connection waiting for ever. And what is no packet at all ends in a traceback. All of these
become an event that nobody handles, which is answered with an error.
"""

from __future__ import annotations

import logging
from typing import Any

from socketio import packet

log = logging.getLogger(__name__)

REFUSED = "refused-packet"

RESERVED = frozenset({"connect", "disconnect"})


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A packet without binary parts whose event has a name of its own."""

    uses_binary_events = False
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Read a packet; what is not acceptable becomes the event :data:`REFUSED`."""
        try:
            attachments: int = super().decode(encoded_packet)
        except (ValueError, TypeError, AttributeError, IndexError):
            return self._refuse("not a packet")
        kind: object = self.packet_type
        if attachments or kind in (packet.BINARY_EVENT, packet.BINARY_ACK):
            return self._refuse("binary")
        if kind not in (packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK):
            return self._refuse("type")
        if kind == packet.EVENT and not self._has_a_name():
            return self._refuse("name")
        if kind == packet.ACK and not isinstance(self.data, list):
            return self._refuse("acknowledgement")
        return 0

    def _has_a_name(self) -> bool:
        return (
            isinstance(self.data, list)
            and bool(self.data)
            and isinstance(self.data[0], str)
            and self.data[0] not in RESERVED
        )

    def _refuse(self, why: str) -> int:
        log.info("packet refused: %s", why)
        self.packet_type = packet.EVENT
        self.data = [REFUSED]
        return 0
