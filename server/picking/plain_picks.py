"""Plain picks: what a busy floor reports most, judged in memory and booked in few statements.

A pick is plain when nothing about it needs a decision: the lease is the list's present one and was
given to this person on this device, the scan names the task's item, place and tote, the units are
open and the books have them. Then its effect is arithmetic on rows that one statement has read
(:mod:`server.picking.plain_rows`), and the changes of all plain picks of a transaction are written
together, one statement per table (:mod:`server.picking.plain_writes`).

Whatever is not plain is left to :mod:`server.picking.goods_facts`, which alone refuses, parks and
finds. A plain pick has the same effect there; ``tests/server/picking/test_plain_picks.py`` judges
the same histories in both ways and compares every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.models import Bucket, ListState, OrderState, PlaceKind, TaskState, Verdict, WaveState
from server.picking.operations import Header, Pick
from server.picking.plain_rows import PlainRows, Task, shelf_key, tote_key
from server.picking.plain_writes import PlainWrites
from server.services import lists
from server.services.clock import Clock


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
    _rows: PlainRows = field(init=False)
    _writes: PlainWrites = field(default_factory=PlainWrites)

    def __post_init__(self) -> None:
        self._rows = PlainRows(self.session)

    def knows(self, said: Pick) -> bool:
        """Whether the task was read, be it that there is none."""
        return said.task in self._rows.tasks

    def read(self, picks: Sequence[Pick]) -> None:
        """Read what these picks need in two statements, leaving out what is known already."""
        self._rows.read(picks)

    def version(self, list_id: str) -> int | None:
        """The version of a list that was read here, as it will be."""
        known = self._rows.lists.get(list_id)
        return known.ver if known is not None else None

    def pick(self, op: Reported, said: Pick) -> bool:
        """Apply a plain pick; False, and nothing happened, when it is not one.

        Task -> ``done`` (``short`` where units were short) or stays ``waiting``; list ->
        ``picking`` or, with its last task, ``dropping``; the first pick of an order -> ``picking``,
        of a wave -> ``in-progress``.
        """
        task = self._rows.tasks.get(said.task)
        if task is None or not self._is_plain(op, said, task):
            return False
        self._take(op, said.qty, task)
        self._settle(op, task)
        self._writes.ops.append(
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
        self._writes.write(self.session, self.clock, self._rows)

    def forget(self) -> None:
        """Know nothing any more: the session changed rows meanwhile. Call :meth:`write` before."""
        self._rows.forget()

    def _is_plain(self, op: Reported, said: Pick, task: Task) -> bool:
        rows = self._rows
        held = rows.lists[task.list]
        shelf = rows.balances[shelf_key(task.location, task.sku)]
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
            and said.qty <= rows.lines[task.line].in_list
            # Doubts about what the scan names are for the general way.
            and (said.code in (None, said.sku) or said.sku in rows.codes.get(said.code, ()))
        )

    def _take(self, op: Reported, quantity: int, task: Task) -> None:
        """Location -> tote and in_list -> picked, with an entry in both books."""
        assert task.tote is not None  # it is the one that was scanned
        rows, writes = self._rows, self._writes
        kept = min(quantity, task.promised)
        origin = shelf_key(task.location, task.sku)
        target = tote_key(task.tote, task.sku)
        shelf, inside, line = rows.balances[origin], rows.balances[target], rows.lines[task.line]
        task.promised -= kept
        shelf.allocated -= kept
        shelf.on_hand -= quantity
        inside.on_hand += quantity
        line.in_list -= quantity
        line.picked += quantity
        task.picked += quantity
        writes.balances.update((origin, target))
        writes.lines.add(task.line)
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
        writes.stock_moves.append(
            {
                **account,
                "sku": task.sku,
                "from_kind": PlaceKind.LOCATION.value,
                "from_place": task.location,
                "to_kind": PlaceKind.TOTE.value,
                "to_place": task.tote,
            }
        )
        writes.line_moves.append(
            {**account, "from_bucket": Bucket.IN_LIST.value, "to_bucket": Bucket.PICKED.value}
        )

    def _settle(self, op: Reported, task: Task) -> None:
        """States of task, list, order and wave after units were taken."""
        rows, writes = self._rows, self._writes
        held = rows.lists[task.list]
        if task.open:
            task.state = TaskState.WAITING.value
            held.state = ListState.PICKING.value
        else:
            task.state = TaskState.SHORT.value if task.short else TaskState.DONE.value
            left = rows.left_on(task.list)
            left.discard(task.id)
            held.state = ListState.PICKING.value if left else ListState.DROPPING.value
        held.ver += 1
        held.at = op.received_at
        writes.tasks.add(task.id)
        writes.lists.add(task.list)
        if rows.waves[held.wave] == WaveState.RELEASED:
            rows.waves[held.wave] = WaveState.IN_PROGRESS.value
            writes.waves.add(held.wave)
        if rows.orders[task.order] == OrderState.RELEASED:
            rows.orders[task.order] = OrderState.PICKING.value
            writes.orders.add(task.order)
