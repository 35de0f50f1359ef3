"""What must hold in the database after every history, whatever happened."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import (
    Bucket,
    FloorTask,
    LineMove,
    ListState,
    ListTote,
    Op,
    OrderLine,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
    StockMove,
    Stream,
    Verdict,
    WaveOrder,
)


def audit(session: Session) -> None:
    """Check every invariant of the books; raises AssertionError naming the culprit."""
    _stock_is_replayed(session)
    _lines_are_replayed(session)
    _promises_add_up(session)
    _tasks_agree_with_operations(session)
    _goods_of_lines_are_somewhere(session)
    _streams_have_no_gaps(session)
    _owners_are_single(session)


def _stock_is_replayed(session: Session) -> None:
    """Replaying the entries gives the balances; all places together hold nothing."""
    replayed: Counter[tuple[str, str, str]] = Counter()
    for move in session.scalars(select(StockMove)):
        assert move.quantity > 0
        replayed[(move.from_kind, move.from_place, move.sku)] -= move.quantity
        replayed[(move.to_kind, move.to_place, move.sku)] += move.quantity
    totals: Counter[str] = Counter()
    for row in session.scalars(select(StockBalance)):
        key = (row.kind, row.place, row.sku)
        assert replayed.pop(key, 0) == row.on_hand, key
        totals[row.sku] += row.on_hand
        if row.kind != PlaceKind.OUTSIDE:
            assert row.on_hand >= row.allocated >= 0, key
    assert not any(replayed.values())
    assert not any(totals.values()), totals


def _lines_are_replayed(session: Session) -> None:
    """Replaying the entries gives the buckets, which add up to what was ordered."""
    replayed: Counter[tuple[str, str]] = Counter()
    for move in session.scalars(select(LineMove).order_by(LineMove.id)):
        if move.from_bucket is not None:
            replayed[(move.line_id, move.from_bucket)] -= move.quantity
            assert replayed[(move.line_id, move.from_bucket)] >= 0
        replayed[(move.line_id, move.to_bucket)] += move.quantity
    for line in session.scalars(select(OrderLine)):
        buckets = {bucket: getattr(line, bucket.value) for bucket in Bucket}
        assert sum(buckets.values()) == line.ordered
        for bucket, units in buckets.items():
            assert replayed[(line.id, bucket)] == units, (line.id, bucket)


def _promises_add_up(session: Session) -> None:
    """``allocated`` of a location is what its tasks were promised; in_list is what tasks ask."""
    promised: Counter[tuple[str, str]] = Counter()
    asked: Counter[str] = Counter()
    for task in session.scalars(select(PickTask)):
        assert 0 <= task.promised <= task.open, task.id
        promised[(task.location, task.sku)] += task.promised
        asked[task.line_id] += task.open
    for row in session.scalars(select(StockBalance).where(StockBalance.kind == PlaceKind.LOCATION)):
        assert row.allocated == promised[(row.place, row.sku)], (row.place, row.sku)
    for line in session.scalars(select(OrderLine)):
        assert line.in_list == asked[line.id], line.id
        assert line.allocated == 0


def _tasks_agree_with_operations(session: Session) -> None:
    """A task's picked and short are the sums of applied operations that were not undone."""
    said: Counter[tuple[str, str]] = Counter()
    for op in session.scalars(
        select(Op).where(Op.verdict == Verdict.APPLIED, Op.undone_by.is_(None))
    ):
        if op.kind in ("pick", "short") and op.task_id is not None:
            said[(op.task_id, op.kind)] += op.body["qty"]
    for task in session.scalars(select(PickTask)):
        assert task.picked == said[(task.id, "pick")], task.id
        assert task.short == said[(task.id, "short")], task.id


def _goods_of_lines_are_somewhere(session: Session) -> None:
    """Picked units lie in totes, consolidated ones in the wall, cancelled ones wait for return."""
    held: Counter[tuple[str, str]] = Counter()
    containers = (PlaceKind.TOTE, PlaceKind.WALL_SLOT)
    for move in session.scalars(select(StockMove).where(StockMove.line_id.is_not(None))):
        assert move.line_id is not None
        if move.to_kind in containers:
            held[(move.line_id, move.to_kind)] += move.quantity
        if move.from_kind in containers:
            held[(move.line_id, move.from_kind)] -= move.quantity
    returning: Counter[str] = Counter()
    for task in session.scalars(
        select(FloorTask).where(FloorTask.kind == "put-back", FloorTask.state == "open")
    ):
        if task.line_id is not None:
            returning[task.line_id] += task.quantity
    for line in session.scalars(select(OrderLine)):
        lying = held[(line.id, PlaceKind.TOTE)] + held[(line.id, PlaceKind.WALL_SLOT)]
        assert lying == line.picked + line.consolidated + returning[line.id], line.id
        assert held[(line.id, PlaceKind.WALL_SLOT)] >= line.consolidated


def _streams_have_no_gaps(session: Session) -> None:
    """Each operation up to ``last`` has exactly one verdict."""
    seen: dict[str, list[int]] = {}
    for row in session.execute(select(Op.stream, Op.seq).order_by(Op.stream, Op.seq)):
        seen.setdefault(row.stream, []).append(row.seq)
    for stream in session.scalars(select(Stream)):
        assert seen.get(stream.id, []) == list(range(1, stream.last + 1))


def _owners_are_single(session: Session) -> None:
    """One open wave per order, one open list per person, one slot per travelling tote."""
    orders = session.scalars(select(WaveOrder.order_id).where(WaveOrder.active)).all()
    assert len(orders) == len(set(orders))
    over = (ListState.READY, ListState.CLOSED, ListState.CANCELLED)
    holders = session.scalars(select(PickList.holder_id).where(PickList.state.not_in(over))).all()
    assert None not in holders
    assert len(holders) == len(set(holders))
    bound = session.scalars(
        select(ListTote.tote)
        .join(PickList, PickList.id == ListTote.list_id)
        .where(
            ListTote.tote.is_not(None),
            ListTote.dropped_station.is_(None),
            PickList.state.not_in((ListState.CLOSED, ListState.CANCELLED)),
        )
    ).all()
    assert len(bound) == len(set(bound))
