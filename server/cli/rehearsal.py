"""One real wave from the order file to the confirmed pick, with everything checked on the way.

The steps are those of a warehouse's first day: import (tried, done, repeated), a layout large
enough, stock spread over it, people and totes, a wave planned by a worker process, launched by
REST, worked by simulated pickers through PICK/1 while one order is cancelled, and at the end the
books counted again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.cli.processes import Children, free_port
from server.cli.rehearsal_account import (
    CART,
    LEAD,
    PICKER_PIN,
    Account,
    Plan,
    badges,
    differences,
    tote_codes,
)
from server.db.engine import Database
from server.errors import Conflict
from server.files.orders_import import OrderImport, import_orders
from server.files.report import ImportReport
from server.files.spread import SpreadRules
from server.models import Item, LineMove, Order, OrderLine, Role, StockMove
from server.services import catalogue, changes, layouts, people, reports
from server.services.clock import system_clock

_LOCATIONS_PER_ITEM = 1.5
_POSITIONS, _BLOCKS, _ZONES = 25, 2, 4
_STOCK_FACTOR = 1.1
_POLL_S = 0.2


class Rehearsal:
    """One rehearsal in one data folder.

    Parameters
    ----------
    plan
        What is rehearsed.
    data
        Folder for logs and, with SQLite, the database.
    database_url
        A migrated database without orders.
    say
        Takes one line for people at a time.
    """

    def __init__(
        self, plan: Plan, *, data: Path, database_url: str, say: Callable[[str], None]
    ) -> None:
        self.plan = plan
        self.account = Account()
        self._data = data
        self._url = database_url
        self._say = say
        self._database = Database(database_url)

    def run(self) -> Account:
        """Go through all steps; what does not hold is in the account.

        Raises
        ------
        Conflict
            The database already has orders.
        LeadError, Unavailable
            Planning failed, or a process died or did not answer in time.
        """
        try:
            self._refuse_used()
            with self._step("import"):
                self._import()
            with self._step("prepare"):
                self._prepare()
            self._pick()
            with self._step("count"):
                self._count()
        finally:
            self._database.close()
        return self.account

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.account.seconds[name] = time.monotonic() - begun

    def _refuse_used(self) -> None:
        with self._database.read() as session:
            if session.scalars(select(Order.id).limit(1)).first() is not None:
                raise Conflict("a rehearsal needs a database without orders", code="not-empty")

    def _import(self) -> None:
        """Dry run, for good, and again: the first and the last change nothing."""
        before = self._fingerprint()
        dry = self._import_once(dry_run=True)
        self.account.check("dry run changes nothing", self._fingerprint() == before)
        report = self._import_once(dry_run=False)
        after = self._fingerprint()
        again = self._import_once(dry_run=False)
        self.account.check(
            "the same file again changes nothing",
            self._fingerprint() == after and again.outcomes["unchanged"] == report.outcomes["new"],
        )
        self.account.check(
            "dry run foretold the import",
            (dry.rejections, dry.outcomes) == (report.rejections, report.outcomes),
        )
        self.account.check(
            "every line is accepted or rejected",
            report.n_accepted + report.n_rejected == report.table.n_read,
        )
        self.account.facts["import"] = {
            "lines": report.as_json()["lines"],
            "rejected_by_rule": report.by_rule,
            "outcomes": dict(report.outcomes),
            "facts": dict(report.facts),
            "warnings": len(report.warnings),
        }
        for line in report.as_text(most=3):
            self._say(f"  {line}")

    def _import_once(self, *, dry_run: bool) -> ImportReport:
        request = OrderImport(
            data=self.plan.data,
            source=self.plan.source,
            mapping=self.plan.mapping,
            create_items=True,
            seed=self.plan.seed,
        )
        return import_orders(self._database, system_clock, request, dry_run=dry_run)

    def _fingerprint(self) -> tuple[int | None, ...]:
        with self._database.read() as session:
            counts = [
                session.scalar(select(func.count()).select_from(model))
                for model in (Order, OrderLine, Item, LineMove, StockMove)
            ]
            return (changes.revision(session), *counts)

    def _prepare(self) -> None:
        """Layout, stock, carts, totes and people."""
        from server.cli.layout_file import generated_layout, walking_distances_mm
        from server.files.stock_spread import SpreadRequest, spread_into

        with self._database.read() as session:
            n_items = session.scalar(select(func.count()).select_from(Item)) or 0
        per_aisle = 2 * _POSITIONS * _BLOCKS
        aisles = max(_ZONES, math.ceil(n_items * _LOCATIONS_PER_ITEM / per_aisle))
        document = generated_layout(
            name="rehearsal", aisles=aisles, positions=_POSITIONS, blocks=_BLOCKS, zones=_ZONES
        )
        distances = walking_distances_mm(document, source="rehearsal")
        with self._database.write() as session:
            layouts.save(session, system_clock, document=document)
            request = SpreadRequest(
                distances, SpreadRules(factor=_STOCK_FACTOR), seed=self.plan.seed
            )
            spread = spread_into(session, system_clock, request)
            self._put_floor(session)
        self.account.facts["warehouse"] = {
            "locations": len(distances),
            "aisles": aisles,
            "items": n_items,
            "filled_locations": len(spread.lines),
            "units": sum(line.quantity for line in spread.lines),
        }
        self._say(
            f"  {n_items:,} items over {len(spread.lines):,} of {len(distances):,} locations in "
            f"{aisles} aisles"
        )

    def _put_floor(self, session: Session) -> None:
        catalogue.put_cart_type(
            session,
            code=CART,
            name="Cart with 6 large totes",
            slots=6,
            tote_weight_g=50_000,
            tote_volume_ml=100_000,
            max_weight_g=300_000,
            max_lines=200,
        )
        catalogue.put_totes(session, tote_codes())
        everyone = [(LEAD[0], "Lead", Role.LEAD, LEAD[1])]
        everyone += [
            (badge, f"Picker {number}", Role.PICKER, PICKER_PIN)
            for number, badge in enumerate(badges(self.plan.n_pickers + 1), start=1)
        ]
        for badge, name, role, pin in everyone:
            people.create(
                session, system_clock, badge=badge, name=name, role=role, language="en", pin=pin
            )

    def _pick(self) -> None:
        """Plan, launch and pick, with real server and worker processes."""
        from server.cli.rehearsal_floor import Floor

        port = free_port()
        children = Children(self._data, database_url=self._url)
        try:
            with self._step("start"):
                # Simulated pickers do not walk: they send as fast as the server answers.
                children.start("serve", "--port", str(port), "--messages-per-second", "10000")
                children.start("worker")
                children.wait_until_healthy(f"http://127.0.0.1:{port}")
            Floor(
                self.plan,
                self.account,
                base_url=f"http://127.0.0.1:{port}",
                children=children,
                say=self._say,
                step=self._step,
            ).work()
        finally:
            children.stop()

    def _count(self) -> None:
        """The final report against the recount from the ledger, read from the database itself."""
        wave_id = self.account.facts["wave"]["id"]
        with self._database.read() as session:
            report = reports.wave_report(session, wave_id=wave_id)
            recount = reports.recount(session, wave_id=wave_id)
        self.account.check(
            "report equals recount", report == recount, *differences(report, recount)
        )
        acknowledged = self.account.facts["picking"]["counts"]
        for kind, counted in (
            ("pick", report["tasks"]["picked"]),
            ("short", report["tasks"]["short"]),
        ):
            said = acknowledged.get(f"acknowledged-{kind}-units", 0)
            self.account.check(
                f"{kind} units equal what was acknowledged to the pickers",
                said == counted,
                f"acknowledged {said}, booked {counted}",
            )
        self.account.facts["report"] = {"units": report["units"], "tasks": report["tasks"]}
        units = ", ".join(
            f"{number:,} {name}" for name, number in report["units"].items() if number
        )
        self._say(f"  units: {units}")
