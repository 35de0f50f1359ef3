"""Caps on what one person may ask of solver, layouts and import (S7, S8, F43)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.errors import BadInput, Conflict
from server.services import layouts, people, runs, waves
from tests.server.processes import Process, wavepick
from tests.server.services.site import LAYOUT, Site


@pytest.fixture
def warehouse(sqlite: Any) -> Site:
    """The tiny warehouse with stock for some orders."""
    built = Site(sqlite)
    built.build({("A-1", "S1"): 50})
    return built


def person(site: Site, badge: str) -> str:
    with site.database.read() as session:
        return next(p.id for p in people.everyone(session) if p.badge == badge)


def request(site: Site, wave_id: str, person_id: str) -> str:
    with site.database.write() as session:
        return waves.request_plan(
            session, site.clock, wave_id=wave_id, seconds=1, seed=1, person_id=person_id
        ).id


def test_a_lead_has_one_planning_run_at_a_time(warehouse: Site) -> None:
    first, second = (warehouse.wave(warehouse.order(("S1", 1))) for _ in range(2))
    lead = person(warehouse, "B-1")
    run = request(warehouse, first, lead)
    with pytest.raises(Conflict) as refused:
        request(warehouse, second, lead)
    assert refused.value.code == "one-run-each"
    with warehouse.database.write() as session:
        runs.request_cancel(session, warehouse.clock, run_id=run)
    request(warehouse, second, lead)


def test_four_planning_runs_may_wait(warehouse: Site) -> None:
    planned = [warehouse.wave(warehouse.order(("S1", 1))) for _ in range(waves.MAX_QUEUED + 1)]
    for number, wave_id in enumerate(planned[:-1]):
        request(warehouse, wave_id, f"{number:032x}")
    with pytest.raises(Conflict) as refused:
        request(warehouse, planned[-1], "f" * 32)
    assert refused.value.code == "queue-full"
    with warehouse.database.write() as session:
        assert runs.claim(session, warehouse.clock, worker="w", lane="plan") is not None
    request(warehouse, planned[-1], "f" * 32)


def test_a_wave_has_at_most_so_many_lines(warehouse: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "MAX_LINES", 3)
    orders = [warehouse.order(("S1", 1), ("S1", 1)) for _ in range(2)]
    with pytest.raises(BadInput, match="at most 3 lines"):
        warehouse.wave(*orders)
    warehouse.wave(orders[0])


@pytest.mark.parametrize("part", sorted(layouts.MOST))
def test_layouts_have_at_most_so_many_parts(warehouse: Site, part: str) -> None:
    many = LAYOUT[part][:1] * (layouts.MOST[part] + 1)
    with pytest.raises(BadInput) as refused, warehouse.database.write() as session:
        layouts.save(session, warehouse.clock, document={**LAYOUT, part: many})
    assert (refused.value.code, refused.value.pointer) == ("layout-too-large", f"/{part}")


@pytest.mark.process
def test_an_import_ends_at_its_memory_limit(tmp_path: Path) -> None:
    """A file that is read whole in a process that may have little: an error, no swapping host."""
    (tmp_path / "orders.csv").write_bytes(b"order,sku,quantity\n" + b"1,S,1\n" * 2_000_000)
    settings = {"WAVEPICK_IMPORT_MEMORY_MB": "256"}
    command = wavepick("import", "orders", str(tmp_path / "orders.csv"), "--data", str(tmp_path))
    assert Process(wavepick("migrate", "--data", str(tmp_path)), {}, tmp_path / "m.log").run() == 0
    process = Process(command, settings, tmp_path / "import.log")
    assert process.run() in (3, 5)
    assert "Traceback" not in process.output
