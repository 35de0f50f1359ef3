"""Checks of what is picked: ids, every unit once, stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import LineId, LocationId, OrderId, Sku
from optimizer.plan import Pick


def check_ids(case: Case) -> Iterator[Violation]:
    """Check that orders, lines, items and locations exist and nothing is empty."""
    for pick_list in case.plan.lists:
        if not pick_list.stops:
            yield Violation(ViolationKind.EMPTY, f'list "{pick_list.id}"', "has no stops")
        for number, stop in enumerate(pick_list.stops, start=1):
            where = f'list "{pick_list.id}", stop {number}'
            if stop.location not in case.locations:
                yield Violation(
                    ViolationKind.UNKNOWN_LOCATION, where, f'no location "{stop.location}"'
                )
            if not stop.picks:
                yield Violation(ViolationKind.EMPTY, where, "has no picks")
    lines, order_of, items = case.lines, case.order_of, case.items
    for pick_list, stop, pick in case.picks():
        if (
            order_of.get(pick.line) != pick.order
            or lines[pick.line].sku != pick.sku
            or pick.sku not in items
            or pick.quantity < 1
        ):
            yield from _wrong_ids(case, pick, f'list "{pick_list.id}", location "{stop.location}"')


def _wrong_ids(case: Case, pick: Pick, where: str) -> Iterator[Violation]:
    """Say what is wrong with a pick, if anything."""
    if pick.quantity < 1:
        yield Violation(ViolationKind.EMPTY, where, f"takes {pick.quantity} units")
    if pick.order not in case.orders:
        yield Violation(ViolationKind.UNKNOWN_ORDER, where, f'no order "{pick.order}"')
        return
    if case.order_of.get(pick.line) != pick.order:
        yield Violation(
            ViolationKind.UNKNOWN_LINE, where, f'order "{pick.order}": no line "{pick.line}"'
        )
        return
    line = case.lines[pick.line]
    if line.sku != pick.sku:
        yield Violation(
            ViolationKind.WRONG_SKU,
            where,
            f'order "{pick.order}", line "{pick.line}" asks for "{line.sku}", not for "{pick.sku}"',
        )
    if pick.sku not in case.items:
        yield Violation(ViolationKind.UNKNOWN_ITEM, where, f'no item "{pick.sku}"')


def check_unplanned_ids(case: Case) -> Iterator[Violation]:
    """Check that what is left out exists in the problem."""
    for entry in case.plan.unplanned:
        where = f'left out: order "{entry.order}"'
        if entry.order not in case.orders:
            yield Violation(ViolationKind.UNKNOWN_ORDER, where, f'no order "{entry.order}"')
        elif entry.line is not None and case.order_of.get(entry.line) != entry.order:
            yield Violation(ViolationKind.UNKNOWN_LINE, where, f'no line "{entry.line}"')


def check_coverage(case: Case) -> Iterator[Violation]:
    """Check that every unit of every line is picked once or left out once."""
    order_of = case.order_of
    covered: dict[LineId, int] = defaultdict(int)
    for _, _, pick in case.picks():
        if order_of.get(pick.line) == pick.order:
            covered[pick.line] += pick.quantity
    whole: set[OrderId] = set()
    for entry in case.plan.unplanned:
        if entry.line is None:
            whole.add(entry.order)
        elif order_of.get(entry.line) == entry.order:
            covered[entry.line] += entry.quantity
    for order in case.problem.orders:
        for line in order.lines:
            count = covered[line.id] + (line.quantity if order.id in whole else 0)
            if count == line.quantity:
                continue
            kind = (
                ViolationKind.NOT_COVERED if count < line.quantity else ViolationKind.COVERED_TWICE
            )
            yield Violation(
                kind,
                f'order "{order.id}", line "{line.id}"',
                f"{count} units are picked or left out, the line has {line.quantity}",
            )


def check_stock(case: Case) -> Iterator[Violation]:
    """Check that no location gives more units of an item than lie there."""
    free: dict[tuple[LocationId, Sku], int] = defaultdict(int)
    for stock in case.problem.stock:
        free[stock.location, stock.sku] += stock.quantity
    taken: dict[tuple[LocationId, Sku], int] = defaultdict(int)
    for _, stop, pick in case.picks():
        taken[stop.location, pick.sku] += pick.quantity
    for (location, sku), quantity in taken.items():
        if quantity > free[location, sku]:
            yield Violation(
                ViolationKind.STOCK,
                f'location "{location}"',
                f'{quantity} units of "{sku}" are taken, {free[location, sku]} are free',
            )
