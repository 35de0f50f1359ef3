"""``items.csv``: the catalogue in and out of a table."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.files import cells
from server.files.cells import CellError
from server.files.columns import Cells, Template, read_template
from server.files.report import ImportReport, refuse_if_strict, transaction
from server.files.seeded_items import seeded_size
from server.files.tables import Rejection
from server.models import Item, ItemCode
from server.services import catalogue

TEMPLATE = Template(
    kind="items",
    required={"sku": ("sku",)},
    optional={
        "name": ("name",),
        "barcodes": ("barcodes", "barcode", "gtin"),
        "weight_g": ("weight_g",),
        "kg": ("kg",),
        "volume_ml": ("volume_ml",),
        "l_mm": ("l_mm",),
        "w_mm": ("w_mm",),
        "h_mm": ("h_mm",),
        "abc_class": ("abc_class", "abc"),
    },
)

_BARCODE = re.compile(r"([^;*\s]+)(?:\*([1-9]\d{0,5}))?")
_KILOGRAMS = re.compile(r"(\d{1,5})(?:[.,](\d{1,3}))?", re.ASCII)
_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as a file gives it; sizes are None where the file says nothing."""

    sku: str
    name: str
    codes: tuple[tuple[str, int], ...]
    weight_g: int | None
    volume_ml: int | None
    abc_class: str | None


def import_items(
    database: Database,
    data: bytes,
    *,
    source: str,
    seed: int,
    dry_run: bool,
    strict: bool = False,
    encoding: str | None = None,
) -> ImportReport:
    """Create or change items; the same file again changes nothing.

    Where the file gives no weight or size, a new item gets a seeded one and a known item keeps
    its own. A sku that stands twice in the file is rejected the second time.

    Raises
    ------
    BadInput
        The file cannot be read, or no line (strict: not every line) is acceptable.
    """
    file = read_template(data, TEMPLATE, source=source, encoding=encoding)
    accepted, rejections = file.read(_judge)
    seen: dict[str, int] = {}
    outcomes: Counter[str] = Counter()
    with transaction(database, dry_run=dry_run) as session:
        for line, item in accepted:
            if item.sku in seen:
                reason = f"the sku already stands on line {seen[item.sku]}"
                rejections.append(Rejection(line, "sku", item.sku, "doubled", reason))
                continue
            seen[item.sku] = line
            outcomes[_put(session, item, seed)] += 1
        report = ImportReport(
            kind="items",
            table=file.table,
            dry_run=dry_run,
            n_accepted=len(seen),
            rejections=tuple(sorted(rejections, key=lambda one: one.line)),
            outcomes={word: outcomes[word] for word in ("new", "changed", "unchanged")},
            warnings=file.warnings(),
        )
        refuse_if_strict(report, strict=strict)
    return report


def _judge(row: Cells) -> ItemLine:
    abc_class = row["abc_class"].upper() or None
    if abc_class is not None and abc_class not in ("A", "B", "C"):
        raise CellError("abc_class", "choice", "abc_class must be A, B or C")
    return ItemLine(
        sku=cells.key(row["sku"], field="sku", longest=64),
        name=cells.optional(row["name"], field="name", longest=500) or "",
        codes=_codes(row["barcodes"]),
        weight_g=_weight(row),
        volume_ml=_volume(row),
        abc_class=abc_class,
    )


def _codes(cell: str) -> tuple[tuple[str, int], ...]:
    """Read ``5012345678900;15012345678907*6``: barcodes, each with the units one scan counts."""
    codes: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        match = _BARCODE.fullmatch(part)
        if match is None or len(match[1]) > catalogue.MAX_CODE:
            raise CellError(
                "barcodes", "barcode", f'"{part[:40]}" is not a barcode, or a barcode*units'
            )
        codes[match[1]] = int(match[2] or 1)
    return tuple(codes.items())


def _weight(row: Cells) -> int | None:
    if row["weight_g"]:
        return cells.quantity(row["weight_g"], field="weight_g", least=0, most=_MOST)
    if not row["kg"]:
        return None
    match = _KILOGRAMS.fullmatch(row["kg"])
    if match is None:
        raise CellError("kg", "not-a-number", "kg must be a number like 0.25 or 0,25")
    return int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))


def _volume(row: Cells) -> int | None:
    if row["volume_ml"]:
        return cells.quantity(row["volume_ml"], field="volume_ml", least=0, most=_MOST)
    sides = [name for name in ("l_mm", "w_mm", "h_mm") if row[name]]
    if not sides:
        return None
    if len(sides) < 3:
        raise CellError(sides[0], "size", "l_mm, w_mm and h_mm are given together or not at all")
    length, width, height = (
        cells.quantity(row[name], field=name, most=100_000) for name in ("l_mm", "w_mm", "h_mm")
    )
    return -(-length * width * height // 1000)  # rounded up: an item is never smaller than it is


def _put(session: Session, wanted: ItemLine, seed: int) -> str:
    """Write one item; returns new, changed or unchanged."""
    known = session.get(Item, wanted.sku)
    before = None if known is None else _state(session, known)
    size = seeded_size(wanted.sku, seed=seed)
    codes = dict(wanted.codes)
    if known is not None and not codes:
        codes = dict(_codes_of(session, wanted.sku))
    item = catalogue.put_item(
        session,
        sku=wanted.sku,
        name=wanted.name or (known.name if known else wanted.sku),
        weight_g=_first(wanted.weight_g, known.weight_g if known else None, size.weight_g),
        volume_ml=_first(wanted.volume_ml, known.volume_ml if known else None, size.volume_ml),
        codes=codes,
        abc_class=wanted.abc_class or (known.abc_class if known else None),
    )
    session.flush()
    if before is None:
        return "new"
    return "unchanged" if before == _state(session, item) else "changed"


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def _codes_of(session: Session, sku: str) -> list[tuple[str, int]]:
    rows = session.execute(
        select(ItemCode.code, ItemCode.units).where(ItemCode.sku == sku).order_by(ItemCode.code)
    )
    return [(code, units) for code, units in rows]


def _state(session: Session, item: Item) -> tuple[object, ...]:
    return (
        item.name,
        item.weight_g,
        item.volume_ml,
        item.abc_class,
        tuple(_codes_of(session, item.sku)),
    )
