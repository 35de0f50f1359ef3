"""What plain picks of a transaction have changed, written together.

To PostgreSQL it is one statement, to SQLite one per table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from server import failpoints
from server.db.bulk import BulkInsert, BulkUpdate, Together
from server.failpoints import FailPoint
from server.models import (
    LineMove,
    Op,
    Order,
    OrderLine,
    PickList,
    PickTask,
    StockBalance,
    StockMove,
    Wave,
)
from server.picking.plain_rows import BalanceKey, PlainRows, Task
from server.services import audit, changes, ledger
from server.services.clock import Clock

Row = dict[str, Any]
"""Values by the names of columns or parameters."""

_WRITTEN = (PickTask, PickList, OrderLine, Order, Wave, StockBalance)

_TASK, _LIST, _WAVE, _LINE, _ORDER, _BALANCE, _OP, _STOCK_MOVE, _LINE_MOVE = (
    cast(Table, model.__table__)
    for model in (
        *(PickTask, PickList, Wave, OrderLine, Order, StockBalance),
        *(Op, StockMove, LineMove),
    )
)
_WRITE = Together(
    *(BulkUpdate(table, {"key": table.c.id}) for table in (_TASK, _LINE, _LIST, _ORDER, _WAVE)),
    BulkUpdate(
        _BALANCE,
        {"at_kind": _BALANCE.c.kind, "at_place": _BALANCE.c.place, "of_sku": _BALANCE.c.sku},
    ),
    *map(BulkInsert, (_BALANCE, _STOCK_MOVE, _LINE_MOVE, _OP)),
)


@dataclass(slots=True)
class PlainWrites:
    """Keys of the rows that were changed in memory, and whole rows that are new, until written."""

    tasks: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    waves: set[str] = field(default_factory=set)
    balances: set[BalanceKey] = field(default_factory=set)
    ops: list[Row] = field(default_factory=list)
    stock_moves: list[Row] = field(default_factory=list)
    line_moves: list[Row] = field(default_factory=list)

    def write(self, session: Session, clock: Clock, rows: PlainRows) -> None:
        """Write everything that was noted since the last time, and have nothing noted then."""
        if not self.ops:
            return
        _WRITE.write(
            session,
            (
                *self._states(rows),
                *self._balances(rows),
                self.stock_moves,
                self.line_moves,
                self.ops,
            ),
        )
        failpoints.reach(FailPoint.AFTER_EFFECT)
        for values in self.ops:
            audit.cover(session, clock, Op(**values))
        failpoints.reach(FailPoint.AFTER_VERDICT)
        for list_id in self.lists:
            wave_id = rows.lists[list_id].wave
            changes.touch(session, f"list:{list_id}", f"wave:{wave_id}", "board", "stock")
        if self.orders:
            changes.touch(session, "orders")
        self._clear()
        _outdate(session)

    def _states(self, rows: PlainRows) -> Iterator[list[Row]]:
        """Yield what changed of tasks, lines, lists, orders and waves."""
        # Only tasks that exist were picked from.
        tasks = [cast(Task, rows.tasks[task_id]) for task_id in sorted(self.tasks)]
        yield [
            {"key": row.id, "picked": row.picked, "promised": row.promised, "state": row.state}
            for row in tasks
        ]
        lines = [(line_id, rows.lines[line_id]) for line_id in sorted(self.lines)]
        yield [
            {"key": line_id, "in_list": row.in_list, "picked": row.picked} for line_id, row in lines
        ]
        held = [(list_id, rows.lists[list_id]) for list_id in sorted(self.lists)]
        yield [
            {"key": list_id, "state": row.state, "ver": row.ver, "last_op_at": row.at}
            for list_id, row in held
        ]
        for keys, states in ((self.orders, rows.orders), (self.waves, rows.waves)):
            yield [{"key": key, "state": states[key]} for key in sorted(keys)]

    def _balances(self, rows: PlainRows) -> tuple[list[Row], list[Row]]:
        """Return the balances that the database knows, changed, and those that are new."""
        known: list[Row] = []
        new: list[Row] = []
        for key in sorted(self.balances):
            kind, place, sku = key
            row = rows.balances[key]
            units = {"on_hand": row.on_hand, "allocated": row.allocated}
            if row.is_new:
                new.append({"kind": kind, "place": place, "sku": sku, **units})
                row.is_new = False
            else:
                known.append({"at_kind": kind, "at_place": place, "of_sku": sku, **units})
        return known, new

    def _clear(self) -> None:
        for keys in (self.tasks, self.lists, self.lines, self.orders, self.waves):
            keys.clear()
        self.balances.clear()
        for entries in (self.ops, self.stock_moves, self.line_moves):
            entries.clear()


def _outdate(session: Session) -> None:
    """Let the session read the written rows again where it has them from before."""
    for row in session.identity_map.values():
        if isinstance(row, _WRITTEN):
            session.expire(row)
    ledger.forget_balances(session)
