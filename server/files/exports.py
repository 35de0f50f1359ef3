"""Tables out of the database: stock, picks, shorts, orders, the report of a wave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.errors import BadInput, NotFound
from server.models import (
    Bucket,
    Item,
    Op,
    Order,
    OrderLine,
    Person,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
    Verdict,
    Wave,
)
from server.services import reports

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Export:
    """A table ready to be written."""

    header: tuple[str, ...]
    rows: Iterable[Cells]


def export_stock(session: Session, *, wave: int | None = None) -> Export:
    """Return what lies in each location; columns as ``wavepick import stock`` reads them."""
    query = (
        select(StockBalance, Item.name)
        .join(Item, Item.sku == StockBalance.sku)
        .where(StockBalance.kind == PlaceKind.LOCATION, StockBalance.on_hand != 0)
        .order_by(StockBalance.place, StockBalance.sku)
    )
    _refuse_wave("stock", wave)
    return Export(
        ("location", "sku", "qty", "allocated", "free", "name"),
        (
            (row.place, row.sku, row.on_hand, row.allocated, row.on_hand - row.allocated, name)
            for row, name in session.execute(query)
        ),
    )


def export_orders(session: Session, *, wave: int | None = None) -> Export:
    """Return every order line with where its units are."""
    query = (
        select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .order_by(Order.number, OrderLine.position)
    )
    if wave is not None:
        query = query.where(Order.id.in_(_orders_of(session, wave)))
    buckets = tuple(bucket.value for bucket in Bucket)
    return Export(
        (
            *("number", "channel", "order", "state", "priority", "ship_by", "carrier"),
            *("line", "sku", "ordered"),
            *buckets,
        ),
        (
            (
                *(order.number, order.channel, order.external_id, order.state, order.priority),
                *(_instant(order.ship_by), order.carrier),
                *(line.external_id or line.position, line.sku, line.ordered),
                *(getattr(line, bucket) for bucket in buckets),
            )
            for order, line in session.execute(query)
        ),
    )


def export_picks(session: Session, *, wave: int | None = None) -> Export:
    """Return every pick that counts: applied, not undone, in the order it was received."""
    return Export(
        (
            *("at", "wave", "list", "order", "location", "sku", "qty", "tote", "code"),
            *("picker", "stream", "seq"),
        ),
        (
            (
                *(_instant(row.Op.received_at), row.wave, row.list, row.order),
                *(row.location, row.sku, row.Op.body["qty"]),
                *(row.Op.body.get("tote"), row.Op.body.get("code")),
                *(row.picker, row.Op.stream, row.Op.seq),
            )
            for row in session.execute(_facts(session, "pick", wave))
        ),
    )


def export_shorts(session: Session, *, wave: int | None = None) -> Export:
    """Return every short that counts, with its reason and what was counted."""
    return Export(
        (
            *("at", "wave", "list", "order", "location", "sku", "qty", "reason", "counted"),
            *("picker", "stream", "seq"),
        ),
        (
            (
                *(_instant(row.Op.received_at), row.wave, row.list, row.order),
                *(row.location, row.sku, row.Op.body["qty"]),
                *(row.Op.body.get("reason"), row.Op.body.get("counted")),
                *(row.picker, row.Op.stream, row.Op.seq),
            )
            for row in session.execute(_facts(session, "short", wave))
        ),
    )


def export_report(session: Session, *, wave: int | None = None) -> Export:
    """Return units by order and bucket of one wave, from the live tables and from the ledger.

    The columns ``report`` and ``recount`` are equal in every row, or the system is wrong.
    """
    if wave is None:
        raise BadInput("a report is about one wave: say which", code="wave-missing")
    wave_id = _wave(session, wave).id
    report = reports.wave_report(session, wave_id=wave_id)["orders"]
    recount = reports.recount(session, wave_id=wave_id)["orders"]
    return Export(
        ("wave", "order", "bucket", "report", "recount"), _compared(wave, report, recount)
    )


EXPORTS: Mapping[str, Callable[..., Export]] = {
    "stock": export_stock,
    "orders": export_orders,
    "picks": export_picks,
    "shorts": export_shorts,
    "report": export_report,
}
"""Kinds of tables by the name they are asked for."""


def _compared(
    wave: int, report: Mapping[str, Mapping[str, int]], recount: Mapping[str, Mapping[str, int]]
) -> Iterator[Cells]:
    for number in sorted({*report, *recount}, key=int):
        one, other = report.get(number, {}), recount.get(number, {})
        for bucket in Bucket:
            if bucket.value in one or bucket.value in other:
                yield (
                    *(wave, number, bucket.value),
                    *(one.get(bucket.value, 0), other.get(bucket.value, 0)),
                )


def _facts(
    session: Session, kind: str, wave: int | None
) -> Select[Op, int, int, int, str, str, str]:
    query = (
        select(
            Op,
            Wave.number.label("wave"),
            PickList.number.label("list"),
            Order.number.label("order"),
            PickTask.location.label("location"),
            PickTask.sku.label("sku"),
            func.coalesce(Person.name, "").label("picker"),
        )
        .join(PickTask, PickTask.id == Op.task_id)
        .join(PickList, PickList.id == PickTask.list_id)
        .join(Wave, Wave.id == PickList.wave_id)
        .join(Order, Order.id == PickTask.order_id)
        .outerjoin(Person, Person.id == Op.person_id)
        .where(Op.kind == kind, Op.verdict == Verdict.APPLIED, Op.undone_by.is_(None))
        .order_by(Op.received_at, Op.stream, Op.seq)
    )
    if wave is not None:
        query = query.where(Wave.id == _wave(session, wave).id)
    return query


def _orders_of(session: Session, wave: int) -> Select[str]:
    lists = select(PickList.id).where(PickList.wave_id == _wave(session, wave).id)
    return select(PickTask.order_id).where(PickTask.list_id.in_(lists)).distinct()


def _wave(session: Session, number: int) -> Wave:
    wave = session.scalars(select(Wave).where(Wave.number == number)).first()
    if wave is None:
        raise NotFound(f"wave {number} does not exist", code="unknown-wave")
    return wave


def _refuse_wave(kind: str, wave: int | None) -> None:
    if wave is not None:
        raise BadInput(f"{kind} does not belong to a wave", code="wave-not-asked")


def _instant(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")
