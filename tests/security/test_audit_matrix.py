"""What each route leaves in the audit trail (I13, S17): every command its entries, reads nothing.

The routes are those of the application. A new one that reads is covered by itself; a new command
fails the test until :func:`_shift` calls it and says what it records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

import layouts
from server.db.base import Base
from server.models import Audit, Op
from server.services import audit_chain, people
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Site, body_of
from tests.server.api.test_waves import plan_queued_runs
from tests.server.services.device import Device

API = "/api/v1"

COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(slots=True)
class Caller:
    """An admin on an enrolled handheld who calls every route; the trail is read after each."""

    site: Site
    token: str | None = None
    person: str | None = None
    device: str | None = None
    called: set[tuple[str, str]] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)

    def command(
        self, method: str, rule: str, body: object, *records: str, ops: int = 0, by: bool = True
    ) -> Any:
        """Call a command and compare what it added to the trail with what it should record.

        ``by`` says whether somebody is signed in, whose entries they then are; ``ops`` counts the
        operations, which are entries themselves.
        """
        before, ops_before = self.entries(), self.ops()
        answer = self.site.call(method, self.path(rule), body, token=self.token)
        assert answer.status_code < 300, (method, rule, answer.get_data(as_text=True))
        self.called.add((method, API + rule))
        added = self.entries()[len(before) :]
        assert [row.action for row in added] == list(records), f"{method} {rule}"
        assert len(self.ops()) - len(ops_before) == ops, f"{method} {rule}"
        if by:
            new = [(row.person_id, row.device_id) for row in added]
            assert set(new) <= {(self.person, self.device)}, f"{method} {rule}"
            assert {op.person_id for op in self.ops()[len(ops_before) :]} <= {self.person}
        return body_of(answer) if answer.data else None

    def path(self, rule: str) -> str:
        """The rule with the ids that the shift has met."""
        return re.sub(r"<(?:path:)?([^>]+)>", lambda found: self.ids[found[1]], rule)

    def get(self, path: str) -> Any:
        """The answer of a read."""
        answer = self.site.call("GET", path, token=self.token)
        assert answer.status_code == 200, path
        return body_of(answer)

    def entries(self) -> list[Audit]:
        with self.site.database.read() as session:
            return list(session.scalars(select(Audit).order_by(Audit.id)))

    def ops(self) -> list[Op]:
        with self.site.database.read() as session:
            return list(session.scalars(select(Op).order_by(Op.stream, Op.seq)))


def commands(site: Site) -> Iterator[tuple[str, str]]:
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & COMMANDS):
            yield method, rule.rule


def test_every_command_leaves_its_entries_and_every_read_none(site: Site) -> None:
    caller = Caller(site)
    _shift(caller)
    assert caller.called == set(commands(site))
    with site.database.read() as session:
        found = audit_chain.verify(session)
    assert (found.findings, found.unsealed) == ((), 0)


def _shift(caller: Caller) -> None:
    """Call every command once, in an order in which each has something to do."""
    _enrolment(caller)
    _desk(caller)
    _floor(caller)
    _reads(caller)
    _end(caller)


def _enrolment(caller: Caller) -> None:
    caller.token = caller.site.token(small_site.ADMIN)
    caller.person = caller.get("/session")["person"]["id"]
    made = caller.command("POST", "/devices", {"name": "Handheld 1"}, "device.invite")
    caller.ids["device_id"] = made["device"]["id"]
    code = caller.command("POST", "/devices/<device_id>/code", None, "device.invite")["code"]
    let_in = {"code": code}
    token = caller.command("POST", "/devices/enrolment", let_in, "device.enrol", by=False)["token"]
    caller.device = caller.ids["device_id"]
    body = {"badge": small_site.ADMIN, "pin": small_site.PIN, "client": "handheld", "device": token}
    caller.token = caller.command("POST", "/session", body, "sign-in")["token"]


def _desk(caller: Caller) -> None:
    place = {"location": small_site.LOCATIONS[0], "sku": small_site.ITEMS[0], "quantity": 1}
    caller.command("POST", "/stock/receipts", place, "stock.receive")
    line = {"sku": small_site.ITEMS[0], "quantity": 2}
    order = {"channel": "web", "external_id": "audit-1", "lines": [line]}
    caller.ids["order_id"] = caller.command(
        "POST", "/orders", order, "order.created", "order.check"
    )["id"]
    hold = {"reason": "fraud"}
    caller.command("POST", "/orders/<order_id>/hold", hold, "order.hold")
    caller.command(
        "POST", "/orders/<order_id>/release-hold", {}, "order.release-hold", "order.check"
    )
    caller.command("POST", "/waves/preview", {"filter": {}})
    caller.ids["order_id"] = caller.site.orders[0]
    wave = {"name": "Morning", "cart_type": small_site.CART, "order_ids": [caller.ids["order_id"]]}
    caller.ids["wave_id"] = caller.command("POST", "/waves", wave, "wave.create")["id"]
    plan = {"seconds": 1, "methods": ["single"]}
    caller.ids["run_id"] = caller.command("POST", "/waves/<wave_id>/plan", plan, "wave.plan")["id"]
    caller.command("POST", "/runs/<run_id>/cancel", None, "wave.planned", "run.cancel")
    caller.command("POST", "/waves/<wave_id>/plan", plan, "wave.plan")
    plan_queued_runs(caller.site)
    sheet = caller.get(f"/waves/{caller.ids['wave_id']}/plan-sheet")
    caller.ids["plan_id"] = sheet["methods"][0]["plan_id"]
    launch = {"plan_id": caller.ids["plan_id"], "key": "click-0001"}
    caller.command("POST", "/waves/<wave_id>/launch", launch, "wave.launch")
    caller.command("POST", "/waves/<wave_id>/launch", launch)
    document = {**layouts.load("two-block"), "name": "another"}
    caller.command("POST", "/layouts", document, "layout.save")
    caller.command("POST", "/layouts", layouts.load("two-block"), "layout.activate")


def _floor(caller: Caller) -> None:
    assert caller.token is not None
    with caller.site.database.read() as session:
        who = people.who(session, system_clock, token=caller.token)
    device = Device(caller.site.database, system_clock, who)
    asked = {"stream": device.stream, "acked": 0, "have": None, "want": "work", "rid": "r-1"}
    device.view = caller.command("POST", "/pick/sync", asked, "list.claim")["list"]
    assert device.view is not None
    caller.command("POST", "/pick/sync", asked)
    caller.ids["list_id"] = device.view["list"]
    for row in device.view["cart"]["slots"]:
        device.record("bind", tote=f"T-{row['slot'] + 1:04}", slot=row["slot"])
    first, second = device.view["tasks"]
    device.record("short", task=first["id"], qty=first["qty"], reason="none", counted=0)
    device.record("pick", **device.pick_fields(second, second["qty"]))
    facts = {"stream": device.stream, "ops": device.log}
    answer = caller.command("POST", "/pick/ops", facts, "stock.adjust", ops=len(device.log))
    assert {verdict for _, verdict, _ in answer["verdicts"]} == {"applied"}
    caller.command("POST", "/pick/ops", facts)
    caller.ids["card_id"] = caller.get("/exceptions?open=1")["exceptions"][0]["id"]
    caller.command("POST", "/exceptions/<card_id>/close", None, "exception.close")
    caller.command("POST", "/lists/<list_id>/recall", {"key": "click-0001"}, "list.recall")
    caller.command("POST", "/lists/<list_id>/recall", {"key": "click-0001"})
    caller.command("POST", "/orders/<order_id>/cancel", {"reason": "customer"}, "order.cancel")
    tasks = {task["kind"]: task for task in caller.get("/floor-tasks")["tasks"]}
    caller.ids["task_id"] = tasks["count"]["id"]
    caller.command(
        "POST", "/floor-tasks/<task_id>/count", {"quantity": 3}, "stock.adjust", "floor-task.count"
    )
    caller.ids["task_id"] = tasks["put-back"]["id"]
    home = {"location": tasks["put-back"]["location"]}
    caller.command(
        "POST", "/floor-tasks/<task_id>/put-back", home, "order.cancelled", "floor-task.put-back"
    )


def _reads(caller: Caller) -> None:
    """Every route that reads, with ids that exist where the shift has met one."""
    caller.ids["layout_id"] = caller.get("/layouts/active")["id"]
    caller.ids["name"] = "sw.js"
    before = _rows(caller.site)
    reads = {
        rule.rule for rule in caller.site.app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    headers = {"Authorization": f"Bearer {caller.token}"}
    for rule in sorted(reads):
        answer = caller.site.app.test_client().get(caller.path(rule), headers=headers)
        if rule.startswith(API):
            assert answer.status_code == 200, (rule, answer.get_data(as_text=True))
        assert _rows(caller.site) == before, f"GET {rule} changes something"


def _rows(site: Site) -> dict[str, list[Any]]:
    """All there is in the database, by table."""
    with site.database.read() as session:
        return {
            table.name: list(session.execute(table.select()).all())
            for table in Base.metadata.sorted_tables
        }


def _end(caller: Caller) -> None:
    body = {"name": "Noon", "cart_type": small_site.CART, "order_ids": [caller.site.orders[1]]}
    caller.ids["wave_id"] = caller.command("POST", "/waves", body, "wave.create")["id"]
    caller.command("POST", "/waves/<wave_id>/cancel", None, "wave.cancel")
    caller.command("POST", "/waves/<wave_id>/cancel", None)
    made = caller.command("POST", "/devices", {"name": "lost"}, "device.invite")
    caller.ids["device_id"] = made["device"]["id"]
    caller.command("POST", "/devices/<device_id>/revoke", None, "device.revoke")
    caller.command("POST", "/devices/<device_id>/revoke", None)
    caller.command("DELETE", "/session", None, "sign-out")
