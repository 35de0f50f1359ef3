"""What one peer may cost: messages, sockets, time at the door (S2, S6); in both async modes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest
import websocket
from websocket import ABNF

from server.realtime.doors import UNKNOWN_PER_ADDRESS
from server.realtime.websocket import FROM_STRANGER
from tests.security.raw import entered, is_closed, opened, text
from tests.server import small_site
from tests.server.realtime.conftest import Client, Floor

pytestmark = pytest.mark.process

BURST = 60


def handheld(floor: Floor, **auth: Any) -> Client:
    """An unconnected handheld with a session of its own."""
    return floor.handheld(floor.rest(small_site.PICKER, "handheld"), **auth)


def sync_packet(auth: dict[str, Any], number: int) -> str:
    body = {"stream": auth["stream"], "acked": 0, "have": None, "want": None, "rid": f"r{number}"}
    return f'42/handheld,{number}["sync",{json.dumps(body)}]'


def answered(connection: websocket.WebSocket, number: int) -> str:
    """Return the acknowledgement of a number."""
    while True:
        frame = text(connection)
        if frame.startswith(f"43/handheld,{number}["):
            return frame


def test_a_burst_is_answered_at_once(floor: Floor) -> None:
    auth = handheld(floor).auth
    connection = entered(floor.url, auth)
    # CONNECT was the first message.
    for number in range(BURST - 1):
        connection.send(sync_packet(auth, number))
    assert f'"rid":"r{BURST - 2}"' in answered(connection, BURST - 2)
    connection.close()


def how_many_fit(connection: websocket.WebSocket, packet: str, *, at_most: int) -> int:
    """Send until the server does not read on; returns how many packets were taken."""
    for sent in range(at_most):
        try:
            connection.send(packet)
        except (websocket.WebSocketTimeoutException, ConnectionError):
            # It waits, or has missed a ping behind all it sent itself.
            return sent
    return at_most


def send_slowly(connection: websocket.WebSocket, frames: Iterable[ABNF]) -> None:
    """Send frames so that the end of the connection is noticed in between."""
    for frame in frames:
        connection.send_frame(frame)
        time.sleep(0.002)


def test_a_flood_is_not_read_and_others_are_served(floor: Floor) -> None:
    """The server stops reading: what the peer sends stays on the peer's side."""
    flooding = entered(floor.url, handheld(floor).auth)
    flooding.settimeout(0.02)
    packet = f'42/handheld,1["sync",{json.dumps("x" * 60_000)}]'
    # The burst and what the kernel keeps for both ends, not 60 MB.
    assert how_many_fit(flooding, packet, at_most=1_000) < 1_000
    auth = handheld(floor).auth
    polite = entered(floor.url, auth)
    polite.send(sync_packet(auth, 1))
    assert '"rid":"r1"' in answered(polite, 1)
    for connection in (polite, flooding):
        connection.close()


def test_a_silent_stranger_is_shown_the_door(floor: Floor) -> None:
    assert is_closed(opened(floor.url))


def test_a_stranger_has_few_messages(floor: Floor) -> None:
    connection = opened(floor.url)
    for _ in range(FROM_STRANGER + 1):
        connection.send('42/handheld,1["sync",{}]')
    assert is_closed(connection)


def test_strangers_wait_for_a_place_and_known_devices_take_none(floor: Floor) -> None:
    known = [handheld(floor) for _ in range(3)]
    inside = [entered(floor.url, device.auth) for device in known]
    silent = [opened(floor.url) for _ in range(UNKNOWN_PER_ADDRESS)]
    late: list[websocket.WebSocket] = []
    waiting = threading.Thread(target=lambda: late.append(opened(floor.url)))
    waiting.start()
    waiting.join(0.5)
    assert late == []
    # Those inside are served meanwhile, and one place is enough for the next.
    for connection, device in zip(inside, known, strict=True):
        connection.send(sync_packet(device.auth, 1))
        assert '"rid":"r1"' in answered(connection, 1)
    silent[0].close()
    waiting.join(10)
    assert len(late) == 1
    for connection in (*silent[1:], *inside, *late):
        connection.close()


def test_a_third_socket_of_a_device_replaces_its_first(floor: Floor) -> None:
    picker = floor.rest(small_site.PICKER, "handheld")
    first, second, third = (floor.handheld(picker) for _ in range(3))
    for client in (first, second, third):
        client.connect()
    assert first.wait_for("bye")["why"] == "replaced"
    first.wait_for("disconnect")
    assert second.all("bye") == third.all("bye") == []


def test_a_revoked_client_that_ignores_the_goodbye_is_cut_off(floor: Floor) -> None:
    lead = floor.rest(small_site.LEAD)
    code = lead.post("/devices", {"name": "lost"})["code"]
    enrolled = lead.post("/devices/enrolment", {"code": code})
    session = lead.post(
        "/session",
        {
            "badge": small_site.PICKER,
            "pin": small_site.PIN,
            "client": "handheld",
            "device": enrolled["token"],
        },
    )
    auth = handheld(floor, token=session["token"]).auth
    connection = entered(floor.url, auth)
    lead.post(f"/devices/{enrolled['device']}/revoke", {})
    while '"revoked"' not in text(connection):
        pass
    assert is_closed(connection)


def test_a_client_that_leaves_its_namespace_leaves_altogether(floor: Floor) -> None:
    connection = entered(floor.url, handheld(floor).auth)
    connection.send("41/handheld,")
    assert is_closed(connection)


def test_a_message_in_many_fragments_ends_at_the_size_limit(floor: Floor) -> None:
    auth = handheld(floor).auth
    connection = entered(floor.url, auth)
    # 16 MB of one letter in fragments of 32 KB: the limit counts the whole message.
    frames = (
        ABNF.create_frame("a" * 32_768, ABNF.OPCODE_CONT if n else ABNF.OPCODE_TEXT, 0)
        for n in range(512)
    )
    with pytest.raises((websocket.WebSocketException, ConnectionError)):
        send_slowly(connection, frames)
    assert is_closed(connection)
