"""Sockets of a real server in both async modes: always answered, never fooled, closed in time."""

from __future__ import annotations

import inspect
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
import websocket

from server.auth import is_marked
from server.db.engine import Database
from server.realtime.connections import Connections
from server.realtime.events import LIFECYCLE
from server.realtime.handheld import HandheldNamespace
from server.realtime.lead import LeadNamespace
from tests.server import small_site
from tests.server.processes import Server, wait_until
from tests.server.realtime.conftest import Client, Floor

pytestmark = pytest.mark.process


def sync_body(client: Client, **other: Any) -> dict[str, Any]:
    stream = client.auth["stream"]
    return {"stream": stream, "acked": 0, "have": None, "want": None, "rid": "r-1", **other}


@pytest.mark.parametrize("namespace", [HandheldNamespace, LeadNamespace])
def test_every_event_says_who_may_send_it(namespace: type) -> None:
    events = {
        name
        for name, _ in inspect.getmembers(namespace(Connections()), callable)
        if name.startswith("on_") and name.removeprefix("on_") not in LIFECYCLE
    }
    assert events == ({"on_sync", "on_ops"} if namespace is HandheldNamespace else set())
    assert all(is_marked(getattr(namespace, event)) for event in events)


def test_sync_and_ops_are_answered(floor: Floor) -> None:
    device = floor.handheld(floor.rest(small_site.PICKER, "handheld")).connect()
    reply = device.call("sync", sync_body(device))
    assert (reply["rid"], reply["last"], reply["list"]) == ("r-1", 0, None)
    op = {"seq": 1, "kind": "report", "text": "hello"}
    answer = device.call("ops", {"stream": device.auth["stream"], "ops": [op]})
    assert answer["last"] == 1
    again = device.call("ops", {"stream": device.auth["stream"], "ops": [op]})
    assert again["verdicts"] == answer["verdicts"]


@pytest.mark.parametrize(
    ("event", "body", "code"),
    [
        ("sync", {}, "bad-message"),
        ("sync", [], "bad-message"),
        ("sync", None, "bad-message"),
        ("sync", "x" * 1_000, "bad-message"),
        ("ops", {"stream": "0" * 32, "ops": []}, "wrong-stream"),
        ("ops", {"stream": "short", "ops": []}, "bad-message"),
        ("_own", {}, "unknown-event"),
        ("trigger_event", {}, "unknown-event"),
        ("a b\n", {}, "unknown-event"),
    ],
)
def test_bad_events_are_answered_with_their_error(
    floor: Floor, event: str, body: object, code: str
) -> None:
    device = floor.handheld(floor.rest(small_site.PICKER, "handheld")).connect()
    assert device.call(event, body)["error"]["code"] == code
    assert device.call("sync", sync_body(device))["rid"] == "r-1"


def test_who_may_not_connect_learns_why(floor: Floor) -> None:
    picker = floor.rest(small_site.PICKER, "handheld")
    refused = [
        (floor.handheld(picker, token="x" * 43), "no-session"),
        (floor.handheld(picker, proto=2), "upgrade"),
        (floor.handheld(picker, stream="short"), "bad-message"),
        (floor.handheld(picker, surprise=1), "bad-message"),
        (floor.console(picker), "role"),
    ]
    for client, code in refused:
        opened = raw(floor.url)
        opened.send(f"40{client.namespace},{json.dumps(client.auth)}")
        answer = text(opened)
        assert answer.startswith(f"44{client.namespace},"), answer
        assert json.loads(answer.split(",", 1)[1])["data"]["code"] == code
        opened.close()


@pytest.mark.parametrize(
    "frame",
    [
        '42/handheld,7["disconnect","client disconnect"]',
        '42/handheld,7["connect",{"token":"x"}]',
        '42/handheld,7[["sync"]]',
        "42/handheld,7[]",
        '42/handheld,7{"sync":1}',
        '42/handheld,7["sync",NaN]',
        '451-/handheld,7["sync",{"_placeholder":true,"num":0}]',
        '4599999999-/handheld,7["sync"]',
    ],
)
def test_malformed_packets_neither_end_nor_fool_a_connection(floor: Floor, frame: str) -> None:
    rest = floor.rest(small_site.PICKER, "handheld")
    client = floor.handheld(rest)
    opened = raw(floor.url)
    opened.send(f"40/handheld,{json.dumps(client.auth)}")
    assert text(opened).startswith("40/handheld,")
    opened.send(frame)
    opened.send(f'42/handheld,8["sync",{json.dumps(sync_body(client))}]')
    answers: list[str] = []
    while not any(answer.startswith("43/handheld,8[") for answer in answers):
        answers.append(text(opened))
    assert '"rid":"r-1"' in answers[-1]
    # Still in the server's books: signing out reaches it.
    rest._call("DELETE", f"{floor.url}/api/v1/session", None)
    assert "revoked" in text(opened)
    opened.close()


def text(opened: websocket.WebSocket) -> str:
    """Return the next text frame."""
    frame = opened.recv()
    assert isinstance(frame, str)
    return frame


def raw(url: str) -> websocket.WebSocket:
    """Return an Engine.IO connection spoken by hand."""
    opened = websocket.create_connection(
        f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", timeout=5
    )
    assert text(opened).startswith("0{")
    return opened


def test_the_newest_connection_of_a_device_replaces_the_older(floor: Floor) -> None:
    picker = floor.rest(small_site.PICKER, "handheld")
    older = floor.handheld(picker).connect()
    newer = floor.handheld(picker, stream=older.auth["stream"]).connect()
    assert older.wait_for("bye")["why"] == "replaced"
    older.wait_for("disconnect")
    assert newer.call("sync", sync_body(newer))["rid"] == "r-1"
    assert newer.heard == []


@pytest.mark.parametrize("late", [(3, 1), (2, 9)], ids=["an earlier try", "an earlier page"])
def test_a_connect_that_arrives_late_leaves_the_newer_line_alone(
    floor: Floor, late: tuple[int, int]
) -> None:
    picker = floor.rest(small_site.PICKER, "handheld")
    newer = floor.handheld(picker, page=3, attempt=2).connect()
    stream = newer.auth["stream"]
    older = floor.handheld(picker, stream=stream, page=late[0], attempt=late[1])
    opened = raw(floor.url)
    opened.send(f"40/handheld,{json.dumps(older.auth)}")
    answer = text(opened)
    assert answer.startswith("44/handheld,"), answer
    assert json.loads(answer.split(",", 1)[1])["data"]["code"] == "replaced"
    opened.close()
    assert newer.call("sync", sync_body(newer))["rid"] == "r-1"
    assert newer.heard == []
    newest = floor.handheld(picker, stream=stream, page=4, attempt=1).connect()
    said = newer.wait_for("bye")
    assert (said["why"], said["page"], said["attempt"]) == ("replaced", 4, 1)
    assert newest.call("sync", sync_body(newest))["rid"] == "r-1"


def test_signing_out_closes_the_sockets_of_that_session_only(floor: Floor) -> None:
    leaving, staying = (floor.rest(small_site.PICKER, "handheld") for _ in range(2))
    closed, kept = floor.handheld(leaving).connect(), floor.handheld(staying).connect()
    leaving._call("DELETE", f"{floor.url}/api/v1/session", None)
    assert closed.wait_for("bye", within_s=2)["why"] == "revoked"
    closed.wait_for("disconnect", within_s=2)
    assert kept.call("sync", sync_body(kept))["rid"] == "r-1"


def test_a_change_pokes_every_console_with_its_topics(floor: Floor) -> None:
    lead = floor.rest(small_site.LEAD)
    consoles = [floor.console(lead).connect() for _ in range(2)]
    for console in consoles:
        console.forget()
    lead.post("/stock/receipts", {"location": "A-01-1-01-L", "sku": "SKU-00", "quantity": 1})
    for console in consoles:
        wait_until(
            lambda console=console: "stock" in [poke["topic"] for poke in console.all("poke")],  # type: ignore[misc]
            within_s=2,
            what="stock poked",
        )


def test_another_process_is_noticed_too(floor: Floor, server: Server) -> None:
    lead = floor.rest(small_site.LEAD)
    console = floor.console(lead).connect()
    console.forget()
    database = Database(database_url(server))
    number = 1_000 + len(lead.get("/orders?limit=500")["orders"])
    small_site.accept_orders(database, [number])
    database.close()
    wait_until(
        lambda: "orders" in [poke["topic"] for poke in console.all("poke")],
        within_s=2,
        what="orders poked",
    )


def test_too_large_a_message_closes_the_socket(floor: Floor) -> None:
    device = floor.handheld(floor.rest(small_site.PICKER, "handheld")).connect()
    device.socket.emit("ops", {"text": "x" * 70_000}, namespace="/handheld")
    device.wait_for("disconnect")


def test_binary_messages_close_the_socket(floor: Floor) -> None:
    device = floor.handheld(floor.rest(small_site.PICKER, "handheld")).connect()
    device.socket.emit("ops", {"blob": b"\x00\x01"}, namespace="/handheld")
    device.wait_for("disconnect")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", None),
        ("null", None),
        ("http://evil.example", "evil.example"),
    ],
)
def test_foreign_origins_are_refused(server: Server, origin: str, host: str | None) -> None:
    headers = {} if host is None else {"X-Forwarded-Host": host}
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(
            f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket",
            origin=origin,
            header=headers,
        )
    assert refused.value.status_code == 400


def test_the_own_origin_is_accepted(server: Server) -> None:
    opened = websocket.create_connection(
        f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket",
        origin=server.url,
    )
    assert text(opened).startswith("0{")
    opened.close()


def test_long_polling_is_refused(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/socket.io/?EIO=4&transport=polling", timeout=5)
    assert refused.value.code == 400
    refused.value.close()


def database_url(server: Server) -> str:
    return server.settings["WAVEPICK_DATABASE_URL"]
