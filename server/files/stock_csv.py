"""``stock.csv``: what lies in each location."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.files import cells
from server.files.columns import Cells, Template, read_template
from server.files.report import ImportReport, refuse_if_strict, transaction
from server.files.tables import Rejection
from server.models import Item, Location
from server.services import layouts, stock
from server.services.availability import check
from server.services.clock import Clock

TEMPLATE = Template(
    kind="stock",
    required={
        "location": ("location", "bin", "bin_location"),
        "sku": ("sku",),
        "qty": ("qty", "quantity", "on_hand"),
    },
    optional={},
)


@dataclass(frozen=True, slots=True)
class CountedStock:
    """Units of an item that lie in a location, 0 or more."""

    location: str
    sku: str
    quantity: int


def import_stock(
    database: Database,
    clock: Clock,
    data: bytes,
    *,
    source: str,
    dry_run: bool,
    strict: bool = False,
    encoding: str | None = None,
) -> ImportReport:
    """Make the books say what the file says about each (location, sku) it names.

    The file is a count, not a receipt: the same file again changes nothing, and what it does not
    name stays as it is. Orders that waited for stock are checked again.

    Raises
    ------
    BadInput
        The file cannot be read, or no line (strict: not every line) is acceptable.
    NotFound
        There is no active layout.
    """
    file = read_template(data, TEMPLATE, source=source, encoding=encoding)
    accepted, rejections = file.read(_judge)
    with transaction(database, dry_run=dry_run) as session:
        known = _Known.of(session)
        seen: dict[tuple[str, str], int] = {}
        outcomes: Counter[str] = Counter()
        for line, counted in accepted:
            refusal = known.refuse(line, counted, seen)
            if refusal is not None:
                rejections.append(refusal)
                continue
            seen[counted.location, counted.sku] = line
            difference = stock.adjust(
                session,
                clock,
                location=counted.location,
                sku=counted.sku,
                counted=counted.quantity,
                cause="import",
                checked=True,
            )
            outcomes["changed" if difference else "unchanged"] += 1
        if outcomes["changed"]:
            check(session, clock)
        report = ImportReport(
            kind="stock",
            table=file.table,
            dry_run=dry_run,
            n_accepted=len(seen),
            rejections=tuple(sorted(rejections, key=lambda one: one.line)),
            outcomes={word: outcomes[word] for word in ("changed", "unchanged")},
            warnings=file.warnings(),
        )
        refuse_if_strict(report, strict=strict)
    return report


def _judge(row: Cells) -> CountedStock:
    return CountedStock(
        location=cells.key(row["location"], field="location", longest=64),
        sku=cells.key(row["sku"], field="sku", longest=64),
        quantity=cells.quantity(row["qty"], field="qty", least=0, most=stock.MAX_QUANTITY),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What exists: locations of the active layout, items."""

    locations: frozenset[str]
    skus: frozenset[str]

    @classmethod
    def of(cls, session: Session) -> _Known:
        layout = layouts.active(session)
        return cls(
            frozenset(
                session.scalars(select(Location.code).where(Location.layout_id == layout.id))
            ),
            frozenset(session.scalars(select(Item.sku))),
        )

    def refuse(
        self, line: int, counted: CountedStock, seen: dict[tuple[str, str], int]
    ) -> Rejection | None:
        """Return why a line cannot be booked, or None."""
        if counted.location not in self.locations:
            reason = "the active layout has no such location"
            return Rejection(line, "location", counted.location, "unknown-location", reason)
        if counted.sku not in self.skus:
            reason = "no item in the catalogue has this sku"
            return Rejection(line, "sku", counted.sku, "unknown-sku", reason)
        first = seen.get((counted.location, counted.sku))
        if first is not None:
            reason = f"this location and sku already stand on line {first}"
            return Rejection(line, "location", counted.location, "doubled", reason)
        return None
