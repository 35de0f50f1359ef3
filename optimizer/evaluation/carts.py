"""Checks of carts and totes: slots, weights, volumes, lines, who shares a tote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import ListId, OrderId, ToteId
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
    put: dict[ListId, dict[ToteId, int]] = {id_: defaultdict(int) for id_ in case.lists}
    grams: dict[ToteId, int] = defaultdict(int)
    millilitres: dict[ToteId, int] = defaultdict(int)
    items = case.items
    for pick_list, _, pick in case.picks():
        item = items.get(pick.sku)
        if item is not None:
            weight = item.weight_g * pick.quantity
            put[pick_list.id][pick.tote] += weight
            grams[pick.tote] += weight
            millilitres[pick.tote] += item.volume_ml * pick.quantity
    for tote, weight in grams.items():
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
        totes = {tote.id for tote in pick_list.totes}
        weight = sum(weight for id_ in until for tote, weight in put[id_].items() if tote in totes)
        if weight > cart.max_weight_g:
            yield Violation(
                ViolationKind.CART_WEIGHT,
                f'list "{pick_list.id}"',
                f"the cart carries {weight} g, at most {cart.max_weight_g} g",
            )


def check_totes(case: Case) -> Iterator[Violation]:
    """Check that every pick has a tote on its list and that orders are not mixed."""
    on_lists: dict[ToteId, tuple[ListId, ...]] = {}
    owners: dict[ToteId, OrderId | None] = {}
    disputed: dict[ToteId, None] = {}
    for pick_list in case.plan.lists:
        sorted_later = pick_list.method in (Method.SORT_AFTER, Method.TOTAL)
        orders = {tote.id: tote.order for tote in pick_list.totes}
        for tote in pick_list.totes:
            on_lists[tote.id] = (*on_lists.get(tote.id, ()), pick_list.id)
            if owners.setdefault(tote.id, tote.order) != tote.order:
                disputed[tote.id] = None
            if tote.order is None and not sorted_later:
                yield Violation(
                    ViolationKind.MIXED_TOTE,
                    f'list "{pick_list.id}", tote "{tote.id}"',
                    f"belongs to no order, but nobody sorts with {pick_list.method}",
                )
        for number, stop in enumerate(pick_list.stops, start=1):
            for pick in stop.picks:
                owner = orders.get(pick.tote)
                if owner == pick.order:
                    continue
                where = f'list "{pick_list.id}", stop {number}'
                if pick.tote not in orders:
                    yield Violation(
                        ViolationKind.UNKNOWN_TOTE, where, f'no tote "{pick.tote}" on this list'
                    )
                elif owner is not None:
                    yield Violation(
                        ViolationKind.MIXED_TOTE,
                        where,
                        f'tote "{pick.tote}" belongs to order "{owner}", not to "{pick.order}"',
                    )
    for tote_id, list_ids in on_lists.items():
        if len(list_ids) > 1:
            yield from _check_tote_lists(case, tote_id, list_ids)
    for tote_id in disputed:
        yield Violation(
            ViolationKind.MIXED_TOTE,
            f'tote "{tote_id}"',
            "belongs to different orders on different lists",
        )


def _check_tote_lists(case: Case, tote: ToteId, lists: tuple[ListId, ...]) -> Iterator[Violation]:
    distinct = tuple(dict.fromkeys(lists))
    for index, first in enumerate(distinct):
        for second in distinct[index + 1 :]:
            if first not in case.ancestors[second] and second not in case.ancestors[first]:
                yield Violation(
                    ViolationKind.TOTE_TWICE,
                    f'tote "{tote}"',
                    f'is on the lists "{first}" and "{second}", which may run at the same time',
                )
