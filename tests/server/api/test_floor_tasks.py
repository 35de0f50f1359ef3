"""Put-backs and counts over REST: a cancelled order comes to its end, shorts are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from server.db.base import new_id
from server.models import Role
from server.services import changes, people
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of
from tests.server.api.test_waves import make_wave, plan_queued_runs
from tests.server.services.books import audit
from tests.server.services.device import Device

ELSEWHERE = "A-06-1-04-R"
"""A location of the layout where nothing lies."""


@dataclass(slots=True)
class Floor:
    """A launched wave of the first order, its list in the hands of a picker."""

    site: Site
    lead: Lead
    wave_id: str
    device: Device

    @property
    def order(self) -> str:
        return self.site.orders[0]

    def tasks(self, state: str = "open") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.lead.ok(self.lead.get(f"/floor-tasks?state={state}"))[
            "tasks"
        ]
        return found

    def stock(self, location: str, sku: str) -> int:
        rows = self.lead.ok(self.lead.get(f"/stock?location={location}&sku={sku}"))["stock"]
        return sum(row["on_hand"] for row in rows)

    def state(self) -> str:
        return str(self.lead.ok(self.lead.get(f"/orders/{self.order}"))["state"])

    def cancel(self) -> None:
        self.lead.ok(self.lead.post(f"/orders/{self.order}/cancel", {"reason": "customer"}))

    def books_are_right(self) -> None:
        """The audit of all invariants passes, report and recount are equal."""
        assert self.lead.ok(self.lead.get(f"/waves/{self.wave_id}/report"))["equal"] is True
        with self.site.database.read() as session:
            audit(session)


@pytest.fixture
def floor(site: Site, lead: Lead) -> Floor:
    """Order X-0 is launched: 2 x SKU-00 and 2 x SKU-01, one tote."""
    wave = make_wave(lead, order_ids=[site.orders[0]])
    plan = {"seconds": 1, "seed": 1, "methods": ["single"]}
    lead.ok(lead.post(f"/waves/{wave['id']}/plan", plan), 202)
    plan_queued_runs(site)
    sheet = lead.ok(lead.get(f"/waves/{wave['id']}/plan-sheet"))
    body = {"plan_id": sheet["methods"][0]["plan_id"], "key": "click-0001"}
    lead.ok(lead.post(f"/waves/{wave['id']}/launch", body))
    with site.database.write() as session:
        token, _ = people.sign_in(
            session,
            system_clock,
            badge=small_site.PICKER,
            pin=small_site.PIN,
            client="handheld",
        )
        who = people.who(session, system_clock, token=token)
    assert who.role == Role.PICKER
    device = Device(site.database, system_clock, who)
    device.sync(want="work")
    device.bind_all()
    return Floor(site, lead, wave["id"], device)


def test_a_cancelled_order_is_cancelled_when_its_goods_are_back(floor: Floor) -> None:
    """Both lines are picked, then the customer cancels; one line goes home, one elsewhere."""
    assert floor.tasks() == []
    places = {}
    for number in (0, 1):
        task = floor.device.task(number)
        places[task["sku"]] = floor.device.location_of(task)
        assert floor.device.pick(number) == ("applied", "ok")
    floor.cancel()
    assert floor.state() == "cancelling"
    tasks = floor.tasks()
    assert [(task["kind"], task["cause"], task["quantity"]) for task in tasks] == [
        ("put-back", "order-cancelled", 2)
    ] * 2
    number = floor.lead.ok(floor.lead.get(f"/orders/{floor.order}"))["number"]
    assert {task["order_number"] for task in tasks} == {number}
    assert {task["tote"] for task in tasks} == {"T-0001"}
    assert {task["sku"]: task["location"] for task in tasks} == places
    assert {task["name"] for task in tasks} == {f"Item {sku}" for sku in places}

    first, second = tasks
    home = {"location": first["location"]}
    path = f"/floor-tasks/{first['id']}/put-back"
    assert floor.lead.ok(floor.lead.post(path, home))["state"] == "done"
    assert floor.state() == "cancelling"
    with floor.site.database.read() as session:
        before = changes.revision(session)
    path = f"/floor-tasks/{second['id']}/put-back"
    answer = floor.lead.ok(floor.lead.post(path, {"location": ELSEWHERE, "quantity": 2}))
    assert (answer["state"], answer["location"], answer["quantity"]) == ("done", ELSEWHERE, 2)
    with floor.site.database.read() as session:
        assert {"board", "stock", "orders", "floor"} <= set(changes.since(session, before))
    assert floor.state() == "cancelled"
    assert floor.tasks() == []
    assert floor.stock(places[first["sku"]], first["sku"]) == small_site.UNITS
    assert floor.stock(ELSEWHERE, second["sku"]) == 2
    assert floor.stock(places[second["sku"]], second["sku"]) == small_site.UNITS - 2
    floor.books_are_right()


def test_the_same_put_back_twice_counts_once_and_another_is_refused(floor: Floor) -> None:
    floor.device.pick(0)
    floor.cancel()
    (task,) = floor.tasks()
    path = f"/floor-tasks/{task['id']}/put-back"
    first = floor.lead.ok(floor.lead.post(path, {"location": task["location"]}))
    for body in ({"location": task["location"]}, {"location": task["location"], "quantity": 2}):
        assert floor.lead.ok(floor.lead.post(path, body)) == first
    assert floor.stock(task["location"], task["sku"]) == small_site.UNITS
    for body in ({"location": ELSEWHERE}, {"location": task["location"], "quantity": 1}):
        refused = floor.lead.post(path, body)
        assert (refused.status_code, body_of(refused)["code"]) == (409, "floor-task-closed")
        assert task["sku"] in body_of(refused)["detail"]
        assert task["location"] in body_of(refused)["detail"]
    floor.books_are_right()


def test_units_that_are_not_in_the_tote_are_booked_out(floor: Floor) -> None:
    """2 units were picked, 1 is found in the tote: 39 on the shelf, the order is cancelled."""
    floor.device.pick(0)
    floor.cancel()
    (task,) = floor.tasks()
    path = f"/floor-tasks/{task['id']}/put-back"
    body = {"location": task["location"], "quantity": 1}
    first = floor.lead.ok(floor.lead.post(path, body))
    assert floor.lead.ok(floor.lead.post(path, body)) == first
    assert first["quantity"] == 1
    assert floor.stock(task["location"], task["sku"]) == small_site.UNITS - 1
    assert floor.state() == "cancelled"
    floor.books_are_right()


@pytest.mark.parametrize(
    ("body", "pointer", "named"),
    [
        ({}, "/location", "location"),
        ({"location": "A-01-1-01-L", "units": 1}, "/units", "units"),
        ({"location": "A-01-1-01-L", "quantity": -1}, "/quantity", "quantity"),
        ({"location": "A-01-1-01-L", "quantity": "1"}, "/quantity", "quantity"),
        ({"location": "A-01-1-01-L", "quantity": 3}, "/quantity", "must be 0 to 2, got 3"),
        ({"location": "Z-99"}, "", 'location "Z-99" is not in the active layout'),
    ],
)
def test_bad_put_backs_change_nothing(
    floor: Floor, body: dict[str, Any], pointer: str, named: str
) -> None:
    floor.device.pick(0)
    floor.cancel()
    (task,) = floor.tasks()
    refused = floor.lead.post(f"/floor-tasks/{task['id']}/put-back", body)
    assert (refused.status_code, body_of(refused)["pointer"]) == (422, pointer)
    assert named in body_of(refused)["detail"]
    assert floor.tasks() == [task]
    assert floor.state() == "cancelling"


def test_a_short_is_counted(floor: Floor) -> None:
    """The picker finds nothing and counts no; the lead counts 37 of the 40 that were booked."""
    task = floor.device.task(0)
    assert floor.device.do("short", task=task["id"], qty=2, reason="cannot-find")[0] == "applied"
    (count,) = floor.tasks()
    assert (count["kind"], count["cause"], count["sku"]) == ("count", "short", task["sku"])
    assert count["location"] == floor.device.location_of(task)
    assert count["list_number"] == 1
    path = f"/floor-tasks/{count['id']}/count"
    first = floor.lead.ok(floor.lead.post(path, {"quantity": 37}))
    assert (first["state"], first["quantity"]) == ("done", 37)
    assert floor.lead.ok(floor.lead.post(path, {"quantity": 37})) == first
    assert floor.tasks() == []
    assert floor.tasks("done") == [first]
    assert floor.stock(count["location"], count["sku"]) == 37
    refused = floor.lead.post(path, {"quantity": 36})
    assert (refused.status_code, body_of(refused)["code"]) == (409, "floor-task-closed")
    assert count["location"] in body_of(refused)["detail"]
    for bad in ({}, {"quantity": -1}, {"quantity": 1.5}, {"quantity": 1, "location": "A"}):
        assert floor.lead.post(path, bad).status_code == 422
    floor.books_are_right()


def test_one_count_closes_all_of_the_same_place(floor: Floor) -> None:
    task = floor.device.task(0)
    for _ in range(2):
        floor.device.do("short", task=task["id"], qty=1, reason="cannot-find")
    first, second = floor.tasks()
    floor.lead.ok(floor.lead.post(f"/floor-tasks/{first['id']}/count", {"quantity": 0}))
    assert floor.tasks() == []
    again = floor.lead.ok(floor.lead.post(f"/floor-tasks/{second['id']}/count", {"quantity": 0}))
    assert (again["state"], again["quantity"]) == ("done", 0)
    floor.books_are_right()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_goods_of_a_parked_pick_lie_where_the_books_have_them(
    floor: Floor, elsewhere: bool
) -> None:
    """A pick after the cancel is parked: the books never took its unit from the location."""
    task = floor.device.task(0)
    place = floor.device.location_of(task)
    fields = floor.device.pick_fields(task, 1)
    floor.cancel()
    assert floor.device.do("pick", **fields) == ("parked", "late")
    (back,) = floor.tasks()
    assert (back["cause"], back["location"], back["quantity"]) == ("parked", place, 1)
    target = ELSEWHERE if elsewhere else place
    floor.lead.ok(floor.lead.post(f"/floor-tasks/{back['id']}/put-back", {"location": target}))
    assert floor.stock(place, task["sku"]) == small_site.UNITS - int(elsewhere)
    assert floor.stock(ELSEWHERE, task["sku"]) == int(elsewhere)
    assert floor.state() == "cancelled"
    floor.books_are_right()


def test_goods_of_a_cancelled_wave_name_their_order(floor: Floor) -> None:
    floor.device.pick(0)
    floor.lead.ok(floor.lead.post(f"/waves/{floor.wave_id}/cancel"))
    (task,) = floor.tasks()
    assert task["cause"] == "wave-cancelled"
    assert task["order_number"] == floor.lead.ok(floor.lead.get(f"/orders/{floor.order}"))["number"]
    body = {"location": task["location"]}
    floor.lead.ok(floor.lead.post(f"/floor-tasks/{task['id']}/put-back", body))
    assert floor.state() == "ready"
    floor.books_are_right()


def test_unknown_tasks_and_the_wrong_kind_are_told(floor: Floor) -> None:
    floor.device.pick(0)
    floor.cancel()
    (task,) = floor.tasks()
    wrong = floor.lead.post(f"/floor-tasks/{task['id']}/count", {"quantity": 1})
    assert (wrong.status_code, body_of(wrong)["code"]) == (409, "floor-task-kind")
    unknown = floor.lead.post(f"/floor-tasks/{new_id()}/put-back", {"location": ELSEWHERE})
    assert (unknown.status_code, body_of(unknown)["code"]) == (404, "unknown-floor-task")
    assert floor.lead.get("/floor-tasks?state=lost").status_code == 422
    assert floor.lead.get("/floor-tasks?status=open").status_code == 422
