"""Waves and launches: all or nothing, once, and only with the plan that fits."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.errors import BadInput, Conflict, NotFound
from server.models import PickList, PickTask, StoredPlan
from server.services import orders, stock, waves
from tests.server.services.books import audit
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _count(site: Site, model: type[PickList] | type[PickTask]) -> int:
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _planned(site: Site) -> tuple[str, str, orders.Accepted]:
    order = site.order(("S1", 3))
    wave_id = site.wave(order)
    plan_id = site.plan(wave_id, [PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)])])
    return wave_id, plan_id, order


def _launch(site: Site, wave_id: str, plan_id: str, key: str = "k") -> waves.LaunchResult:
    with site.database.write() as session:
        return waves.launch(session, site.clock, wave_id=wave_id, plan_id=plan_id, key=key)


def test_the_same_launch_twice_is_one(site: Site) -> None:
    wave_id, plan_id, _ = _planned(site)
    assert _launch(site, wave_id, plan_id) == _launch(site, wave_id, plan_id)
    assert _count(site, PickList) == 1
    with pytest.raises(Conflict, match="released"):
        _launch(site, wave_id, plan_id, key="another lead")


def test_stock_that_is_gone_keeps_nothing_of_the_launch(site: Site) -> None:
    wave_id, plan_id, order = _planned(site)
    with site.database.write() as session:
        stock.adjust(session, site.clock, location="A-1", sku="S1", counted=2)
    with pytest.raises(Conflict) as refused:
        _launch(site, wave_id, plan_id)
    assert refused.value.code == "no-stock"
    assert '"A-1" has 2 free units of "S1", the plan takes 3' in refused.value.message
    assert (_count(site, PickList), _count(site, PickTask)) == (0, 0)
    assert site.on_hand("A-1", "S1") == (2, 0)
    assert site.buckets(order) == {"open": 3}
    with site.database.read() as session:
        audit(session)


def test_a_plan_of_an_older_wave_is_stale(small: Site) -> None:
    order, other = small.order(("S1", 1)), small.order(("S2", 1))
    wave_id = small.wave(order, other)
    plan_id = small.plan(wave_id, [PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)])])
    with small.database.write() as session:
        orders.cancel(session, small.clock, order_id=other.order_id, reason="x")
    with pytest.raises(Conflict, match="stale"):
        _launch(small, wave_id, plan_id)
    small.plan(wave_id, [PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)])])
    with pytest.raises(Conflict) as refused:
        _launch(small, wave_id, plan_id)
    assert refused.value.code == "plan-stale"


def test_orders_that_the_plan_left_out_are_ready_again(small: Site) -> None:
    order, other = small.order(("S1", 1)), small.order(("S2", 1))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)]), also=[other])
    assert (small.state_of(order), small.state_of(other)) == ("released", "ready")
    small.wave(other)


def test_an_order_is_in_one_open_wave_only(site: Site) -> None:
    order = site.order(("S1", 1))
    site.wave(order)
    with pytest.raises(Conflict, match="not ready, or in another wave"):
        site.wave(order)


def test_lists_are_given_out_by_priority_then_place_in_the_plan(small: Site) -> None:
    normal, urgent = small.order(("S1", 1)), small.order(("S2", 1), priority=0)
    small.launch(
        PlannedTour([PlannedTask("A-1", normal, "S1", 1, 0)]),
        PlannedTour([PlannedTask("A-2", urgent, "S2", 1, 0)]),
    )
    with small.database.read() as session:
        rows = session.execute(
            select(PickList.priority, PickList.number).order_by(PickList.position)
        )
        assert [tuple(row) for row in rows] == [(2, 1), (0, 2)]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"format": "x"}, "/format"),
        ({"lists": 1}, "/lists"),
        ({"lists": [{"id": "a"}]}, "/lists/0/method"),
    ],
)
def test_a_broken_plan_document_changes_nothing(
    small: Site, change: dict[str, object], pointer: str
) -> None:
    wave_id, plan_id, _ = _planned(small)
    with small.database.write() as session:
        plan = session.get_one(StoredPlan, plan_id)
        plan.document = {**plan.document, **change}
    with pytest.raises(BadInput) as refused:
        _launch(small, wave_id, plan_id)
    assert refused.value.pointer == pointer
    assert small.wave_state(wave_id) == "planned"


def test_selection_by_filters(small: Site) -> None:
    single = small.order(("S1", 1), carrier="DHL", priority=1)
    double = small.order(("S1", 1), ("S2", 1))
    with small.database.read() as session:
        assert waves.select(session) == [single.order_id, double.order_id]
        assert waves.select(session, single_line=True) == [single.order_id]
        assert waves.select(session, single_line=False) == [double.order_id]
        assert waves.select(session, carrier="DHL") == [single.order_id]
        assert waves.select(session, priority=1) == [single.order_id]
        assert waves.select(session, channel="other") == []
        assert waves.select(session, max_orders=1) == [single.order_id]


def test_discarding_a_plan_frees_its_orders(small: Site) -> None:
    wave_id, plan_id, order = _planned(small)
    with small.database.write() as session:
        waves.discard_plan(session, small.clock, wave_id=wave_id)
    assert (small.wave_state(wave_id), small.state_of(order)) == ("draft", "ready")
    with pytest.raises(Conflict):
        _launch(small, wave_id, plan_id)


def test_cancelling_before_launch_frees_the_orders(small: Site) -> None:
    wave_id, _, order = _planned(small)
    for _ in range(2):
        with small.database.write() as session:
            waves.cancel(session, small.clock, wave_id=wave_id)
    assert (small.wave_state(wave_id), small.state_of(order)) == ("cancelled", "ready")
    small.wave(order)


def test_waves_refuse_what_they_cannot_be(small: Site) -> None:
    with pytest.raises(BadInput), small.database.write() as session:
        waves.create(session, small.clock, name="x", order_ids=[], cart_type="cart-4")
    with pytest.raises(NotFound), small.database.write() as session:
        waves.get(session, "0" * 32)
