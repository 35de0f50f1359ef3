"""Checks of lists among each other: method, order of lists, zones, pickers, put wall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import ListId, OrderId
from optimizer.problem import Method


def check_lists(case: Case) -> Iterator[Violation]:
    """Check list ids, methods and that lists do not wait for each other."""
    seen: set[ListId] = set()
    for pick_list in case.plan.lists:
        where = f'list "{pick_list.id}"'
        if pick_list.id in seen:
            yield Violation(ViolationKind.DUPLICATE_LIST, where, "the id is used twice")
        seen.add(pick_list.id)
        if pick_list.method is not case.plan.method:
            yield Violation(
                ViolationKind.WRONG_METHOD,
                where,
                f"follows {pick_list.method}, the plan {case.plan.method}",
            )
        if pick_list.method is Method.SINGLE:
            orders = {pick.order for stop in pick_list.stops for pick in stop.picks}
            if len(orders) > 1:
                yield Violation(
                    ViolationKind.WRONG_METHOD, where, f"a single list holds {len(orders)} orders"
                )
        for before in pick_list.after:
            if before not in case.lists:
                yield Violation(ViolationKind.UNKNOWN_LIST, where, f'no list "{before}"')
        if pick_list.id in case.ancestors[pick_list.id]:
            yield Violation(ViolationKind.AFTER_CYCLE, where, "waits for itself")


def check_zones(case: Case) -> Iterator[Violation]:
    """Check that zone lists stay in their zone and pickers have the right to it."""
    rights = {picker.id: picker.zones for picker in case.problem.pickers}
    for pick_list in case.plan.lists:
        where = f'list "{pick_list.id}"'
        bound = pick_list.method in (Method.ZONE, Method.TOTAL) or pick_list.zone is not None
        if not bound and pick_list.picker is None:
            continue
        zones = {
            case.locations[stop.location].zone
            for stop in pick_list.stops
            if stop.location in case.locations
        }
        if bound:
            for zone in sorted(zones - {pick_list.zone}, key=str):
                yield Violation(
                    ViolationKind.ZONE,
                    where,
                    f'visits zone "{zone}", its zone is "{pick_list.zone}"',
                )
        if pick_list.picker is None:
            continue
        if pick_list.picker not in rights:
            yield Violation(ViolationKind.UNKNOWN_PICKER, where, f'no picker "{pick_list.picker}"')
        elif rights[pick_list.picker] and not rights[pick_list.picker].issuperset(
            zone for zone in zones if zone is not None
        ):
            yield Violation(
                ViolationKind.UNKNOWN_PICKER,
                where,
                f'picker "{pick_list.picker}" has no right to all zones of the list',
            )


def check_wall(case: Case) -> Iterator[Violation]:
    """Check that the put wall takes what meets there, one load after the other."""
    loads: dict[int, set[OrderId]] = defaultdict(set)
    loads_of: dict[OrderId, set[int]] = defaultdict(set)
    for pick_list in case.plan.lists:
        where = f'list "{pick_list.id}"'
        if pick_list.method not in (Method.SORT_AFTER, Method.TOTAL):
            continue
        if case.problem.wall is None:
            yield Violation(ViolationKind.WALL, where, "the problem has no put wall")
        if pick_list.wall_load is None:
            yield Violation(ViolationKind.WALL, where, "belongs to no load of the put wall")
            continue
        for stop in pick_list.stops:
            for pick in stop.picks:
                loads[pick_list.wall_load].add(pick.order)
                loads_of[pick.order].add(pick_list.wall_load)
    for load, orders in loads.items():
        if len(orders) > case.problem.wall_slots:
            yield Violation(
                ViolationKind.WALL,
                f"wall load {load}",
                f"{len(orders)} orders meet, the wall has {case.problem.wall_slots} slots",
            )
    for order, order_loads in loads_of.items():
        if len(order_loads) > 1:
            yield Violation(
                ViolationKind.WALL,
                f'order "{order}"',
                f"is spread over the wall loads {sorted(order_loads)}",
            )
