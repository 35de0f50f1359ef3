"""Checks of carts and totes: slots, weights, volumes, lines, who shares a tote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import ListId, OrderId, ToteId
from optimizer.plan import PickList
from optimizer.problem import Method


def check_slots(case: Case) -> Iterator[Violation]:
    """Check that totes stand on free slots of the cart and that lists are not too long."""
    cart = case.problem.cart
    for pick_list in case.plan.lists:
        where = f'list "{pick_list.id}"'
        taken: set[int] = set()
        ids: set[ToteId] = set()
        for tote in pick_list.totes:
            if not 0 <= tote.slot < cart.slots:
                yield Violation(
                    ViolationKind.SLOT,
                    where,
                    f'tote "{tote.id}" is on slot {tote.slot}, the cart has {cart.slots}',
                )
            if tote.slot in taken:
                yield Violation(ViolationKind.SLOT, where, f"two totes are on slot {tote.slot}")
            if tote.id in ids:
                yield Violation(ViolationKind.TOTE_TWICE, where, f'tote "{tote.id}" is named twice')
            taken.add(tote.slot)
            ids.add(tote.id)
        lines = sum(len(stop.picks) for stop in pick_list.stops)
        if lines > cart.max_lines:
            yield Violation(
                ViolationKind.LINES, where, f"has {lines} picks, at most {cart.max_lines}"
            )


def check_weights(case: Case) -> Iterator[Violation]:
    """Check weight and volume of every tote and the weight on every cart.

    A tote that travels through several lists keeps what earlier lists put into it.
    """
    cart = case.problem.cart
    grams: dict[ToteId, dict[ListId, int]] = defaultdict(lambda: defaultdict(int))
    millilitres: dict[ToteId, int] = defaultdict(int)
    for pick_list, _, pick in case.picks():
        item = case.items.get(pick.sku)
        if item is not None:
            grams[pick.tote][pick_list.id] += item.weight_g * pick.quantity
            millilitres[pick.tote] += item.volume_ml * pick.quantity
    for tote in grams:
        weight = sum(grams[tote].values())
        if weight > cart.tote_weight_g:
            yield Violation(
                ViolationKind.TOTE_WEIGHT,
                f'tote "{tote}"',
                f"weighs {weight} g, at most {cart.tote_weight_g} g",
            )
        if millilitres[tote] > cart.tote_volume_ml:
            yield Violation(
                ViolationKind.TOTE_VOLUME,
                f'tote "{tote}"',
                f"holds {millilitres[tote]} ml, at most {cart.tote_volume_ml} ml",
            )
    for pick_list in case.plan.lists:
        until = case.ancestors[pick_list.id] | {pick_list.id}
        weight = sum(
            grams[tote][list_id]
            for tote in {tote.id for tote in pick_list.totes}
            if tote in grams
            for list_id in grams[tote]
            if list_id in until
        )
        if weight > cart.max_weight_g:
            yield Violation(
                ViolationKind.CART_WEIGHT,
                f'list "{pick_list.id}"',
                f"the cart carries {weight} g, at most {cart.max_weight_g} g",
            )


def check_totes(case: Case) -> Iterator[Violation]:
    """Check that every pick has a tote on its list and that orders are not mixed."""
    on_lists: dict[ToteId, list[PickList]] = defaultdict(list)
    owners: dict[ToteId, set[OrderId | None]] = defaultdict(set)
    for pick_list in case.plan.lists:
        sorted_later = pick_list.method in (Method.SORT_AFTER, Method.TOTAL)
        orders = {tote.id: tote.order for tote in pick_list.totes}
        for tote in pick_list.totes:
            on_lists[tote.id].append(pick_list)
            owners[tote.id].add(tote.order)
            if tote.order is None and not sorted_later:
                yield Violation(
                    ViolationKind.MIXED_TOTE,
                    f'list "{pick_list.id}", tote "{tote.id}"',
                    f"belongs to no order, but nobody sorts with {pick_list.method}",
                )
        for number, stop in enumerate(pick_list.stops, start=1):
            for pick in stop.picks:
                where = f'list "{pick_list.id}", stop {number}'
                if pick.tote not in orders:
                    yield Violation(
                        ViolationKind.UNKNOWN_TOTE, where, f'no tote "{pick.tote}" on this list'
                    )
                elif orders[pick.tote] not in (None, pick.order):
                    yield Violation(
                        ViolationKind.MIXED_TOTE,
                        where,
                        f'tote "{pick.tote}" belongs to order "{orders[pick.tote]}", '
                        f'not to "{pick.order}"',
                    )
    for tote_id, lists in on_lists.items():
        yield from _check_tote_lists(case, tote_id, lists)
        if len(owners[tote_id]) > 1:
            yield Violation(
                ViolationKind.MIXED_TOTE,
                f'tote "{tote_id}"',
                "belongs to different orders on different lists",
            )


def _check_tote_lists(case: Case, tote: ToteId, lists: list[PickList]) -> Iterator[Violation]:
    distinct = list({pick_list.id: pick_list for pick_list in lists})
    for index, first in enumerate(distinct):
        for second in distinct[index + 1 :]:
            if first not in case.ancestors[second] and second not in case.ancestors[first]:
                yield Violation(
                    ViolationKind.TOTE_TWICE,
                    f'tote "{tote}"',
                    f'is on the lists "{first}" and "{second}", which may run at the same time',
                )
