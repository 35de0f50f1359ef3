"""Rows of plain picks in memory: as they were read, and as they will be after this transaction.

The rows around a task (its list and lease, wave, line, order, slot, and the balances of its shelf
and tote) come in one statement for all tasks at once. :mod:`server.picking.plain_picks` judges on
them and changes them here; :mod:`server.picking.plain_writes` writes what was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.orm import Session

from server.db.sets import OneOf
from server.models import (
    ItemCode,
    ListLease,
    ListTote,
    Order,
    OrderLine,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
    Wave,
)
from server.picking.operations import Pick

_TASK, _LIST, _WAVE, _LINE, _ORDER, _SLOT, _LEASE, _CODE, _BALANCE = (
    cast(Table, model.__table__)
    for model in (
        *(PickTask, PickList, Wave, OrderLine, Order, ListTote, ListLease, ItemCode),
        StockBalance,
    )
)
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
    .where(OneOf(_TASK.c.id, "tasks"))
)
_OPEN = select(_TASK.c.id).where(
    _TASK.c.list_id == bindparam("list"),
    _TASK.c.quantity > _TASK.c.picked + _TASK.c.short + _TASK.c.cancelled,
)
_NAMED = select(_CODE.c.code, _CODE.c.sku).where(OneOf(_CODE.c.code, "codes"))

BalanceKey = tuple[str, str, str]
"""Kind of place, place, SKU."""


@dataclass(slots=True)
class Balance:
    """Units of an item in a place; ``is_new`` while the database has no such row."""

    on_hand: int
    allocated: int
    is_new: bool = False


@dataclass(slots=True)
class Line:
    """Units of an order line that are in a list, and picked."""

    in_list: int
    picked: int


@dataclass(slots=True)
class HeldList:
    """A pick list and to whom its present lease was given; ``at`` is its last operation's time."""

    wave: str
    state: str
    ver: int
    lease: int
    person: str
    stream: str
    at: datetime | None = None


@dataclass(slots=True)
class Task:
    """A pick task and the slot it goes to."""

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
        """Units that nobody has picked, reported short or cancelled."""
        return self.quantity - self.picked - self.short - self.cancelled


@dataclass(slots=True)
class PlainRows:
    """The rows that plain picks of one transaction are judged on.

    A task that was asked for and is ``None`` does not exist, or lacks a row around it: no pick of
    it is plain. ``waves`` and ``orders`` are states by id, ``codes`` the SKUs that a barcode names.
    """

    session: Session
    tasks: dict[str, Task | None] = field(default_factory=dict)
    lists: dict[str, HeldList] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    balances: dict[BalanceKey, Balance] = field(default_factory=dict)
    waves: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    codes: dict[str | None, set[str]] = field(default_factory=dict)
    _unfinished: dict[str, set[str]] = field(default_factory=dict)

    def read(self, picks: Sequence[Pick]) -> None:
        """Read what these picks need in two statements, leaving out what is known already."""
        tasks = list({said.task for said in picks} - self.tasks.keys())
        if tasks:
            self.tasks.update(dict.fromkeys(tasks))
            for row in self.session.execute(_READ, {"tasks": tasks}):
                self._keep(row)
        codes = {said.code for said in picks if said.code not in (None, said.sku)}
        codes -= self.codes.keys()
        if codes:
            self.codes.update({code: set() for code in codes})
            for code, sku in self.session.execute(_NAMED, {"codes": list(codes)}):
                self.codes[code].add(sku)

    def left_on(self, list_id: str) -> set[str]:
        """Return the tasks of a list with open units, for the caller to keep up to date."""
        if list_id not in self._unfinished:
            stored = set(self.session.execute(_OPEN, {"list": list_id}).scalars())
            # Of the tasks known here the rows in memory are the newer ones.
            self._unfinished[list_id] = {
                task_id
                for task_id in stored
                if (known := self.tasks.get(task_id)) is None or known.open
            }
        return self._unfinished[list_id]

    def forget(self) -> None:
        """Know no row any more; which items codes name does not change."""
        for known in (self.tasks, self.lists, self.lines, self.balances):
            known.clear()
        for about in (self.waves, self.orders, self._unfinished):
            about.clear()

    def _keep(self, row: Any) -> None:
        self.tasks[row.id] = Task(
            row.id, row.list_id, row.line_id, row.order_id, row.sku, row.location, row.slot,
            row.tote, row.dropped_station is not None, row.quantity, row.picked, row.short,
            row.cancelled, row.promised, row.state,
        )  # fmt: skip
        # Rows that several tasks share may have changed since the first of them was read.
        self.lists.setdefault(
            row.list_id,
            HeldList(row.wave_id, row.list_state, row.ver, row.lease, row.person_id, row.stream),
        )
        self.lines.setdefault(row.line_id, Line(row.in_list, row.line_picked))
        self.waves.setdefault(row.wave_id, row.wave_state)
        self.orders.setdefault(row.order_id, row.order_state)
        self.balances.setdefault(
            shelf_key(row.location, row.sku), Balance(row.on_hand, row.allocated)
        )
        if row.tote is not None:
            inside = (
                Balance(0, 0, is_new=True)
                if row.inside_on_hand is None
                else Balance(row.inside_on_hand, row.inside_allocated)
            )
            self.balances.setdefault(tote_key(row.tote, row.sku), inside)


def shelf_key(location: str, sku: str) -> BalanceKey:
    """Return the key of an item's balance in a location."""
    return (PlaceKind.LOCATION.value, location, sku)


def tote_key(tote: str, sku: str) -> BalanceKey:
    """Return the key of an item's balance in a tote."""
    return (PlaceKind.TOTE.value, tote, sku)
