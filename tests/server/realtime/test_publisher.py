"""Hints: who is told what, and that nothing is read while nobody listens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.db.engine import Database
from server.realtime.connections import Connection, Connections
from server.realtime.publisher import Publisher
from server.services import changes, lists
from tests.server.processes import wait_until
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


@dataclass
class Sockets:
    """Stands in for the socket server: keeps what would be sent."""

    sent: list[tuple[str, Any, dict[str, Any]]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    rooms: dict[str, list[str]] = field(default_factory=dict)

    @property
    def server(self) -> Sockets:
        return self

    @property
    def eio(self) -> Sockets:
        return self

    @property
    def manager(self) -> Sockets:
        return self

    def get_participants(self, _namespace: str, room: str) -> list[tuple[str, str]]:
        return [(sid, f"engine-{sid}") for sid in self.rooms.get(room, ())]

    def create_event(self) -> threading.Event:
        return threading.Event()

    def emit(self, event: str, body: Any, **where: Any) -> None:
        assert where.pop("ignore_queue")
        self.sent.append((event, body, where))

    def disconnect(self, sid: str, namespace: str) -> None:
        self.closed.append(sid)

    def start_background_task(self, work: Any) -> None:
        threading.Thread(target=work, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)


@dataclass
class Set:
    """A publisher with its surroundings."""

    database: Database
    sockets: Sockets
    connections: Connections
    publisher: Publisher

    def touch(self, *topics: str) -> None:
        with self.database.write() as session:
            changes.touch(session, *topics)

    def connect(self, sid: str, sign_in: str, namespace: str = "/lead") -> None:
        self.publisher.begin()
        self.connections.add(Connection(sid, namespace, sign_in, "person"))

    def poked(self) -> list[str]:
        """Sockets and rooms of handhelds that were poked, in order."""
        return [
            where["to"]
            for event, _, where in self.sockets.sent
            if event == "poke" and where["namespace"] == "/handheld"
        ]

    def topics(self) -> list[str]:
        return [body["topic"] for event, body, _ in self.sockets.sent if event == "poke"]


@pytest.fixture
def desk(sqlite: Database) -> Set:
    """A publisher on an empty database."""
    sockets, connections = Sockets(), Connections()
    publisher = Publisher(sqlite, sockets, connections)
    return Set(sqlite, sockets, connections, publisher)


def test_each_topic_is_told_once(desk: Set) -> None:
    desk.connect("a", "s1")
    desk.touch("orders", "board")
    desk.touch("board")
    desk.publisher.publish()
    desk.publisher.publish()
    assert sorted(desk.topics()) == ["board", "orders"]
    assert {body["topic"]: body["rev"] for _, body, _ in desk.sockets.sent} == {
        "orders": 1,
        "board": 2,
    }


def test_changes_before_anyone_listened_are_not_told(desk: Set) -> None:
    desk.touch("orders")
    desk.publisher.publish()
    desk.connect("a", "s1")
    desk.publisher.publish()
    assert desk.sockets.sent == []
    desk.touch("stock")
    desk.publisher.publish()
    assert desk.topics() == ["stock"]


def test_a_change_between_connecting_and_reading_is_told(desk: Set) -> None:
    desk.connect("a", "s1")
    desk.touch("orders")
    desk.publisher.publish()
    assert desk.topics() == ["orders"]


def test_an_ended_session_loses_its_sockets_only(desk: Set) -> None:
    desk.connect("a", "s1", "/handheld")
    desk.connect("b", "s2", "/handheld")
    desk.touch("session:s1")
    desk.publisher.publish()
    assert desk.sockets.closed == ["a"]
    assert desk.sockets.sent == [
        ("bye", {"why": "revoked", "retry_after": None}, {"namespace": "/handheld", "to": "a"})
    ]


def test_sessions_and_offered_work_are_not_for_leads(desk: Set) -> None:
    desk.connect("a", "s1")
    desk.touch("session:other", "work")
    desk.publisher.publish()
    assert desk.topics() == []


def test_leads_hear_of_a_list_by_the_board(desk: Set) -> None:
    desk.connect("a", "s1")
    desk.touch("board", "list:x", "wave:y")
    desk.publisher.publish()
    assert sorted(desk.topics()) == ["board", "wave:y"]
    desk.touch("list:x")
    desk.publisher.publish()
    assert desk.topics()[2:] == ["list:x"]


def test_a_device_needs_no_hint_about_its_own_facts(sqlite: Database) -> None:
    """Both show the list; the first has its version from an answer. Then a lead changes it."""
    site = Site(sqlite)
    site.build({("A-1", "S1"): 10})
    site.launch(PlannedTour([PlannedTask("A-1", site.order(("S1", 3)), "S1", 3, 0)]))
    device = Device(sqlite, site.clock, site.sign_in())
    sockets, connections = Sockets(), Connections()
    desk = Set(sqlite, sockets, connections, Publisher(sqlite, sockets, connections))
    device.sync(want="work")
    assert device.view is not None
    list_id = device.view["list"]
    for sid in ("own", "former"):
        desk.connect(sid, sid, "/handheld")
    sockets.rooms[f"list:{list_id}"] = ["own", "former"]
    device.bind_all()
    answer = device.send(device.log)
    connections.told("own", list_id, answer["ver"])
    desk.publisher.publish()
    assert desk.poked() == ["former"]
    with sqlite.write() as session:
        lists.recall(session, site.clock, list_id=list_id, key="1")
    desk.publisher.publish()
    assert desk.poked()[1:3] == ["own", "former"]


def test_a_hint_waits_for_the_answer_that_may_make_it_needless(desk: Set) -> None:
    """The answer names version 7: a hint about that one is dropped, one about 8 follows it."""
    for sid in ("own", "other"):
        desk.connect(sid, sid, "/handheld")
    connections = desk.connections
    assert not connections.withhold("own", "x", 7), "no answer is being made"
    for version, left in ((7, None), (8, ("x", 8))):
        connections.asks("own")
        assert connections.withhold("own", "x", version)
        assert not connections.withhold("other", "x", version)
        connections.told("own", "x", 7)
        assert connections.answered("own") == left
    connections.asks("own")
    assert connections.answered("own") is None
    connections.asks("own")
    connections.withhold("own", "y", 1)
    connections.asks("own")  # The same message again: the device has waited long enough.
    assert connections.answered("own") == ("y", 1), "the answer was about another list"
    connections.asks("own")
    connections.withhold("own", "y", 1)
    connections.remove("own")
    assert connections.answered("own") is None


def test_who_waits_for_work_hears_of_work_only(sqlite: Database) -> None:
    site = Site(sqlite)
    site.build({("A-1", "S1"): 10})
    order = site.order(("S1", 3))
    sockets, connections = Sockets(), Connections()
    desk = Set(sqlite, sockets, connections, Publisher(sqlite, sockets, connections))
    desk.connect("idle", "s1", "/handheld")
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)]))
    desk.publisher.publish()
    assert desk.poked() == ["waiting-for-work"]
    device = Device(sqlite, site.clock, site.sign_in())
    device.sync(want="work")
    desk.publisher.publish()
    sockets.sent.clear()
    device.bind_all()
    desk.publisher.publish()
    assert desk.poked() == []


def test_the_loop_reads_at_once_when_woken(desk: Set) -> None:
    desk.connect("a", "s1")
    desk.database.on_commit = desk.publisher.wake
    desk.publisher.start()
    desk.touch("orders")
    wait_until(lambda: desk.topics() == ["orders"], within_s=3, what="told")
    desk.publisher.stop()
