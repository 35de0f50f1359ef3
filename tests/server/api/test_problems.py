"""Every failure is a problem body that names place and rule, and changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.models import Order
from tests.server.api.conftest import Lead, Site, body_of

GOOD_LINE = {"sku": "SKU-00", "quantity": 1}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"channel": "web", "external_id": "a", "lines": []}, "/lines"),
        ({"channel": "web", "external_id": "a"}, "/lines"),
        ({"channel": "web", "external_id": "a", "lines": [GOOD_LINE], "x": 1}, "/x"),
        (
            {"channel": "web", "external_id": "a", "lines": [{"sku": "SKU-00", "quantity": 0}]},
            "/lines/0/quantity",
        ),
        (
            {"channel": "web", "external_id": "a", "lines": [{"sku": "SKU-00", "quantity": 1.5}]},
            "/lines/0/quantity",
        ),
        (
            {"channel": "web", "external_id": "a", "lines": [{"sku": "SKU-00", "quantity": "1"}]},
            "/lines/0/quantity",
        ),
        (
            {"channel": "web", "external_id": "a", "lines": [{"sku": "SKU-00", "quantity": True}]},
            "/lines/0/quantity",
        ),
        ({"channel": "web", "external_id": "a\x00b", "lines": [GOOD_LINE]}, "/external_id"),
        (
            {"channel": "web", "external_id": "a", "lines": [GOOD_LINE], "ship_by": "2026-01-01"},
            "/ship_by",
        ),
    ],
)
def test_bad_order_is_refused_by_pointer(
    site: Site, lead: Lead, body: dict[str, object], pointer: str
) -> None:
    answer = lead.post("/orders", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert body_of(answer)["pointer"] == pointer
    assert set(body_of(answer)) == {"type", "title", "status", "detail", "code", "pointer"}
    with site.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == len(site.orders)


def test_unknown_sku_names_it_and_keeps_nothing(site: Site, lead: Lead) -> None:
    body = {"channel": "web", "external_id": "a", "lines": [{"sku": "NOPE", "quantity": 1}]}
    answer = lead.post("/orders", body)
    assert answer.status_code == 422
    assert "NOPE" in body_of(answer)["detail"]
    assert len(lead.ok(lead.get("/orders"))["orders"]) == len(site.orders)


@pytest.mark.parametrize(
    "text", ["{", '{"badge": NaN}', '{"badge": "a", "badge": "b"}', "[" * 100_000, ""]
)
def test_broken_json_is_a_400(site: Site, text: str) -> None:
    answer = site.app.test_client().post(
        "/api/v1/session", data=text, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_too_large_a_body_is_a_413(site: Site) -> None:
    answer = site.app.test_client().post(
        "/api/v1/session", data="x" * (3 * 1024 * 1024), content_type="application/json"
    )
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/orders/" + "0" * 32,
        "/waves/" + "0" * 32,
        "/waves/" + "0" * 32 + "/plan-sheet",
        "/waves/" + "0" * 32 + "/report",
        "/runs/" + "0" * 32,
        "/plans/" + "0" * 32,
        "/lists/" + "0" * 32,
        "/layouts/" + "0" * 32,
        "/nothing",
    ],
)
def test_what_does_not_exist_is_a_404(lead: Lead, path: str) -> None:
    answer = lead.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_wrong_method_is_a_405(lead: Lead) -> None:
    answer = lead.post("/board")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_bug_is_a_500_without_traceback(
    site: Site, lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("server.api.read.floor.board", broken)
    answer = lead.get("/board")
    assert answer.status_code == 500
    assert body_of(answer)["code"] == "internal"
    assert "secret" not in answer.get_data(as_text=True)
