"""Each operation has exactly its own entries in the books: once when applied, none otherwise.

Checks I2 (once), I4 (applied for holders of a lease only), I11 (only the line that was scanned),
that a refused or parked operation left nothing behind, and that each is on account of its picker.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from server.models import (
    Bucket,
    LineMove,
    ListLease,
    Op,
    PickTask,
    PlaceKind,
    SignIn,
    StockMove,
    Verdict,
)
from tests.history.violation import Violation

Ref = tuple[str, int]
Entry = tuple[str, ...]

CODES: dict[str, frozenset[str]] = {
    Verdict.APPLIED: frozenset({"ok"}),
    Verdict.REFUSED: frozenset(
        {
            "malformed", "wrong-item", "over-pick", "over-put", "task-finished", "lease-old",
            "list-over", "slot-taken", "unknown-slot", "unknown-tote", "wrong-tote",
            "tote-not-empty", "tote-dropped", "tasks-open", "totes-not-dropped", "unknown-station",
            "unknown-order", "not-in-tote", "not-last", "replanned", "unknown-location",
            "unknown-sku",
        }
    ),
    Verdict.PARKED: frozenset(
        {
            "late", "not-holder", "revoked", "unknown-list", "unknown-task", "wrong-location",
            "wrong-tote", "tote-dropped", "order-cancelled", "not-supported-yet",
        }
    ),
}  # fmt: skip
"""Codes that the protocol documents (besides ``order-<state>``); any other is a fault of ours."""
_BUCKETS = {"pick": (Bucket.IN_LIST, Bucket.PICKED), "short": (Bucket.IN_LIST, Bucket.SHORT_CLOSED)}


def check_effects(session: Session) -> list[Violation]:
    """Every operation whose entries are not those that its verdict and body ask for."""
    return [*_effects(session), *_makers(session)]


def _effects(session: Session) -> Iterator[Violation]:
    lines, goods = _line_entries(session), _stock_entries(session)
    tasks = {
        row.id: row
        for row in session.execute(
            select(PickTask.id, PickTask.list_id, PickTask.line_id, PickTask.sku, PickTask.location)
        )
    }
    ops = {
        (row.stream, row.seq): row
        for row in session.execute(
            select(Op.stream, Op.seq, Op.kind, Op.list_id, Op.task_id, Op.body, Op.verdict, Op.code)
        )
    }
    for ref in sorted((lines.keys() | goods.keys()) - ops.keys()):
        yield Violation("I2", _name(ref), "has entries in the books, but is not stored")
    for ref, op in ops.items():
        of_lines, of_goods = lines.get(ref, Counter()), goods.get(ref, Counter())
        if op.code not in CODES.get(op.verdict, ()) and not op.code.startswith("order-"):
            yield Violation("I8", _name(ref), f"{op.kind} was {op.verdict} as {op.code}")
        if op.verdict != Verdict.APPLIED:
            if of_lines or of_goods:
                yield Violation(
                    "I2", _name(ref), f"{op.kind} was {op.verdict} ({op.code}) but booked something"
                )
        elif op.kind in _BUCKETS:
            yield from _of_a_task(ref, op, tasks.get(op.task_id), of_lines, of_goods)
        elif op.kind == "undo":
            undone = (op.stream, op.body["op"])
            yield from _reversed(ref, undone, lines, goods)
        elif op.kind == "put":
            yield from _of_a_put(ref, op, of_lines, of_goods)
        elif of_lines:
            yield Violation("I11", _name(ref), f"{op.kind} moved units of a line")


def _makers(session: Session) -> Iterator[Violation]:
    """Operations count for who made them, and are applied under leases given to their device."""
    given = {
        (row.list_id, row.lease): (row.stream, row.person_id)
        for row in session.execute(
            select(ListLease.list_id, ListLease.lease, ListLease.stream, ListLease.person_id)
        )
    }
    people = {row.id: row.person_id for row in session.execute(select(SignIn.id, SignIn.person_id))}
    for row in session.execute(
        select(Op.stream, Op.seq, Op.list_id, Op.lease, Op.person_id, Op.body, Op.verdict)
    ):
        name, by = f"{row.stream}/{row.seq}", row.body.get("by")
        if isinstance(by, str) and people.get(by, row.person_id) != row.person_id:
            yield Violation("F30", name, f"was made by {people[by]}, counts for {row.person_id}")
        holder = given.get((row.list_id, row.lease))
        applied = row.verdict == Verdict.APPLIED and row.list_id is not None
        if applied and holder != (row.stream, row.person_id):
            yield Violation("I4", name, f"was applied under a lease of {holder}")


def _of_a_task(
    ref: Ref,
    op: Row[*tuple[Any, ...]],
    task: Row[*tuple[Any, ...]] | None,
    of_lines: Counter[Entry],
    of_goods: Counter[Entry],
) -> Iterator[Violation]:
    if task is None or task.list_id != op.list_id:
        yield Violation("I11", _name(ref), f"{op.kind} was applied to a task of another list")
        return
    origin, target = _BUCKETS[op.kind]
    wanted = Counter({(task.line_id, origin.value, target.value): op.body["qty"]})
    if of_lines != wanted:
        yield Violation("I2", _name(ref), f"{op.kind} moved {dict(of_lines)}, not {dict(wanted)}")
    for kind, place, other_kind, other, sku, line_id in of_goods:
        here = {(kind, place), (other_kind, other)}
        if sku != task.sku or (PlaceKind.LOCATION.value, task.location) not in here:
            yield Violation("I11", _name(ref), f"moved {sku} {place} -> {other}")
        if other_kind == PlaceKind.TOTE and line_id != task.line_id:
            yield Violation("I11", _name(ref), f"took goods for line {line_id}")
    if op.kind == "pick":
        said = (op.body["location"], op.body["sku"])
        if said != (task.location, task.sku):
            yield Violation("I11", _name(ref), f"scanned {said}, booked {task.location} {task.sku}")
        taken = sum(n for entry, n in of_goods.items() if entry[2] == PlaceKind.TOTE)
        if taken != op.body["qty"]:
            yield Violation("I2", _name(ref), f"took {taken} units, not {op.body['qty']}")


def _reversed(
    ref: Ref,
    undone: Ref,
    lines: dict[Ref, Counter[Entry]],
    goods: dict[Ref, Counter[Entry]],
) -> Iterator[Violation]:
    """An undo's entries are those of what it undoes, the other way round."""
    lines_back = Counter(
        {(line, target, origin): n for (line, origin, target), n in lines.get(undone, {}).items()}
    )
    goods_back = Counter(
        {
            (other_kind, other, kind, place, sku, line): n
            for (kind, place, other_kind, other, sku, line), n in goods.get(undone, {}).items()
        }
    )
    if lines.get(ref, Counter()) != lines_back or not lines_back:
        yield Violation("I2", _name(ref), f"does not compensate {_name(undone)} on its line")
    if goods.get(ref, Counter()) != goods_back:
        yield Violation("I2", _name(ref), f"does not compensate {_name(undone)} in stock")


def _of_a_put(
    ref: Ref, op: Row[*tuple[Any, ...]], of_lines: Counter[Entry], of_goods: Counter[Entry]
) -> Iterator[Violation]:
    sorted_units = sum(
        n
        for (_, origin, target), n in of_lines.items()
        if (origin, target) == (Bucket.PICKED, Bucket.CONSOLIDATED)
    )
    moved = sum(
        n
        for entry, n in of_goods.items()
        if entry[:4] == (PlaceKind.TOTE, op.body["tote"], PlaceKind.WALL_SLOT, op.body["wall_slot"])
    )
    if not sorted_units == moved == op.body["qty"] == sum(of_lines.values()):
        yield Violation(
            "I2", _name(ref), f"put sorted {sorted_units} and moved {moved} of {op.body['qty']}"
        )


def _line_entries(session: Session) -> dict[Ref, Counter[Entry]]:
    """Units by (line, from, to) of each operation."""
    entries: dict[Ref, Counter[Entry]] = defaultdict(Counter)
    for row in session.execute(
        select(
            LineMove.op_stream,
            LineMove.op_seq,
            LineMove.line_id,
            LineMove.from_bucket,
            LineMove.to_bucket,
            LineMove.quantity,
        ).where(LineMove.op_stream.is_not(None))
    ):
        key = (row.line_id, row.from_bucket, row.to_bucket)
        entries[(row.op_stream, row.op_seq)][key] += row.quantity
    return entries


def _stock_entries(session: Session) -> dict[Ref, Counter[Entry]]:
    """Units by (from kind, from, to kind, to, sku, line) of each operation."""
    entries: dict[Ref, Counter[Entry]] = defaultdict(Counter)
    for row in session.execute(
        select(
            StockMove.op_stream,
            StockMove.op_seq,
            StockMove.from_kind,
            StockMove.from_place,
            StockMove.to_kind,
            StockMove.to_place,
            StockMove.sku,
            StockMove.line_id,
            StockMove.quantity,
        ).where(StockMove.op_stream.is_not(None))
    ):
        key = (row.from_kind, row.from_place, row.to_kind, row.to_place, row.sku, row.line_id or "")
        entries[(row.op_stream, row.op_seq)][key] += row.quantity
    return entries


def _name(ref: Ref) -> str:
    return f"{ref[0]}/{ref[1]}"
