"""Plain picks: what a busy floor reports most, judged in memory and booked in few statements.

A pick is plain when nothing about it needs a decision: the lease is the list's present one and was
given to this person on this device, the scan names the task's item, place and tote, the units are
open and the books have them. Then its effect is arithmetic on rows that one statement has read,
and the changes of all plain picks of a transaction are written together, one statement per table.

Whatever is not plain is left to :mod:`server.services.pick_facts`, which alone refuses, parks and
finds. A plain pick has the same effect there; ``tests/server/services/test_plain_picks.py`` judges
the same histories in both ways and compares every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from server import failpoints
from server.failpoints import FailPoint
from server.models import (
    Bucket,
    ItemCode,
    LineMove,
    ListLease,
    ListState,
    ListTote,
    Op,
    Order,
    OrderLine,
    OrderState,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
    StockMove,
    TaskState,
    Verdict,
    Wave,
    WaveState,
)
from server.services import audit, changes, ledger, lists
from server.services.clock import Clock
from server.services.pick_ops import Header, Pick

_TASK, _LIST, _WAVE, _LINE, _ORDER, _SLOT, _LEASE, _CODE, _OP, _STOCK_MOVE, _LINE_MOVE = (
    cast(Table, model.__table__)
    for model in (
        *(PickTask, PickList, Wave, OrderLine, Order, ListTote, ListLease, ItemCode),
        *(Op, StockMove, LineMove),
    )
)
_BALANCE = cast(Table, StockBalance.__table__)
_WRITTEN = (PickTask, PickList, OrderLine, Order, Wave, StockBalance)
_SHELF, _INSIDE = _BALANCE.alias("shelf"), _BALANCE.alias("inside")

_READ = (
    select(
        *(_TASK.c.id, _TASK.c.list_id, _TASK.c.line_id, _TASK.c.order_id, _TASK.c.sku),
        *(_TASK.c.location, _TASK.c.slot, _TASK.c.quantity, _TASK.c.picked, _TASK.c.short),
        *(_TASK.c.cancelled, _TASK.c.promised, _TASK.c.state),
        *(_LIST.c.wave_id, _LIST.c.state.label("list_state"), _LIST.c.ver, _LIST.c.lease),
        *(_LEASE.c.person_id, _LEASE.c.stream),
        *(_WAVE.c.state.label("wave_state"), _ORDER.c.state.label("order_state")),
        *(_LINE.c.in_list, _LINE.c.picked.label("line_picked")),
        *(_SLOT.c.tote, _SLOT.c.dropped_station),
        *(_SHELF.c.on_hand, _SHELF.c.allocated),
        *(_INSIDE.c.on_hand.label("inside_on_hand"), _INSIDE.c.allocated.label("inside_allocated")),
    )
    .select_from(_TASK)
    .join(_LIST, _LIST.c.id == _TASK.c.list_id)
    .join(_WAVE, _WAVE.c.id == _LIST.c.wave_id)
    .join(_LINE, _LINE.c.id == _TASK.c.line_id)
    .join(_ORDER, _ORDER.c.id == _TASK.c.order_id)
    .join(_SLOT, and_(_SLOT.c.list_id == _TASK.c.list_id, _SLOT.c.slot == _TASK.c.slot))
    .join(_LEASE, and_(_LEASE.c.list_id == _LIST.c.id, _LEASE.c.lease == _LIST.c.lease))
    .join(
        _SHELF,
        and_(
            _SHELF.c.kind == PlaceKind.LOCATION.value,
            _SHELF.c.place == _TASK.c.location,
            _SHELF.c.sku == _TASK.c.sku,
        ),
    )
    .outerjoin(
        _INSIDE,
        and_(
            _INSIDE.c.kind == PlaceKind.TOTE.value,
            _INSIDE.c.place == _SLOT.c.tote,
            _INSIDE.c.sku == _TASK.c.sku,
        ),
    )
    .where(_TASK.c.id.in_(bindparam("tasks", expanding=True)))
)
_OPEN = select(_TASK.c.id).where(
    _TASK.c.list_id == bindparam("list"),
    _TASK.c.quantity > _TASK.c.picked + _TASK.c.short + _TASK.c.cancelled,
)
_NAMED = select(_CODE.c.code, _CODE.c.sku).where(
    _CODE.c.code.in_(bindparam("codes", expanding=True))
)
_CHANGE_BALANCE = update(_BALANCE).where(
    _BALANCE.c.kind == bindparam("at_kind"),
    _BALANCE.c.place == bindparam("at_place"),
    _BALANCE.c.sku == bindparam("of_sku"),
)


def _change(table: Table) -> Any:
    """An UPDATE of one row by its id; the columns to set come with the parameters."""
    return update(table).where(table.c.id == bindparam("key"))


_CHANGE_TASK, _CHANGE_LIST, _CHANGE_LINE, _CHANGE_ORDER, _CHANGE_WAVE = (
    _change(table) for table in (_TASK, _LIST, _LINE, _ORDER, _WAVE)
)
_ADD_BALANCE, _ADD_OP, _ADD_STOCK_MOVE, _ADD_LINE_MOVE = (
    # Inline: nobody asks for the number of a ledger entry, so it is not fetched.
    insert(table).inline()
    for table in (_BALANCE, _OP, _STOCK_MOVE, _LINE_MOVE)
)


@dataclass(slots=True)
class _Balance:
    on_hand: int
    allocated: int
    is_new: bool = False


@dataclass(slots=True)
class _Line:
    in_list: int
    picked: int


@dataclass(slots=True)
class _List:
    wave: str
    state: str
    ver: int
    lease: int
    person: str
    stream: str
    at: datetime | None = None


@dataclass(slots=True)
class _Task:
    id: str
    list: str
    line: str
    order: str
    sku: str
    location: str
    slot: int
    tote: str | None
    is_dropped: bool
    quantity: int
    picked: int
    short: int
    cancelled: int
    promised: int
    state: str

    @property
    def open(self) -> int:
        return self.quantity - self.picked - self.short - self.cancelled


_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Reported:
    """An operation as it came: where it stands in its stream, who made it, and what it says."""

    stream: str
    header: Header
    person_id: str
    body: dict[str, Any]
    body_hash: str
    received_at: datetime


@dataclass(slots=True)
class PlainPicks:
    """The plain picks of one transaction: rows as they will be, and what is still to be written.

    Between :meth:`pick` and :meth:`write` the session must not be asked about these rows, and
    after it was used for anything else they are read again (:meth:`forget`).
    """

    session: Session
    clock: Clock
    _tasks: dict[str, _Task | None] = field(default_factory=dict)
    _lists: dict[str, _List] = field(default_factory=dict)
    _lines: dict[str, _Line] = field(default_factory=dict)
    _balances: dict[_Key, _Balance] = field(default_factory=dict)
    _waves: dict[str, str] = field(default_factory=dict)
    _orders: dict[str, str] = field(default_factory=dict)
    _unfinished: dict[str, set[str]] = field(default_factory=dict)
    _codes: dict[str | None, set[str]] = field(default_factory=dict)
    _touched: dict[str, set[Any]] = field(default_factory=dict)
    _ops: list[dict[str, Any]] = field(default_factory=list)
    _stock_moves: list[dict[str, Any]] = field(default_factory=list)
    _line_moves: list[dict[str, Any]] = field(default_factory=list)

    def knows(self, said: Pick) -> bool:
        """Whether the task was read, be it that there is none."""
        return said.task in self._tasks

    def read(self, picks: Sequence[Pick]) -> None:
        """Read what these picks need in two statements, leaving out what is known already."""
        tasks = list({said.task for said in picks} - self._tasks.keys())
        if tasks:
            self._tasks.update(dict.fromkeys(tasks))
            for row in self.session.execute(_READ, {"tasks": tasks}):
                self._keep(row)
        codes = {said.code for said in picks if said.code not in (None, said.sku)}
        codes -= self._codes.keys()
        if codes:
            self._codes.update({code: set() for code in codes})
            for code, sku in self.session.execute(_NAMED, {"codes": list(codes)}):
                self._codes[code].add(sku)

    def version(self, list_id: str) -> int | None:
        """The version of a list that was read here, as it will be."""
        known = self._lists.get(list_id)
        return known.ver if known is not None else None

    def pick(self, op: Reported, said: Pick) -> bool:
        """Apply a plain pick; False, and nothing happened, when it is not one."""
        task = self._tasks.get(said.task)
        if task is None or not self._is_plain(op, said, task):
            return False
        self._take(op, said.qty, task)
        self._settle(op, task)
        self._ops.append(
            {
                "stream": op.stream,
                "seq": op.header.seq,
                "kind": op.header.kind,
                "list_id": task.list,
                "task_id": task.id,
                "lease": op.header.lease,
                "person_id": op.person_id,
                "undone_by": None,
                "body": op.body,
                "body_hash": op.body_hash,
                "verdict": Verdict.APPLIED.value,
                "code": "ok",
                "received_at": op.received_at,
            }
        )
        return True

    def write(self) -> None:
        """Write everything that was applied since the last time."""
        if not self._ops:
            return
        self._write_rows()
        self._write_all(_ADD_STOCK_MOVE, self._stock_moves)
        self._write_all(_ADD_LINE_MOVE, self._line_moves)
        failpoints.reach(FailPoint.AFTER_EFFECT)
        self._write_all(_ADD_OP, self._ops)
        for values in self._ops:
            audit.cover(self.session, self.clock, Op(**values))
        failpoints.reach(FailPoint.AFTER_VERDICT)
        for list_id in self._touched["list"]:
            wave_id = self._lists[list_id].wave
            changes.touch(self.session, f"list:{list_id}", f"wave:{wave_id}", "board", "stock")
        if "order" in self._touched:
            changes.touch(self.session, "orders")
        for pending in (self._ops, self._stock_moves, self._line_moves):
            pending.clear()
        self._touched.clear()
        self._outdate()

    def forget(self) -> None:
        """Know nothing any more: the session changed rows meanwhile. Call :meth:`write` before."""
        for known in (self._tasks, self._lists, self._lines, self._balances):
            known.clear()
        for about in (self._waves, self._orders, self._unfinished):
            about.clear()

    def _outdate(self) -> None:
        """Let the session read the written rows again where it has them from before."""
        for row in self.session.identity_map.values():
            if isinstance(row, _WRITTEN):
                self.session.expire(row)
        ledger.forget_balances(self.session)

    def _keep(self, row: Any) -> None:
        self._tasks[row.id] = _Task(
            row.id, row.list_id, row.line_id, row.order_id, row.sku, row.location, row.slot,
            row.tote, row.dropped_station is not None, row.quantity, row.picked, row.short,
            row.cancelled, row.promised, row.state,
        )  # fmt: skip
        # Rows that several tasks share may have changed since the first of them was read.
        self._lists.setdefault(
            row.list_id,
            _List(row.wave_id, row.list_state, row.ver, row.lease, row.person_id, row.stream),
        )
        self._lines.setdefault(row.line_id, _Line(row.in_list, row.line_picked))
        self._waves.setdefault(row.wave_id, row.wave_state)
        self._orders.setdefault(row.order_id, row.order_state)
        self._balances.setdefault(
            _at(PlaceKind.LOCATION, row.location, row.sku), _Balance(row.on_hand, row.allocated)
        )
        if row.tote is not None:
            inside = (
                _Balance(0, 0, is_new=True)
                if row.inside_on_hand is None
                else _Balance(row.inside_on_hand, row.inside_allocated)
            )
            self._balances.setdefault(_at(PlaceKind.TOTE, row.tote, row.sku), inside)

    def _is_plain(self, op: Reported, said: Pick, task: _Task) -> bool:
        held = self._lists[task.list]
        shelf = self._balances[_at(PlaceKind.LOCATION, task.location, task.sku)]
        kept = min(said.qty, task.promised)
        return (
            op.header.list_id == task.list
            and op.header.lease == held.lease
            and (held.person, held.stream) == (op.person_id, op.stream)
            and held.state in lists.HELD
            and said.sku == task.sku
            and said.location == task.location
            and said.tote == task.tote
            and not task.is_dropped
            and said.qty <= task.open
            and said.qty <= shelf.on_hand - (shelf.allocated - kept)
            and said.qty <= self._lines[task.line].in_list
            # Doubts about what the scan names are for the general way.
            and (said.code in (None, said.sku) or said.sku in self._codes.get(said.code, ()))
        )

    def _take(self, op: Reported, quantity: int, task: _Task) -> None:
        """Location -> tote and in_list -> picked, with an entry in both books."""
        assert task.tote is not None  # it is the one that was scanned
        kept = min(quantity, task.promised)
        origin = _at(PlaceKind.LOCATION, task.location, task.sku)
        target = _at(PlaceKind.TOTE, task.tote, task.sku)
        shelf, inside, line = self._balances[origin], self._balances[target], self._lines[task.line]
        task.promised -= kept
        shelf.allocated -= kept
        shelf.on_hand -= quantity
        inside.on_hand += quantity
        line.in_list -= quantity
        line.picked += quantity
        task.picked += quantity
        self._note("balance", origin, target)
        self._note("line", task.line)
        account = {
            "cause": "pick",
            "task_id": task.id,
            "op_stream": op.stream,
            "op_seq": op.header.seq,
            "person_id": op.person_id,
            "at": op.received_at,
            "line_id": task.line,
            "quantity": quantity,
        }
        self._stock_moves.append(
            {
                **account,
                "sku": task.sku,
                "from_kind": PlaceKind.LOCATION.value,
                "from_place": task.location,
                "to_kind": PlaceKind.TOTE.value,
                "to_place": task.tote,
            }
        )
        self._line_moves.append(
            {**account, "from_bucket": Bucket.IN_LIST.value, "to_bucket": Bucket.PICKED.value}
        )

    def _settle(self, op: Reported, task: _Task) -> None:
        """States of task, list, order and wave after units were taken."""
        held = self._lists[task.list]
        if task.open:
            task.state = TaskState.WAITING.value
            held.state = ListState.PICKING.value
        else:
            task.state = TaskState.SHORT.value if task.short else TaskState.DONE.value
            left = self._left_on(task.list)
            left.discard(task.id)
            held.state = ListState.PICKING.value if left else ListState.DROPPING.value
        held.ver += 1
        held.at = op.received_at
        self._note("task", task.id)
        self._note("list", task.list)
        if self._waves[held.wave] == WaveState.RELEASED:
            self._waves[held.wave] = WaveState.IN_PROGRESS.value
            self._note("wave", held.wave)
        if self._orders[task.order] == OrderState.RELEASED:
            self._orders[task.order] = OrderState.PICKING.value
            self._note("order", task.order)

    def _left_on(self, list_id: str) -> set[str]:
        """Tasks of a list with open units, the present one possibly among them."""
        if list_id not in self._unfinished:
            stored = set(self.session.execute(_OPEN, {"list": list_id}).scalars())
            # Of the tasks known here the rows in memory are the newer ones.
            self._unfinished[list_id] = {
                task_id
                for task_id in stored
                if (known := self._tasks.get(task_id)) is None or known.open
            }
        return self._unfinished[list_id]

    def _note(self, what: str, *keys: Any) -> None:
        self._touched.setdefault(what, set()).update(keys)

    def _write_rows(self) -> None:
        touched = self._touched
        tasks = [cast(_Task, self._tasks[task_id]) for task_id in sorted(touched["task"])]
        self._write_all(
            _CHANGE_TASK,
            [
                {"key": row.id, "picked": row.picked, "promised": row.promised, "state": row.state}
                for row in tasks
            ],
        )
        lines = [(line_id, self._lines[line_id]) for line_id in sorted(touched["line"])]
        self._write_all(
            _CHANGE_LINE,
            [
                {"key": line_id, "in_list": row.in_list, "picked": row.picked}
                for line_id, row in lines
            ],
        )
        held = [(list_id, self._lists[list_id]) for list_id in sorted(touched["list"])]
        self._write_all(
            _CHANGE_LIST,
            [
                {"key": list_id, "state": row.state, "ver": row.ver, "last_op_at": row.at}
                for list_id, row in held
            ],
        )
        for what, statement, states in (
            ("order", _CHANGE_ORDER, self._orders),
            ("wave", _CHANGE_WAVE, self._waves),
        ):
            keys = sorted(touched.get(what, ()))
            self._write_all(statement, [{"key": key, "state": states[key]} for key in keys])
        self._write_balances(sorted(touched["balance"]))

    def _write_balances(self, keys: list[_Key]) -> None:
        known, new = [], []
        for key in keys:
            kind, place, sku = key
            row = self._balances[key]
            if row.is_new:
                new.append(
                    {
                        "kind": kind,
                        "place": place,
                        "sku": sku,
                        "on_hand": row.on_hand,
                        "allocated": row.allocated,
                    }
                )
                row.is_new = False
            else:
                known.append(
                    {
                        "at_kind": kind,
                        "at_place": place,
                        "of_sku": sku,
                        "on_hand": row.on_hand,
                        "allocated": row.allocated,
                    }
                )
        self._write_all(_CHANGE_BALANCE, known)
        self._write_all(_ADD_BALANCE, new)

    def _write_all(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.connection().execute(statement, rows)


def _at(kind: PlaceKind, place: str, sku: str) -> _Key:
    return (kind.value, place, sku)
