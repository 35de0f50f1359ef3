"""From chosen orders to a launched wave over REST; the worker is called in between."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import update

from server.jobs.planning import PlanningLane
from server.models import StockBalance
from server.parts import EXTENSION
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of


def plan_queued_runs(site: Site) -> None:
    """Do what the worker process does."""
    PlanningLane(
        site.app.extensions[EXTENSION].settings,
        site.database,
        system_clock,
        worker="test",
        stopping=threading.Event(),
        again=lambda: None,
    ).work()


def make_wave(lead: Lead, **chosen: Any) -> dict[str, Any]:
    body = {"name": "Morning", "cart_type": small_site.CART, **(chosen or {"filter": {}})}
    wave: dict[str, Any] = lead.ok(lead.post("/waves", body), 201)
    return wave


def test_preview_counts_what_a_filter_matches(site: Site, lead: Lead) -> None:
    found = lead.ok(lead.post("/waves/preview", {"filter": {"max_orders": 2}}))
    # Two orders of two lines, two units each; 200 g and 300 ml a unit.
    assert {key: found[key] for key in ("orders", "lines", "units", "weight_g", "volume_ml")} == {
        "orders": 2,
        "lines": 4,
        "units": 8,
        "weight_g": 1_600,
        "volume_ml": 2_400,
    }
    assert found["order_ids"] == list(site.orders[:2])
    chosen = [site.orders[3], site.orders[1]]
    by_id = lead.ok(lead.post("/waves/preview", {"filter": {"order_ids": chosen}}))
    assert by_id["order_ids"] == [site.orders[1], site.orders[3]]
    assert lead.ok(lead.post("/waves/preview", {"filter": {"single_line": True}}))["orders"] == 0


def test_a_wave_needs_one_selection(lead: Lead) -> None:
    body = {"name": "Morning", "cart_type": small_site.CART}
    assert lead.post("/waves", body).status_code == 422
    both = {**body, "filter": {}, "order_ids": ["0" * 32]}
    assert lead.post("/waves", both).status_code == 422


def test_an_order_is_in_one_wave_only(site: Site, lead: Lead) -> None:
    make_wave(lead, order_ids=[site.orders[0]])
    again = lead.post(
        "/waves",
        {"name": "Again", "cart_type": small_site.CART, "order_ids": [site.orders[0]]},
    )
    assert again.status_code == 409
    assert [wave["orders"] for wave in lead.ok(lead.get("/waves"))["waves"]] == [1]


def test_without_worker_the_run_stays_queued_and_says_so(site: Site, lead: Lead) -> None:
    wave = make_wave(lead)
    run = lead.ok(lead.post(f"/waves/{wave['id']}/plan", {"seconds": 1, "seed": 1}), 202)
    assert (run["state"], run["worker_alive"], run["elapsed_ms"]) == ("queued", False, 0)
    assert site.enqueued == ["plan"]
    sheet = lead.ok(lead.get(f"/waves/{wave['id']}/plan-sheet"))
    assert (sheet["baseline"], sheet["methods"]) == (None, [])
    cancelled = lead.ok(lead.post(f"/runs/{run['id']}/cancel"))
    assert cancelled["state"] == "cancelled"
    assert lead.ok(lead.get(f"/waves/{wave['id']}"))["state"] == "draft"


@pytest.mark.parametrize("seconds", [0, -1, 601, "1", None])
def test_search_time_has_limits(lead: Lead, seconds: object) -> None:
    wave = make_wave(lead)
    answer = lead.post(f"/waves/{wave['id']}/plan", {"seconds": seconds, "seed": 1})
    assert (answer.status_code, body_of(answer)["pointer"]) == (422, "/seconds")


def test_plan_sheet_launch_board_and_report(site: Site, lead: Lead) -> None:
    wave = make_wave(lead)
    lead.ok(
        lead.post(
            f"/waves/{wave['id']}/plan",
            {"seconds": 1, "seed": 1, "methods": ["single", "cluster"]},
        ),
        202,
    )
    plan_queued_runs(site)
    sheet = lead.ok(lead.get(f"/waves/{wave['id']}/plan-sheet"))
    assert sheet["wave"]["state"] == "planned"
    assert sheet["run"]["state"] == "done"
    assert {method["method"] for method in sheet["methods"]} == {"single", "cluster"}
    chosen = next(method for method in sheet["methods"] if method["recommended"])
    assert chosen["units"] == 24
    assert chosen["baseline_mm"] == sheet["baseline"]["length_mm"] >= chosen["length_mm"]
    saved = 100 * (chosen["baseline_mm"] - chosen["length_mm"]) / chosen["baseline_mm"]
    assert chosen["saving_percent"] == round(saved, 1)
    document = lead.ok(lead.get(f"/plans/{chosen['plan_id']}"))
    assert document["format"] == "wavepick-plan/1"

    body = {"plan_id": chosen["plan_id"], "key": "click-0001"}
    launched = lead.ok(lead.post(f"/waves/{wave['id']}/launch", body))
    assert launched["lists"] == chosen["lists"]
    assert lead.ok(lead.post(f"/waves/{wave['id']}/launch", body))["tasks"] == launched["tasks"]
    other = {**body, "key": "click-0002"}
    assert lead.post(f"/waves/{wave['id']}/launch", other).status_code == 409

    board = lead.ok(lead.get("/board"))
    assert [row["state"] for row in board["lists"]] == ["ready"] * launched["lists"]
    assert sum(row["tasks_total"] for row in board["lists"]) == launched["tasks"]
    assert lead.ok(lead.get(f"/waves/{wave['id']}/lists"))["lists"] == board["lists"]
    assert lead.get(f"/waves/{'0' * 32}/lists").status_code == 404
    detail = lead.ok(lead.get(f"/lists/{board['lists'][0]['id']}"))
    assert sum(len(stop["tasks"]) for stop in detail["stops"]) == detail["tasks_total"]
    assert detail["totes"][0]["label"] == "A"
    assert detail["path"][0] != detail["path"][-1]
    order = lead.ok(lead.get(f"/orders/{site.orders[0]}"))
    assert order["state"] == "released"
    assert [move["to"] for move in order["moves"][:2]] == ["open", "open"]
    assert lead.ok(lead.get(f"/waves/{wave['id']}/report"))["equal"] is True

    cancelled = lead.ok(lead.post(f"/waves/{wave['id']}/cancel"))
    assert cancelled["state"] == "cancelled"
    assert lead.ok(lead.get(f"/orders/{site.orders[0]}"))["state"] == "ready"


def test_stock_that_went_meanwhile_makes_launch_fail_whole(site: Site, lead: Lead) -> None:
    wave = make_wave(lead)
    path = f"/waves/{wave['id']}"
    lead.ok(lead.post(f"{path}/plan", {"seconds": 1, "seed": 1, "methods": ["single"]}), 202)
    plan_queued_runs(site)
    plan_id = lead.ok(lead.get(f"{path}/plan-sheet"))["methods"][0]["plan_id"]
    with site.database.write() as session:
        # Somebody else was promised nearly all of one item.
        session.execute(
            update(StockBalance)
            .where(StockBalance.sku == "SKU-03")
            .values(allocated=small_site.UNITS - 1)
        )
    answer = lead.post(f"{path}/launch", {"plan_id": plan_id, "key": "click-0001"})
    assert (answer.status_code, body_of(answer)["code"]) == (409, "no-stock")
    assert lead.ok(lead.get(path))["progress"]["lists"] == 0
