"""Orders: once, by stock and rules, changed and cancelled without losing a unit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.errors import BadInput, Conflict, NotFound
from server.services import orders, stock, waves
from server.services.orders import LineDraft, OrderDraft
from tests.server.services.books import audit
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _draft(*lines: tuple[str, int], key: str = "E", **options: object) -> OrderDraft:
    drafts = tuple(LineDraft(None, sku, quantity) for sku, quantity in lines)
    return OrderDraft("web", key, drafts, **options)  # type: ignore[arg-type]


def _accept(site: Site, draft: OrderDraft) -> orders.Accepted:
    with site.database.write() as session:
        accepted = orders.accept(session, site.clock, draft)
        orders.check(session, site.clock)
    return accepted


def test_the_same_order_twice_is_one(site: Site) -> None:
    first = _accept(site, _draft(("S1", 2)))
    second = _accept(site, _draft(("S1", 2)))
    assert (first.outcome, second.outcome) == ("created", "unchanged")
    assert first.order_id == second.order_id
    assert second.state == "ready"


def test_a_changed_order_keeps_its_cancelled_units_in_the_books(site: Site) -> None:
    """3 x S1 and 1 x S2 become 2 x S1 and 4 x S3: 1 + 1 units are cancelled, 4 are new."""
    order = _accept(site, _draft(("S1", 3), ("S2", 1)))
    changed = _accept(site, _draft(("S1", 2), ("S3", 4)))
    assert changed.outcome == "updated"
    assert site.buckets(order) == {"open": 6, "cancelled": 2}
    with site.database.read() as session:
        audit(session)
    again = _accept(site, _draft(("S1", 3), ("S2", 1)))
    assert again.outcome == "updated"
    assert site.buckets(order) == {"open": 4, "cancelled": 6}


def test_a_change_after_launch_is_refused(small: Site) -> None:
    order = small.order(("S1", 1))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)]))
    with pytest.raises(Conflict, match="after launch"):
        _accept(small, _draft(("S1", 2), key="E-1"))


def test_urgent_orders_get_scarce_stock_first(site: Site) -> None:
    """5 x S3 in all. The urgent order takes 4; 1 is left for the one that asks 2."""
    with site.database.write() as session:
        late = orders.accept(session, site.clock, _draft(("S3", 2), key="late", priority=2))
        urgent = orders.accept(session, site.clock, _draft(("S3", 4), key="now", priority=0))
        orders.check(session, site.clock)
    assert site.state_of(urgent) == "ready"
    assert site.state_of(late) == "backordered"
    with site.database.read() as session:
        missing = orders.get(session, late.order_id).missing
    assert missing == [{"sku": "S3", "asked": 2, "free": 1, "missing": 1}]
    with site.database.write() as session:
        stock.receive(session, site.clock, location="A-3", sku="S3", quantity=1)
        orders.check(session, site.clock)
    assert site.state_of(late) == "ready"


def test_earlier_due_date_comes_first(small: Site) -> None:
    with small.database.write() as session:
        free = orders.accept(session, small.clock, _draft(("S3", 5), key="any"))
        due = orders.accept(
            session,
            small.clock,
            _draft(("S3", 5), key="due", ship_by=datetime(2026, 3, 2, 12, tzinfo=UTC)),
        )
        orders.check(session, small.clock)
    assert (small.state_of(due), small.state_of(free)) == ("ready", "backordered")


@pytest.mark.parametrize("paid", ["no", "unknown"])
def test_unpaid_orders_are_held_until_a_lead_lifts_it(small: Site, paid: str) -> None:
    order = _accept(small, _draft(("S1", 1), paid=paid))
    assert small.state_of(order) == "held"
    with small.database.write() as session:
        orders.release_hold(session, small.clock, order_id=order.order_id)
        orders.check(session, small.clock)
    assert small.state_of(order) == "ready"


def test_holding_an_order_takes_it_out_of_its_wave_and_makes_the_plan_stale(small: Site) -> None:
    order, other = small.order(("S1", 1)), small.order(("S2", 1))
    wave_id = small.wave(order, other)
    small.plan(
        wave_id,
        [
            PlannedTour(
                [PlannedTask("A-1", order, "S1", 1, 0), PlannedTask("A-2", other, "S2", 1, 1)]
            )
        ],
    )
    assert (small.wave_state(wave_id), small.state_of(order)) == ("planned", "planned")
    with small.database.write() as session:
        orders.hold(session, small.clock, order_id=order.order_id, reason="fraud")
        orders.hold(session, small.clock, order_id=order.order_id, reason="fraud")
    assert small.wave_state(wave_id) == "stale"
    assert (small.state_of(order), small.state_of(other)) == ("held", "ready")


def test_cancel_before_launch_is_at_once_and_repeatable(small: Site) -> None:
    order = small.order(("S1", 2))
    wave_id = small.wave(order)
    for _ in range(2):
        with small.database.write() as session:
            orders.cancel(session, small.clock, order_id=order.order_id, reason="customer")
    assert small.state_of(order) == "cancelled"
    assert small.buckets(order) == {"cancelled": 2}
    with small.database.write() as session, pytest.raises(Conflict, match="no orders"):
        waves.request_plan(session, small.clock, wave_id=wave_id, seconds=1, seed=1)


def test_cancel_of_an_unclaimed_list_ends_list_and_wave(small: Site) -> None:
    order = small.order(("S1", 2))
    wave_id, _ = small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]))
    with small.database.write() as session:
        orders.cancel(session, small.clock, order_id=order.order_id, reason="customer")
    assert small.state_of(order) == "cancelled"
    assert small.on_hand("A-1", "S1") == (10, 0)
    assert small.wave_state(wave_id) == "completed"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (_draft(), "no-lines"),
        (_draft(("S1", 0)), "bad-quantity"),
        (_draft(("S1", True)), "bad-quantity"),
        (_draft(("S1", 10**7)), "bad-quantity"),
        (_draft(("nope", 1)), "unknown-sku"),
        (_draft(("S1", 1), priority=4), "bad-order"),
        (_draft(("S1", 1), key=""), "bad-order"),
        (_draft(("S1", 1), note="x" * 501), "bad-order"),
        (_draft(("S1", 1), ship_by=datetime(2026, 1, 1)), "bad-order"),  # noqa: DTZ001
    ],
)
def test_bad_orders_name_the_culprit(small: Site, draft: OrderDraft, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        _accept(small, draft)
    assert refused.value.code == code


def test_unknown_orders_are_not_found(small: Site) -> None:
    with pytest.raises(NotFound), small.database.read() as session:
        orders.get(session, "0" * 32)
