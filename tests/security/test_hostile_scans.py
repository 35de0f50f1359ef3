"""More than 200 hostile scans on their way through the server: never a wrong pick (S12, G21)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.services import audit_chain
from tests.security.barcodes import FILE, hostile
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def test_the_handheld_is_tested_with_the_same_scans() -> None:
    assert json.loads(FILE.read_text()) == hostile()
    assert len(hostile()) >= 200


@pytest.fixture
def device(sqlite: Any) -> Device:
    """A handheld in the middle of a list with a task of 5 units."""
    site = Site(sqlite)
    site.build({("A-1", "S1"): 10})
    order = site.order(("S1", 5))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 5, 1)]))
    device = Device(site.database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    return device


@pytest.mark.parametrize("field", ["sku", "location", "tote", "lot"])
def test_hostile_scans_book_nothing_and_block_nothing(device: Device, field: str) -> None:
    good = device.pick_fields(device.task(), 1)
    for scan in hostile():
        device.record("pick", **{**good, field: scan})
    device.flush()
    picked = [verdict for verdict in device.verdicts.values() if verdict == ("applied", "ok")]
    if field == "lot":
        # A lot is kept as it was read; what is left of the task cannot be exceeded by it.
        assert len(picked) <= 1 + 5
    else:
        assert len(picked) == 1  # the bind
        assert device.pick(0, 5) == ("applied", "ok")
    assert len(device.verdicts) == len(device.log)
    with device.database.read() as session:
        audit(session)
        assert audit_chain.verify(session).findings == ()


def test_hostile_texts_are_kept_for_the_lead_and_block_nothing(device: Device) -> None:
    for scan in hostile():
        device.record("report", reason="unknown-code", text=scan)
    device.flush()
    assert len(device.verdicts) == len(device.log)
    assert {verdict for verdict, _ in device.verdicts.values()} <= {"applied", "refused"}
    assert device.pick(0, 5) == ("applied", "ok")
