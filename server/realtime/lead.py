"""Namespace ``/lead``: consoles are told what changed and read it again over REST."""

from __future__ import annotations

from typing import Any

from flask import request

from server.auth import check, remember_token
from server.models import Role
from server.parts import parts
from server.realtime.connections import Connection, Connections
from server.realtime.events import Guarded
from server.realtime.messages import LeadAuth, parsed

NAMESPACE = "/lead"


class LeadNamespace(Guarded):
    """No calls; one hint, ``poke {topic, rev}``."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(NAMESPACE, connections)

    def on_connect(self, auth: Any = None) -> None:
        """Let a lead's console in."""
        asked = parsed(LeadAuth, (auth,))
        who = check(parts(), asked.token, Role.LEAD)
        remember_token(NAMESPACE, asked.token)
        self.connections.add(
            Connection(
                request.sid,  # type: ignore[attr-defined]
                NAMESPACE,
                who.sign_in_id,
                who.person_id,
                abort=self.let_in(),
            )
        )
