"""Zone picking, pick-and-pass: a cart goes from zone to zone, one list in each."""

from __future__ import annotations

from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import Trip
from optimizer.ids import ListId
from optimizer.methods.batches import best_batches
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import Draft, Prepared, Search
from optimizer.problem import Method


def zone(prepared: Prepared, search: Search) -> Draft:
    """Return lists that stay in one zone each; the totes of a batch pass through them in turn.

    A batch visits only zones that it needs, in the order of the layout's zones. The first list
    begins at the start station; a list ends at the handover station of the next zone, where that
    zone's list begins, and the last at a pack station. Zones without a handover station take
    over at the start station. Locations without a zone count as one more zone, the last.
    """
    rules = CartRules(
        prepared.problem.cart,
        list_of=prepared.zone_of.__getitem__,
        n_lists=len(prepared.zones),
    )
    demands = prepared.demands(rules)
    batches = best_batches(prepared, demands, rules, ZoneCourse(prepared), search)
    course = ZoneCourse(prepared)
    writer = ListWriter(prepared, Method.ZONE)
    lists = []
    for batch in batches.partition:
        members = [demands[member] for member in batch]
        totes = writer.own_totes(members)
        places = frozenset[int]().union(*(demand.places for demand in members))
        after: tuple[ListId, ...] = ()
        for trip in course(places):
            lists.append(writer.bound_list(trip, totes, after=after))
            after = (lists[-1].id,)
    return Draft(
        tuple(lists),
        prepared.allocation.unplanned,
        has_converged=batches.has_converged,
        iterations=batches.iterations,
    )


class ZoneCourse:
    """The trips of a batch through its zones."""

    def __init__(self, prepared: Prepared) -> None:
        self._zones = prepared.zones
        self._zone_of = prepared.zone_of
        self._start = prepared.problem.start
        self._packs = prepared.packs
        self._handovers = tuple(prepared.handover(zone_id) for zone_id in prepared.zones)

    def __call__(self, places: frozenset[int]) -> tuple[Trip, ...]:
        """Return one trip per zone that has some of the places, in zone order."""
        by_zone: dict[int, set[int]] = {}
        for place in places:
            by_zone.setdefault(self._zone_of[place], set()).add(place)
        zones = sorted(by_zone)
        handovers = [self._handovers[number] for number in zones[1:]]
        starts = [self._start, *handovers]
        ends = [*((handover,) for handover in handovers), self._packs]
        return tuple(
            Trip(frozenset(by_zone[number]), start, end, self._zones[number])
            for number, start, end in zip(zones, starts, ends, strict=True)
        )
