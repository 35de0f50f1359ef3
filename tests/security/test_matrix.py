"""Who may do what: every route and event, with every kind of caller (S1, S2, S4, G23).

The matrix is generated from the routes and events themselves. What a caller may do follows from
the one mark on the handler; any other answer is an unexpected allow, or an unexpected refusal.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.auth import MARK, RANK
from server.models import SignIn
from server.picking import operations
from server.realtime.connections import Connections
from server.realtime.events import LIFECYCLE
from server.realtime.handheld import HandheldNamespace
from server.realtime.lead import LeadNamespace
from server.services import devices, people
from server.services.clock import system_clock
from tests.security.raw import opened, text
from tests.server import small_site
from tests.server.api.conftest import Site, body_of
from tests.server.realtime.conftest import Floor
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour
from tests.server.services.site import Site as Warehouse

REFUSED = ("none", "garbage", "signed-out", "revoked", "expired", "gone", "device-revoked")
"""Callers without a valid session; nothing but public routes answers them."""

ROLES = {"picker": small_site.PICKER, "lead": small_site.LEAD, "admin": small_site.ADMIN}

LIBRARY_ROUTES = {"openapi.spec"}
"""Unmarked, and open: the document says what routes there are, which the pages say as well."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule and its mark: a role, ``public``, or None."""

    method: str
    rule: str
    endpoint: str
    mark: str | None

    @property
    def path(self) -> str:
        """The rule with ids that nothing has."""
        return re.sub(r"<[^>]+>", "0" * 32, self.rule)

    def expected(self, caller: str) -> str:
        """What the mark says about a caller: ``allowed``, ``sign-in`` (401) or ``role`` (403)."""
        if self.mark == "public" or self.endpoint in LIBRARY_ROUTES:
            return "allowed"
        if caller in REFUSED:
            return "sign-in"
        assert self.mark is not None, f"{self.rule} has no mark"
        return "allowed" if RANK[caller] >= RANK[self.mark] else "role"


def routes(site: Site) -> Iterator[Route]:
    for rule in site.app.url_map.iter_rules():
        mark = getattr(site.app.view_functions[rule.endpoint], MARK, None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, rule.rule, rule.endpoint, mark)


def token_of(site: Site, caller: str) -> str | None:
    """A token of that kind of caller; the best role there is where it must not work."""
    if caller == "none":
        return None
    if caller == "garbage":
        return "x" * 43
    if caller in ROLES:
        return site.token(ROLES[caller])
    if caller == "device-revoked":
        return _on_a_revoked_device(site)
    token = site.token(small_site.ADMIN)
    with site.database.write() as session:
        who = people.who(session, system_clock, token=token)
        match caller:
            case "signed-out":
                people.sign_out(session, system_clock, sign_in_id=who.sign_in_id)
            case "revoked":
                people.revoke(session, system_clock, sign_in_id=who.sign_in_id)
            case "expired":
                ended = system_clock() - timedelta(seconds=1)
                session.execute(
                    update(SignIn).where(SignIn.id == who.sign_in_id).values(expires_at=ended)
                )
            case "gone":
                people.deactivate(session, system_clock, badge=small_site.ADMIN)
    return token


def _on_a_revoked_device(site: Site) -> str:
    with site.database.write() as session:
        code, device = devices.invite(session, system_clock, name="lost")
        token, _ = devices.enrol(session, system_clock, code=code)
        device_id = device.id
    body = {"badge": small_site.ADMIN, "pin": small_site.PIN, "client": "handheld", "device": token}
    answer = site.call("POST", "/session", body, token=None)
    with site.database.write() as session:
        devices.revoke(session, system_clock, device_id=device_id)
    return str(body_of(answer)["token"])


def outcome(status: int, body: Any) -> str:
    code = body.get("code") if isinstance(body, dict) else None
    if status == 401:
        return "sign-in"
    if status == 403 and code in ("role", "closed"):
        return str(code)
    assert status < 500 or status == 503, (status, body)
    return "allowed"


@pytest.mark.parametrize("caller", [*REFUSED, *ROLES])
def test_every_route_answers_each_caller_as_its_mark_says(site: Site, caller: str) -> None:
    token = token_of(site, caller)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    client = site.app.test_client()
    wrong: list[str] = []
    # Last of all what ends the caller's own session.
    known = sorted(routes(site), key=lambda route: (route.method == "DELETE", route.rule))
    for route in known:
        if route.rule == "/api/v1/session" and route.method == "POST":
            continue  # signing in is refused by badge and PIN, not by token
        answer = client.open(route.path, method=route.method, headers=headers)
        found = outcome(answer.status_code, answer.get_json(silent=True))
        if route.endpoint == "devices.enrol_device" and found == "sign-in":
            found = "allowed"  # a wrong code is refused like a wrong PIN
        if found != route.expected(caller):
            wrong.append(f"{route.method} {route.rule}: {found}, not {route.expected(caller)}")
    assert wrong == []
    assert len(known) > 40


def test_no_route_is_left_out_of_the_matrix(site: Site) -> None:
    assert {route.endpoint for route in routes(site) if route.mark is None} == LIBRARY_ROUTES


NAMESPACES = {"/handheld": (HandheldNamespace, "picker"), "/lead": (LeadNamespace, "lead")}
"""Each namespace with the role that its connections need."""


def test_no_event_is_left_out_of_the_matrix() -> None:
    found = {
        (path, name.removeprefix("on_"))
        for path, (namespace, _) in NAMESPACES.items()
        for name, _ in inspect.getmembers(namespace(Connections()), callable)
        if name.startswith("on_") and name.removeprefix("on_") not in LIFECYCLE
    }
    assert found == set(EVENTS)


EVENTS = {
    ("/handheld", "sync"): {"stream": "0" * 32, "acked": 0, "have": None, "want": None, "rid": "r"},
    ("/handheld", "ops"): {"stream": "0" * 32, "ops": []},
}


@pytest.mark.process
@pytest.mark.parametrize("namespace", list(NAMESPACES))
def test_every_namespace_lets_in_whom_its_role_says(floor: Floor, namespace: str) -> None:
    for caller in ("none", "garbage", "signed-out", *ROLES):
        token: str | None = {"none": "", "garbage": "x" * 43}.get(caller)
        if token is None:
            rest = floor.rest(ROLES.get(caller, small_site.ADMIN))
            token = rest.token
            if caller == "signed-out":
                rest._call("DELETE", f"{floor.url}/api/v1/session", None)
        device = {"proto": 1, "app": "t", "stream": "0" * 32}
        auth = {"token": token, **(device if namespace == "/handheld" else {})}
        connection = opened(floor.url)
        connection.send(f"40{namespace},{json.dumps(auth)}")
        may = caller in ROLES and RANK[caller] >= RANK[NAMESPACES[namespace][1]]
        assert text(connection).startswith(f"4{0 if may else 4}{namespace},"), caller
        connection.close()


@pytest.mark.process
def test_events_without_connect_are_not_answered_with_data(floor: Floor) -> None:
    for (namespace, event), body in EVENTS.items():
        connection = opened(floor.url)
        connection.send(f"42{namespace},7{json.dumps([event, body])}")
        connection.settimeout(0.5)
        with pytest.raises(Exception, match=r"timed out|closed"):
            text(connection)
        connection.close()


@pytest.fixture
def warehouse(sqlite: Any) -> Warehouse:
    """The tiny warehouse on SQLite."""
    built = Warehouse(sqlite)
    built.build({("A-1", "S1"): 10, ("A-2", "S2"): 10})
    return built


OTHERS_OPS: dict[str, dict[str, Any]] = {
    "bind": {"tote": "T-0009", "slot": 1},
    "pick": {},
    "short": {"qty": 2, "reason": "empty"},
    "skip": {},
    "undo": {"op": 1},
    "drop": {"tote": "T-0002", "station": "pack-1"},
    "put": {"tote": "T-0002", "sku": "S1", "qty": 1, "wall_slot": "W-1"},
    "done": {},
    "hand_back": {},
    "report": {"reason": "help"},
    "count": {"location": "A-1", "sku": "S1", "qty": 3},
    "damaged": {"qty": 1},
    "full": {"tote": "T-0002"},
    "move": {"sku": "S1", "qty": 1},
}
"""An operation of every kind on the list of somebody else."""

FREE_FOR_ALL = {"report", "count", "put"}
"""Facts about the floor that need no list: whoever stands at the put wall sorts what is there,
as far as the ledger has it in the tote; a report or a count is for the lead to decide on."""


def test_every_kind_of_operation_is_in_the_matrix() -> None:
    assert set(OTHERS_OPS) == set(operations._SCHEMAS) | operations.NOT_SUPPORTED_YET


@pytest.mark.parametrize("kind", sorted(OTHERS_OPS))
def test_nobody_works_on_the_list_of_another(warehouse: Warehouse, kind: str) -> None:
    """Neither with the lease that holds, nor with the one before, nor with a later one."""
    order = warehouse.order(("S1", 2), ("S2", 1))
    tasks = [PlannedTask("A-1", order, "S1", 2, 1), PlannedTask("A-2", order, "S2", 1, 1)]
    warehouse.launch(PlannedTour(tasks))
    owner = Device(warehouse.database, warehouse.clock, warehouse.sign_in("B-2"))
    owner.sync(want="work")
    owner.bind_all()
    owner.pick(0, 1)
    stranger = Device(warehouse.database, warehouse.clock, warehouse.sign_in("B-3"))
    assert stranger.sync()["list"] is None
    assert stranger.sync(want="work")["list"] is None
    stranger.view = owner.view
    task = owner.task()
    before = (warehouse.buckets(order), warehouse.on_hand("A-1", "S1"), owner.sync()["list"])
    fields = {**OTHERS_OPS[kind]}
    if kind == "pick":
        fields = owner.pick_fields(task, 1)
    elif kind in ("short", "skip", "damaged", "put"):
        fields["task"] = task["id"]
    for lease in (owner.view["lease"], owner.view["lease"] - 1, owner.view["lease"] + 1):  # type: ignore[index]
        verdict, _ = stranger.do(kind, **fields, lease=lease)
        assert verdict != "applied" or kind in FREE_FOR_ALL
    after = (warehouse.buckets(order), warehouse.on_hand("A-1", "S1"), owner.sync()["list"])
    assert after == before or kind in FREE_FOR_ALL
    assert after[2]["lease"] == before[2]["lease"]
    assert [open_units(task) for task in after[2]["tasks"]] == [
        open_units(task) for task in before[2]["tasks"]
    ]


def open_units(task: dict[str, Any]) -> tuple[str, int]:
    """(task, units still to be picked)."""
    return task["id"], task["qty"] - task["picked"] - task["short"] - task["cancelled"]
