"""Order files into the database: one transaction, repeatable, with a dry run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import failpoints
from server.db.engine import Database
from server.errors import BadInput, Conflict
from server.failpoints import FailPoint
from server.files.mapping import Mapping
from server.files.orders_csv import OrderFile, ParsedOrder, parse_orders
from server.files.report import ImportReport, refuse_if_strict, transaction
from server.files.seeded_items import seeded_size
from server.files.tables import Rejection, Table, read_table
from server.models import Item, Order
from server.services import catalogue, orders
from server.services.clock import Clock

_WORDS = {"created": "new", "unchanged": "unchanged", "updated": "changed"}


@dataclass(frozen=True, slots=True)
class OrderImport:
    """What to import and how.

    Attributes
    ----------
    data, source
        The file and its name.
    mapping
        The rules by which it is read.
    create_items
        Make items for unknown skus, with sizes seeded by ``seed``; otherwise such lines are
        rejected.
    strict
        Refuse the whole file when any line is rejected.
    """

    data: bytes
    source: str
    mapping: Mapping
    create_items: bool = False
    seed: int = 1
    strict: bool = False
    encoding: str | None = None


def import_orders(
    database: Database, clock: Clock, request: OrderImport, *, dry_run: bool
) -> ImportReport:
    """Take the orders of a file in, each once, and check them against stock.

    The same file again changes nothing. An order that changed since is updated until it is
    launched; afterwards its lines are rejected (``order-launched``). An order with rejected lines
    is taken in without them unless ``strict``.

    Raises
    ------
    BadInput
        The file cannot be read as a whole, a needed column is missing, no line is acceptable, or
        a line is rejected in a strict import. Nothing is changed then.
    """
    mapping = request.mapping
    table = read_table(
        request.data,
        source=request.source,
        expected=mapping.expected,
        encoding=request.encoding or mapping.encoding,
    )
    with transaction(database, dry_run=dry_run) as session:
        known = frozenset(session.scalars(select(Item.sku)))
        parsed = parse_orders(table, mapping, known_skus=None if request.create_items else known)
        n_created = _create_items(session, parsed, known, request.seed)
        taken = _take_in(session, clock, parsed)
        failpoints.reach(FailPoint.DURING_IMPORT)
        report = _report(session, table, parsed, taken, n_created, dry_run)
        refuse_if_strict(report, strict=request.strict)
    return report


@dataclass(slots=True)
class _Taken:
    """What became of the drafts."""

    outcomes: Counter[str]
    changed: list[str]
    refused: list[Rejection]


def _create_items(session: Session, parsed: OrderFile, known: frozenset[str], seed: int) -> int:
    missing = [sku for sku in parsed.item_names if sku not in known]
    for sku in missing:
        size = seeded_size(sku, seed=seed)
        catalogue.put_item(
            session,
            sku=sku,
            name=parsed.item_names[sku],
            weight_g=size.weight_g,
            volume_ml=size.volume_ml,
        )
    return len(missing)


def _take_in(session: Session, clock: Clock, parsed: OrderFile) -> _Taken:
    taken = _Taken(Counter(), [], [])
    for order in parsed.orders:
        try:
            # A savepoint: what a refused order touched before is undone, the others stay.
            with session.begin_nested():
                accepted = orders.accept(session, clock, order.draft)
        except (BadInput, Conflict) as error:
            taken.refused += _refusals(order, error)
            taken.outcomes["refused"] += 1
            continue
        taken.outcomes[_WORDS[accepted.outcome]] += 1
        if accepted.outcome != "unchanged":
            taken.changed.append(accepted.order_id)
    if taken.changed:
        orders.check(session, clock, order_ids=taken.changed)
    return taken


def _refusals(order: ParsedOrder, error: BadInput | Conflict) -> list[Rejection]:
    return [
        Rejection(line, "", order.draft.external_id, error.code, error.message)
        for lines in order.sources
        for line in lines
    ]


def _report(
    session: Session,
    table: Table,
    parsed: OrderFile,
    taken: _Taken,
    n_created: int,
    dry_run: bool,
) -> ImportReport:
    rejections = sorted((*parsed.rejections, *taken.refused), key=lambda one: one.line)
    return ImportReport(
        kind="orders",
        table=table,
        dry_run=dry_run,
        n_accepted=parsed.n_accepted - len(taken.refused),
        rejections=tuple(rejections),
        outcomes={
            word: taken.outcomes[word] for word in ("new", "changed", "unchanged", "refused")
        },
        facts={
            "lines merged into an earlier line of the same order and item": parsed.merged,
            "items created": n_created,
            **_states(session, taken.changed),
        },
        warnings=parsed.warnings,
    )


def _states(session: Session, order_ids: list[str]) -> dict[str, int]:
    """Count the states of orders, in portions that every database takes as parameters."""
    counts: Counter[str] = Counter()
    for start in range(0, len(order_ids), 500):
        part = order_ids[start : start + 500]
        counts.update(session.scalars(select(Order.state).where(Order.id.in_(part))))
    return {f"orders now {state}": number for state, number in sorted(counts.items())}
