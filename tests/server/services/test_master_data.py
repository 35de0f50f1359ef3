"""Items, totes, layouts, stock: what is stored, found again and refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy import select

from server.errors import BadInput
from server.models import ItemCode, Location
from server.picking.snapshot import slot_label
from server.services import catalogue, layouts, stock
from tests.server.services.site import LAYOUT, Site


def test_the_sku_is_always_a_barcode_and_old_codes_go(site: Site) -> None:
    with site.database.write() as session:
        catalogue.put_item(session, sku="S1", name="Box", codes={"BOX": 12})
        session.flush()
        codes = session.execute(
            select(ItemCode.code, ItemCode.units).where(ItemCode.sku == "S1").order_by("code")
        )
        assert [tuple(row) for row in codes] == [("BOX", 12), ("S1", 1)]


@pytest.mark.parametrize(
    "change", [{"sku": ""}, {"weight_g": -1}, {"codes": {"": 1}}, {"codes": {"x": 0}}]
)
def test_bad_items_are_refused(small: Site, change: dict[str, Any]) -> None:
    with pytest.raises(BadInput), small.database.write() as session:
        catalogue.put_item(session, **{"sku": "S9", "name": "n", **change})


def test_the_same_layout_again_is_the_same_version(site: Site) -> None:
    with site.database.write() as session:
        first = layouts.active(session)
        assert layouts.save(session, site.clock, document=copy.deepcopy(LAYOUT)).id == first.id
        changed = {**LAYOUT, "zones": []}
        second = layouts.save(session, site.clock, document=changed)
        assert (second.version, layouts.active(session).id) == (2, second.id)
        assert layouts.save(session, site.clock, document=LAYOUT).version == 1
        assert layouts.active(session).id == first.id


def test_locations_on_an_edge_are_interpolated(small: Site) -> None:
    with small.database.read() as session:
        layout = layouts.active(session)
        place = session.get_one(Location, (layout.id, "A-3"))
        assert (place.x_mm, place.y_mm, place.zone, place.check_digits) == (0, 3_000, "Z1", "317")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"format": "other"}, "/format"),
        ({"nodes": {}}, "/nodes"),
        ({"locations": [{"id": "X"}]}, "/locations/0"),
        ({"locations": [{"id": "X", "node": "nowhere"}]}, "/locations/0"),
        ({"locations": [{"id": "X", "edge": ["back", "back"]}]}, "/locations/0/edge"),
        ({"locations": [{"id": "pack-1", "node": "back"}]}, "/stations/1/id"),
        ({"name": ""}, "/name"),
    ],
)
def test_broken_layouts_are_named_by_pointer(
    small: Site, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(BadInput) as refused, small.database.write() as session:
        layouts.save(session, small.clock, document={**LAYOUT, **change})
    assert refused.value.pointer == pointer


def test_free_stock_is_what_nobody_was_promised(small: Site) -> None:
    with small.database.read() as session:
        assert stock.free(session, ["S1"]) == {("A-1", "S1"): 10, ("A-4", "S1"): 5}
        assert stock.free(session, []) == {}


@pytest.mark.parametrize(
    "change", [{"location": "Z-1"}, {"sku": "no"}, {"quantity": 0}, {"quantity": True}]
)
def test_bad_receipts_change_nothing(small: Site, change: dict[str, Any]) -> None:
    receipt: dict[str, Any] = {"location": "A-1", "sku": "S1", "quantity": 1, **change}
    with pytest.raises(BadInput), small.database.write() as session:
        stock.receive(session, small.clock, **receipt)
    assert small.on_hand("A-1", "S1") == (10, 0)


@pytest.mark.parametrize(
    ("slot", "label"), [(0, "A"), (7, "H"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")]
)
def test_slots_have_letters(slot: int, label: str) -> None:
    assert slot_label(slot) == label
