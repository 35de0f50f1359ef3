"""F19, F45: layout and catalogue change while lists are on the floor; the picker's facts count."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.engine import Database
from server.services import catalogue, layouts
from tests.faults.conftest import copied
from tests.server.services.device import Device
from tests.server.services.site import LAYOUT, PlannedTask, PlannedTour, Site


@pytest.fixture
def tiny(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The tiny warehouse with two pieces of S1 at A-1."""
    database = Database(f"sqlite:///{copied(sqlite_template, tmp_path)}")
    tiny = Site(database)
    tiny.build({("A-1", "S1"): 2})
    yield tiny
    database.close()


def device_on_floor(tiny: Site) -> Device:
    """A device that holds a list of two pieces of S1, with its tote bound."""
    order = tiny.order(("S1", 2))
    tiny.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]))
    device = Device(tiny.database, tiny.clock, tiny.sign_in())
    device.sync(want="work")
    device.bind_all()
    return device


def relabel(tiny: Site, sku: str, **codes: int) -> None:
    with tiny.database.write() as session:
        catalogue.put_item(session, sku=sku, name=f"Item {sku}", codes=codes)


def test_a_code_that_an_import_took_away_still_names_what_was_scanned(tiny: Site) -> None:
    device = device_on_floor(tiny)
    relabel(tiny, "S1", new1=1)
    assert device.pick(0, 2, code="400S1") == ("applied", "ok")


def test_a_pack_size_that_an_import_changed_does_not_change_what_was_counted(tiny: Site) -> None:
    device = device_on_floor(tiny)
    relabel(tiny, "S1", **{"400S1": 12})
    assert device.pick(0, 1) == ("applied", "ok")
    # The device counted one piece, whatever a code means from now on.
    assert tiny.on_hand("A-1", "S1") == (1, 1)


def test_a_code_that_now_names_another_item_is_refused_and_told(tiny: Site) -> None:
    """Nobody can say any more which of the two was scanned; the lead sees it."""
    device = device_on_floor(tiny)
    relabel(tiny, "S1", new1=1)
    relabel(tiny, "S2", **{"400S1": 1})
    assert device.pick(0, 2, code="400S1") == ("refused", "wrong-item")
    assert device.pick(0, 2, code="new1") == ("applied", "ok")


def test_lists_on_the_floor_keep_the_layout_they_were_planned_on(tiny: Site) -> None:
    device = device_on_floor(tiny)
    moved = copy.deepcopy(LAYOUT)
    for place in moved["locations"]:
        place["offset_mm"] += 500
    with tiny.database.write() as session:
        before = layouts.active(session).id
        assert layouts.save(session, tiny.clock, document=moved).id != before
    assert device.view is not None
    shown = device.view["stops"]
    device.sync()
    assert device.view["stops"] == shown
    assert device.pick(0, 2) == ("applied", "ok")
