"""Orders, stock and layouts over REST."""

from __future__ import annotations

import copy

import layouts as sample_layouts
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of


def order(external_id: str, quantity: int = 1, sku: str = "SKU-05") -> dict[str, object]:
    return {
        "channel": "web",
        "external_id": external_id,
        "lines": [{"sku": sku, "quantity": quantity}],
        "ship_by": "2026-12-01T10:00:00+01:00",
        "carrier": "DPD",
    }


def test_the_same_order_twice_changes_nothing(lead: Lead) -> None:
    first = lead.post("/orders", order("A-1"))
    again = lead.post("/orders", order("A-1"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (body_of(first)["outcome"], body_of(again)["outcome"]) == ("created", "unchanged")
    assert body_of(again)["id"] == body_of(first)["id"]
    shown = lead.ok(lead.get(f"/orders/{body_of(first)['id']}"))
    assert (shown["state"], shown["ship_by"]) == ("ready", "2026-12-01T09:00:00.000Z")


def test_an_order_without_stock_says_what_is_missing(lead: Lead) -> None:
    made = lead.ok(lead.post("/orders", order("A-2", quantity=9_999)), 201)
    assert made["state"] == "backordered"
    listed = lead.ok(lead.get("/orders?state=backordered"))["orders"]
    # SKU-05 has 40 units, of which the six sample orders use 2 x 2.
    assert listed[0]["missing"] == [{"sku": "SKU-05", "asked": 9_999, "free": 36, "missing": 9_963}]


def test_holds_and_cancelling(site: Site, lead: Lead) -> None:
    path = f"/orders/{site.orders[0]}"
    held = lead.ok(lead.post(f"{path}/hold", {"reason": "address", "detail": "no street"}))
    assert held["state"] == "held"
    assert held["holds"] == [{"reason": "address", "detail": "no street"}]
    freed = lead.ok(lead.post(f"{path}/release-hold", {}))
    assert (freed["state"], freed["holds"]) == ("ready", [])
    cancelled = lead.ok(lead.post(f"{path}/cancel", {"reason": "customer"}))
    assert cancelled["state"] == "cancelled"
    assert [line["buckets"]["cancelled"] for line in cancelled["lines_detail"]] == [2, 2]
    assert lead.post(f"{path}/hold", {"reason": "address"}).status_code == 409


def test_pages_filters_and_counts(site: Site, lead: Lead) -> None:
    first = lead.ok(lead.get("/orders?limit=4"))
    rest = lead.ok(lead.get(f"/orders?limit=4&after={first['next']}"))
    assert [len(first["orders"]), len(rest["orders"])] == [4, 2]
    assert (rest["next"], first["counts"]) == (None, {"ready": 6})
    assert lead.ok(lead.get("/orders?q=X-3"))["orders"][0]["external_id"] == "X-3"
    # SKU-01 is in the orders 0 and 1.
    assert len(lead.ok(lead.get("/orders?q=sku-01"))["orders"]) == 2
    assert lead.ok(lead.get("/orders?q=%25"))["orders"] != []
    assert lead.ok(lead.get("/orders?channel=none"))["orders"] == []
    assert len(lead.ok(lead.get("/orders?channel=&state="))["orders"]) == 6
    assert lead.get("/orders?limit=0").status_code == 422
    assert lead.get("/orders?surprise=1").status_code == 422


def test_receipts_add_to_stock(lead: Lead) -> None:
    body = {"location": small_site.LOCATIONS[0], "sku": "SKU-00", "quantity": 5}
    booked = lead.ok(lead.post("/stock/receipts", body), 201)["stock"]
    assert (booked[0]["on_hand"], booked[0]["free"]) == (45, 45)
    unknown = lead.post("/stock/receipts", {**body, "location": "Z-99"})
    assert unknown.status_code in {404, 422}
    assert "Z-99" in body_of(unknown)["detail"]


def test_receipts_wake_orders_that_waited(lead: Lead) -> None:
    """80 units of SKU-00 are there, 2 of them counted on: an order of 79 waits for one."""
    lines = [{"sku": "SKU-00", "quantity": 79}]
    wanted = {"channel": "web", "external_id": "waits", "lines": lines}
    order = lead.ok(lead.post("/orders", wanted), 201)
    assert order["state"] == "backordered"
    body = {"location": small_site.LOCATIONS[0], "sku": "SKU-00", "quantity": 1}
    lead.ok(lead.post("/stock/receipts", body), 201)
    assert lead.ok(lead.get(f"/orders/{order['id']}"))["state"] == "ready"


def test_layouts_are_checked_before_they_are_kept(site: Site) -> None:
    admin = Lead(site, site.token(small_site.ADMIN))
    document = copy.deepcopy(dict(sample_layouts.load("single-block")))
    document["edges"][0]["to"] = "nowhere"  # type: ignore[index]
    refused = admin.post("/layouts", document)
    assert refused.status_code == 422, body_of(refused)
    assert body_of(refused)["pointer"].startswith("/edges/0")
    assert admin.ok(admin.get("/layouts/active"))["name"] == "two-block"
    good = dict(sample_layouts.load("single-block"))
    saved = admin.ok(admin.post("/layouts", good), 201)
    assert (saved["name"], saved["version"]) == ("single-block", 1)
    assert admin.ok(admin.get("/layouts/active"))["id"] == saved["id"]
    assert admin.ok(admin.post("/layouts", good), 201)["id"] == saved["id"]
    assert admin.post("/layouts", {"format": "other/1"}).status_code == 422
