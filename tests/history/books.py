"""What must hold in the books of every database, at any commit, whatever happened before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import (
    Bucket,
    ExceptionCard,
    FloorTask,
    LineMove,
    ListLease,
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
from tests.history.violation import Violation

_FREE = (ListState.READY, ListState.CLOSED, ListState.CANCELLED)
_CONTAINERS = (PlaceKind.TOTE, PlaceKind.WALL_SLOT)


def check_books(session: Session) -> list[Violation]:
    """Every rule about balances, lines, tasks, streams and owners that is broken."""
    return [
        *_stock_is_replayed(session),
        *_lines_are_replayed(session),
        *_tasks_add_up(session),
        *_goods_of_lines_are_somewhere(session),
        *_streams_have_no_gaps(session),
        *_parked_lies_on_the_desk(session),
        *_owners_are_single(session),
    ]


def _stock_is_replayed(session: Session) -> Iterator[Violation]:
    """Replaying the entries gives the balances; all places together hold nothing."""
    replayed: Counter[tuple[str, str, str]] = Counter()
    for row in session.execute(
        select(
            StockMove.quantity,
            StockMove.sku,
            StockMove.from_kind,
            StockMove.from_place,
            StockMove.to_kind,
            StockMove.to_place,
        )
    ):
        replayed[(row.from_kind, row.from_place, row.sku)] -= row.quantity
        replayed[(row.to_kind, row.to_place, row.sku)] += row.quantity
    totals: Counter[str] = Counter()
    for kind, place, sku, on_hand, allocated in session.execute(
        select(
            StockBalance.kind,
            StockBalance.place,
            StockBalance.sku,
            StockBalance.on_hand,
            StockBalance.allocated,
        )
    ):
        name = f"{kind} {place} {sku}"
        booked = replayed.pop((kind, place, sku), 0)
        if booked != on_hand:
            yield Violation("I3", name, f"holds {on_hand}, its entries add up to {booked}")
        totals[sku] += on_hand
        if kind != PlaceKind.OUTSIDE and not on_hand >= allocated >= 0:
            yield Violation("I3", name, f"holds {on_hand}, {allocated} of it promised")
    for key, units in replayed.items():
        if units:
            yield Violation("I3", " ".join(key), f"has no balance, its entries add up to {units}")
    for sku, units in totals.items():
        if units:
            yield Violation("I3", sku, f"all places together hold {units}, not 0")


def _lines_are_replayed(session: Session) -> Iterator[Violation]:
    """Replaying the entries gives the buckets, which add up to what was ordered."""
    replayed: dict[str, Counter[str]] = defaultdict(Counter)
    for line_id, origin, target, quantity in session.execute(
        select(
            LineMove.line_id, LineMove.from_bucket, LineMove.to_bucket, LineMove.quantity
        ).order_by(LineMove.id)
    ):
        buckets = replayed[line_id]
        if origin is not None:
            buckets[origin] -= quantity
            if buckets[origin] < 0:
                yield Violation("I7", f"line {line_id}", f"took {origin} below zero")
        buckets[target] += quantity
    columns = [getattr(OrderLine, bucket.value) for bucket in Bucket]
    for line_id, ordered, *units in session.execute(
        select(OrderLine.id, OrderLine.ordered, *columns)
    ):
        if sum(units) != ordered:
            yield Violation("I7", f"line {line_id}", f"buckets hold {sum(units)} of {ordered}")
        for bucket, held in zip(Bucket, units, strict=True):
            if replayed[line_id][bucket] != held:
                yield Violation(
                    "I7",
                    f"line {line_id}",
                    f"{bucket} holds {held}, its entries add up to {replayed[line_id][bucket]}",
                )


def _tasks_add_up(session: Session) -> Iterator[Violation]:
    """Tasks agree with promises, with lines and with the operations that were applied."""
    promised: Counter[tuple[str, str]] = Counter()
    asked: Counter[str] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for kind, task_id, body in session.execute(
        select(Op.kind, Op.task_id, Op.body).where(
            Op.verdict == Verdict.APPLIED,
            Op.undone_by.is_(None),
            Op.kind.in_(("pick", "short")),
            Op.task_id.is_not(None),
        )
    ):
        said[(str(task_id), kind)] += body["qty"]
    for row in session.execute(
        select(
            PickTask.id,
            PickTask.line_id,
            PickTask.location,
            PickTask.sku,
            PickTask.quantity,
            PickTask.picked,
            PickTask.short,
            PickTask.cancelled,
            PickTask.promised,
        )
    ):
        left = row.quantity - row.picked - row.short - row.cancelled
        if not 0 <= row.promised <= left:
            yield Violation("I7", f"task {row.id}", f"promised {row.promised}, open {left}")
        promised[(row.location, row.sku)] += row.promised
        asked[row.line_id] += left
        for kind, units in (("pick", row.picked), ("short", row.short)):
            if units != said[(row.id, kind)]:
                yield Violation(
                    "I2",
                    f"task {row.id}",
                    f"{kind} {units}, applied operations say {said[(row.id, kind)]}",
                )
    for place, sku, allocated in session.execute(
        select(StockBalance.place, StockBalance.sku, StockBalance.allocated).where(
            StockBalance.kind == PlaceKind.LOCATION
        )
    ):
        if allocated != promised[(place, sku)]:
            yield Violation(
                "I3",
                f"location {place} {sku}",
                f"{allocated} promised, its tasks have {promised[(place, sku)]}",
            )
    for line_id, in_list, allocated in session.execute(
        select(OrderLine.id, OrderLine.in_list, OrderLine.allocated)
    ):
        if in_list != asked[line_id]:
            yield Violation(
                "I7", f"line {line_id}", f"{in_list} in lists, its tasks ask {asked[line_id]}"
            )
        if allocated:
            yield Violation("I7", f"line {line_id}", f"{allocated} allocated between transactions")


def _goods_of_lines_are_somewhere(session: Session) -> Iterator[Violation]:
    """Picked units lie in totes, consolidated ones in the wall, cancelled ones wait for return."""
    held: Counter[tuple[str, str]] = Counter()
    for row in session.execute(
        select(StockMove.line_id, StockMove.quantity, StockMove.from_kind, StockMove.to_kind).where(
            StockMove.line_id.is_not(None)
        )
    ):
        if row.to_kind in _CONTAINERS:
            held[(row.line_id, row.to_kind)] += row.quantity
        if row.from_kind in _CONTAINERS:
            held[(row.line_id, row.from_kind)] -= row.quantity
    returning: Counter[str] = Counter()
    for line_id, quantity in session.execute(
        select(FloorTask.line_id, FloorTask.quantity).where(
            FloorTask.kind == "put-back",
            FloorTask.state == "open",
            FloorTask.line_id.is_not(None),
        )
    ):
        returning[str(line_id)] += quantity
    for line_id, picked, consolidated in session.execute(
        select(OrderLine.id, OrderLine.picked, OrderLine.consolidated)
    ):
        in_wall = held[(line_id, PlaceKind.WALL_SLOT)]
        lying = held[(line_id, PlaceKind.TOTE)] + in_wall
        if lying != picked + consolidated + returning[line_id]:
            yield Violation(
                "I7",
                f"line {line_id}",
                f"{lying} units lie in containers; {picked} picked, {consolidated} consolidated, "
                f"{returning[line_id]} to be put back",
            )
        if in_wall < consolidated:
            yield Violation(
                "I7", f"line {line_id}", f"{consolidated} consolidated, {in_wall} in the wall"
            )


def _streams_have_no_gaps(session: Session) -> Iterator[Violation]:
    """Each operation up to ``last`` has exactly one verdict."""
    seen: dict[str, list[int]] = defaultdict(list)
    for stream, seq in session.execute(select(Op.stream, Op.seq).order_by(Op.stream, Op.seq)):
        seen[stream].append(seq)
    for stream, last in session.execute(select(Stream.id, Stream.last)):
        if seen[stream] != list(range(1, last + 1)):
            yield Violation("I2", f"stream {stream}", f"last is {last}, stored {seen[stream]}")


def _parked_lies_on_the_desk(session: Session) -> Iterator[Violation]:
    """Every parked operation has a card, open or closed by a lead."""
    cards = {
        (row.op_stream, row.op_seq)
        for row in session.execute(
            select(ExceptionCard.op_stream, ExceptionCard.op_seq).where(
                ExceptionCard.kind == "parked"
            )
        )
    }
    for stream, seq, code in session.execute(
        select(Op.stream, Op.seq, Op.code).where(Op.verdict == Verdict.PARKED)
    ):
        if (stream, seq) not in cards:
            yield Violation("I8", f"{stream}/{seq}", f"parked as {code}, but on nobody's desk")


def _owners_are_single(session: Session) -> Iterator[Violation]:
    """One open wave per order, one open list per person, one slot per travelling tote."""
    orders = session.scalars(select(WaveOrder.order_id).where(WaveOrder.active)).all()
    for order_id in _repeated(orders):
        yield Violation("I5", f"order {order_id}", "is in two open waves")
    given = {
        (row.list_id, row.lease): (row.person_id, row.stream)
        for row in session.execute(
            select(ListLease.list_id, ListLease.lease, ListLease.person_id, ListLease.stream)
        )
    }
    holders: list[str] = []
    for row in session.execute(
        select(
            PickList.id, PickList.state, PickList.lease, PickList.holder_id, PickList.stream
        ).where(PickList.state.not_in(_FREE))
    ):
        holders.append(row.holder_id)
        if given.get((row.id, row.lease)) != (row.holder_id, row.stream):
            yield Violation(
                "I4", f"list {row.id}", f"is held under lease {row.lease}, which was not given so"
            )
    for person_id in _repeated(holders):
        yield Violation("I4", f"person {person_id}", "holds two lists")
    bound = session.scalars(
        select(ListTote.tote)
        .join(PickList, PickList.id == ListTote.list_id)
        .where(
            ListTote.tote.is_not(None),
            ListTote.dropped_station.is_(None),
            PickList.state.not_in((ListState.CLOSED, ListState.CANCELLED)),
        )
    ).all()
    for tote in _repeated([tote for tote in bound if tote is not None]):
        yield Violation("I4", f"tote {tote}", "stands on two slots")


def _repeated(names: object) -> list[str]:
    assert isinstance(names, (list, tuple))
    return sorted(name for name, count in Counter(names).items() if count > 1)
