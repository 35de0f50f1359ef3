"""Order files: rows of a table to order drafts, by the rules of a mapping.

Nothing here touches the database. Each line of the file is either accepted into exactly one
draft or rejected with at least one reason, and the two counts add up to the lines read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import datetime

from server.errors import BadInput
from server.files import cells
from server.files.mapping import Mapping
from server.files.tables import Rejection, Row, Table
from server.services.orders import LineDraft, OrderDraft

_ORDER_LEVEL = (
    "ordered_at",
    "ship_by",
    "priority",
    "carrier",
    "service",
    "ship_complete",
    "paid",
    "tags",
    "note",
)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """An accepted line of the file."""

    line: int
    order: str
    channel: str
    external_id: str | None
    sku: str
    quantity: int
    item_name: str
    values: ReadOnly[str, str]
    extra: ReadOnly[str, str]


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """A draft and the lines of the file it came from, one tuple of line numbers per draft line."""

    draft: OrderDraft
    sources: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """What an order file says.

    Attributes
    ----------
    table
        The file as read.
    orders
        Drafts in the order of their first line.
    rejections
        Why lines were not accepted, by line number.
    warnings
        What a person should know although it stops nothing.
    item_names
        Name of each sku as the file gives it: the most frequent one that is not empty.
    merged
        Number of lines that were added to an earlier line of the same order and sku.
    """

    table: Table
    orders: tuple[ParsedOrder, ...]
    rejections: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    item_names: ReadOnly[str, str]
    merged: int

    @property
    def n_accepted(self) -> int:
        """Number of lines of the file that are in some draft."""
        return sum(len(lines) for order in self.orders for lines in order.sources)


@dataclass(slots=True)
class _Judged:
    """Lines and rejections while the file is read."""

    lines: list[SourceLine] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


def parse_orders(
    table: Table, mapping: Mapping, *, known_skus: frozenset[str] | None = None
) -> OrderFile:
    """Return the drafts and rejections of an order table.

    Parameters
    ----------
    table
        The file as read.
    mapping
        Its rules.
    known_skus
        When given, lines with another sku are rejected by the rule ``unknown-sku``.

    Raises
    ------
    BadInput
        When a column that the mapping needs (order, sku, quantity) is missing, or the file has
        no row after its header.
    """
    columns = _columns(table, mapping)
    if not table.n_read:
        raise BadInput("there is no line after the header", code="file-empty", pointer=table.source)
    judged = _Judged(rejections=list(table.malformed))
    reader = _LineReader(table, mapping, columns, known_skus)
    for row in table.rows:
        result = reader.read(row)
        if isinstance(result, Rejection):
            judged.rejections.append(result)
        else:
            judged.lines.append(result)
    orders, warnings = _assemble(judged, mapping, table)
    warnings = [*_case_warnings(judged.lines), *warnings]
    return OrderFile(
        table=table,
        orders=tuple(orders),
        rejections=tuple(sorted(judged.rejections, key=lambda rejection: rejection.line)),
        warnings=tuple(warnings),
        item_names=_item_names(judged.lines),
        merged=sum(len(lines) - 1 for order in orders for lines in order.sources),
    )


def _columns(table: Table, mapping: Mapping) -> dict[str, int]:
    """Return field to position; refuse a file without a needed column."""
    found = {name: table.find(*names) for name, names in mapping.columns.items()}
    for name in ("order", "sku", "quantity"):
        if found[name] is None:
            wanted = " or ".join(f'"{column}"' for column in mapping.columns[name])
            has = ", ".join(table.header)
            raise BadInput(
                f'no column {wanted} ({name}, mapping "{mapping.name}"); the header has: {has}',
                code="column-missing",
                pointer=f"{table.source}:1",
            )
    return {name: position for name, position in found.items() if position is not None}


class _LineReader:
    """Judges rows one by one."""

    def __init__(
        self,
        table: Table,
        mapping: Mapping,
        columns: ReadOnly[str, int],
        known_skus: frozenset[str] | None,
    ) -> None:
        self.header = table.header
        self.mapping = mapping
        self.columns = columns
        self.known_skus = known_skus
        self.channels: dict[str, str] = {}
        used = set(columns.values())
        self.unknown = [n for n in range(len(table.header)) if n not in used]

    def read(self, row: Row) -> SourceLine | Rejection:
        """Return the line, or the first rule it breaks."""
        for rule in self.mapping.reject:
            if rule.matches(self._given(row, rule.field)):
                return self._rejection(row, rule.field, rule.rule, rule.reason)
        try:
            return self._line(row)
        except cells.CellError as error:
            return self._rejection(row, error.field, error.rule, error.reason)

    def _line(self, row: Row) -> SourceLine:
        order = cells.key(self._given(row, "order"), field="order", longest=100)
        sku = cells.key(self._given(row, "sku"), field="sku", longest=64)
        quantity = cells.quantity(
            self._given(row, "quantity"), field="quantity", most=self.mapping.max_quantity
        )
        channel = self._channel(row, order)
        values = {name: self._given(row, name) for name in _ORDER_LEVEL}
        for name, value in values.items():
            if value:
                _order_value(name, value, self.mapping)
        if self.known_skus is not None and sku not in self.known_skus:
            raise cells.CellError("sku", "unknown-sku", "no item in the catalogue has this sku")
        return SourceLine(
            line=row.line,
            order=order,
            channel=channel,
            external_id=cells.optional(self._given(row, "line"), field="line", longest=100),
            sku=sku,
            quantity=quantity,
            item_name=self._given(row, "item_name")[:500],
            values=values,
            extra={self.header[n]: row.cells[n] for n in self.unknown if row.cells[n]},
        )

    def _channel(self, row: Row, order: str) -> str:
        """Return the channel; an empty cell means that of an earlier line of the order."""
        given = self._given(row, "channel") or self.channels.get(order)
        cell = given or self.mapping.constants.get("channel", "")
        channel = cells.key(cell, field="channel", longest=64)
        self.channels[order] = channel
        return channel

    def _given(self, row: Row, name: str) -> str:
        position = self.columns.get(name)
        return "" if position is None else row.cells[position]

    def _rejection(self, row: Row, name: str, rule: str, reason: str) -> Rejection:
        position = self.columns.get(name)
        column = name if position is None else self.header[position]
        return Rejection(row.line, column, self._given(row, name)[:100], rule, reason)


def _order_value(name: str, value: str, mapping: Mapping) -> object:
    """Return an order-level cell as its draft wants it."""
    match name:
        case "ordered_at" | "ship_by":
            return cells.moment(value, field=name, patterns=mapping.dates, zone=mapping.timezone)
        case "priority":
            return cells.priority(value, field=name)
        case "ship_complete":
            return cells.yes_or_no(value, field=name)
        case "paid":
            return cells.one_of(value, field=name, choices=("yes", "no", "unknown"))
        case "tags":
            return tuple(tag for tag in (part.strip() for part in value.split(";")) if tag)
        case "note":
            return cells.optional(value, field=name, longest=500)
        case _:
            return cells.optional(value, field=name, longest=64)


def _assemble(
    judged: _Judged, mapping: Mapping, table: Table
) -> tuple[list[ParsedOrder], list[str]]:
    """Group lines to orders; adds rejections for orders that break a limit."""
    groups: dict[tuple[str, str], list[SourceLine]] = {}
    for line in judged.lines:
        groups.setdefault((line.channel, line.order), []).append(line)
    orders: list[ParsedOrder] = []
    warnings: list[str] = []
    for group in groups.values():
        kept = _within_limits(group, judged, mapping, table)
        if kept:
            orders.append(_order(kept, mapping, warnings))
    return orders, warnings


def _within_limits(
    group: list[SourceLine], judged: _Judged, mapping: Mapping, table: Table
) -> list[SourceLine]:
    """Return the lines of an order that may stay: none when it has too many, no doubled ids."""
    if len(group) > mapping.max_order_lines:
        reason = f"the order has {len(group):,} lines, at most {mapping.max_order_lines:,} allowed"
        judged.rejections += [
            Rejection(line.line, _name(table, mapping, "order"), line.order, "order-size", reason)
            for line in group
        ]
        return []
    kept: list[SourceLine] = []
    seen: dict[str, int] = {}
    totals: Counter[str] = Counter()
    for line in group:
        if line.external_id is not None and line.external_id in seen:
            reason = f"the order already has this line on line {seen[line.external_id]}"
            column = _name(table, mapping, "line")
            judged.rejections.append(
                Rejection(line.line, column, line.external_id, "doubled-line", reason)
            )
            continue
        if mapping.merge and totals[line.sku] + line.quantity > mapping.max_quantity:
            reason = (
                f"together with earlier lines of the order more than {mapping.max_quantity:,} "
                f'units of "{line.sku}"'
            )
            column = _name(table, mapping, "quantity")
            judged.rejections.append(
                Rejection(line.line, column, str(line.quantity), "quantity", reason)
            )
            continue
        if line.external_id is not None:
            seen[line.external_id] = line.line
        totals[line.sku] += line.quantity
        kept.append(line)
    return kept


def _name(table: Table, mapping: Mapping, name: str) -> str:
    position = table.find(*mapping.columns.get(name, (name,)))
    return name if position is None else table.header[position]


def _order(group: list[SourceLine], mapping: Mapping, warnings: list[str]) -> ParsedOrder:
    first = group[0]
    lines: list[LineDraft] = []
    sources: list[tuple[int, ...]] = []
    for parts in _merged(group, mapping):
        quantity = sum(part.quantity for part in parts)
        lines.append(
            LineDraft(external_id=parts[0].external_id, sku=parts[0].sku, quantity=quantity)
        )
        sources.append(tuple(part.line for part in parts))
    values = {name: _first_value(group, name, mapping, warnings) for name in _ORDER_LEVEL}
    priority, ordered_at, ship_by = values["priority"], values["ordered_at"], values["ship_by"]
    tags = values["tags"]
    draft = OrderDraft(
        channel=first.channel,
        external_id=first.order,
        lines=tuple(lines),
        priority=priority if isinstance(priority, int) else 2,
        ship_by=ship_by if isinstance(ship_by, datetime) else None,
        ordered_at=ordered_at if isinstance(ordered_at, datetime) else None,
        carrier=_text(values["carrier"]),
        service=_text(values["service"]),
        paid=_text(values["paid"]) or "unknown",
        ship_complete=values["ship_complete"] is True,
        tags=tags if isinstance(tags, tuple) else (),
        note=_text(values["note"]),
        extra=_extra(group),
    )
    return ParsedOrder(draft, tuple(sources))


def _merged(group: list[SourceLine], mapping: Mapping) -> list[list[SourceLine]]:
    if not mapping.merge:
        return [[line] for line in group]
    by_sku: dict[str, list[SourceLine]] = {}
    for line in group:
        by_sku.setdefault(line.sku, []).append(line)
    return list(by_sku.values())


def _first_value(
    group: list[SourceLine], name: str, mapping: Mapping, warnings: list[str]
) -> object:
    """Return the first given value of an order-level field; differing ones are reported."""
    given = [(line.values[name], line.line) for line in group if line.values[name]]
    if not given:
        constant = mapping.constants.get(name)
        return None if constant is None else _order_value(name, constant, mapping)
    value, line = given[0]
    differing = [number for other, number in given if other != value]
    if differing:
        warnings.append(
            f'order "{group[0].order}": {name} is {value!r} on line {line} and differs on line '
            f"{differing[0]}; the first one counts"
        )
    return _order_value(name, value, mapping)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _extra(group: list[SourceLine]) -> dict[str, object]:
    """Return unknown columns: one value where all lines agree, else one per line of the file."""
    names: dict[str, None] = {}
    for line in group:
        names.update(dict.fromkeys(line.extra))
    extra: dict[str, object] = {}
    for name in names:
        values = [line.extra.get(name, "") for line in group]
        extra[name] = values[0] if len(set(values)) == 1 else values
    return extra


def _item_names(lines: Iterable[SourceLine]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        names = counts.setdefault(line.sku, Counter())
        if line.item_name:
            names[line.item_name] += 1
    # most_common keeps the order of first appearance among equals.
    return {sku: (names.most_common(1)[0][0] if names else sku) for sku, names in counts.items()}


def _case_warnings(lines: Iterable[SourceLine]) -> list[str]:
    """Report codes that differ only in upper and lower case; they stay different items."""
    spellings: dict[str, dict[str, int]] = {}
    for line in lines:
        spellings.setdefault(line.sku.casefold(), {}).setdefault(line.sku, line.line)
    return [
        "codes that differ only in upper and lower case are kept apart: "
        + ", ".join(f'"{sku}" (line {line})' for sku, line in found.items())
        for found in spellings.values()
        if len(found) > 1
    ]
