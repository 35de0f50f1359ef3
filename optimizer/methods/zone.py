"""Zone picking, pick-and-pass: a cart goes from zone to zone, one list in each."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import Trip
from optimizer.ids import ListId, StationId, ZoneId
from optimizer.methods.batches import best_batches
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import Draft, Prepared, Search, left_out
from optimizer.plan import Reason, Unplanned
from optimizer.problem import Method


def zone(prepared: Prepared, search: Search) -> Draft:
    """Return lists that stay in one zone each; the totes of a batch pass through them in turn.

    A batch visits only zones that it needs, in the order of the layout's zones. The first list
    begins at the start station; a list ends at the handover station of the next zone, where that
    zone's list begins, and the last at a pack station. Zones without a handover station take
    over at the start station. Locations without a zone count as one more zone, the last. Where
    totes cannot be passed on, because no walk leads back from the pack station, all is left out.
    """
    course = ZoneCourse.of(prepared)
    if course is None:
        return Draft((), _no_way_back(prepared))
    rules = CartRules(
        prepared.problem.cart,
        list_of=prepared.zone_of.__getitem__,
        n_lists=len(prepared.zones),
    )
    demands = prepared.demands(rules)
    batches = best_batches(prepared, demands, rules, course, search)
    writer = ListWriter(prepared, Method.ZONE)
    lists = []
    for batch in batches.partition:
        members = [batches.demands[member] for member in batch]
        totes = writer.own_totes(members)
        places = frozenset[int]().union(*(demand.places for demand in members))
        after: tuple[ListId, ...] = ()
        for trip in course(places):
            lists.append(writer.bound_list(trip, totes, after=after))
            after = (lists[-1].id,)
    return Draft(
        tuple(lists),
        prepared.allocation.unplanned,
        batches.bound_mm,
        has_converged=batches.has_converged,
        iterations=batches.iterations,
    )


def _no_way_back(prepared: Prepared) -> tuple[Unplanned, ...]:
    detail = f'no walk leads from {", ".join(prepared.packs)} back to "{prepared.problem.start}"'
    return left_out(prepared, Reason.UNREACHABLE, f"totes cannot be passed on: {detail}")


@dataclass(frozen=True, slots=True)
class ZoneCourse:
    """The trips of a batch through its zones; ``handovers`` is where each zone takes over."""

    zones: tuple[ZoneId | None, ...]
    zone_of: tuple[int, ...]
    handovers: tuple[StationId, ...]
    start: StationId
    packs: tuple[StationId, ...]

    @classmethod
    def of(cls, prepared: Prepared) -> ZoneCourse | None:
        """Return the course of a prepared problem, ``None`` where totes cannot be passed on."""
        handovers = []
        for zone_id in prepared.zones:
            station = prepared.handover(zone_id)
            if station is None:
                return None
            handovers.append(station)
        return cls(
            prepared.zones,
            prepared.zone_of,
            tuple(handovers),
            prepared.problem.start,
            prepared.packs,
        )

    def __call__(self, places: frozenset[int]) -> tuple[Trip, ...]:
        """Return one trip per zone that has some of the places, in zone order."""
        by_zone: dict[int, set[int]] = {}
        for place in places:
            by_zone.setdefault(self.zone_of[place], set()).add(place)
        zones = sorted(by_zone)
        handovers = [self.handovers[number] for number in zones[1:]]
        starts = [self.start, *handovers]
        ends = [*((handover,) for handover in handovers), self.packs]
        return tuple(
            Trip(frozenset(by_zone[number]), start, end, self.zones[number])
            for number, start, end in zip(zones, starts, ends, strict=True)
        )
