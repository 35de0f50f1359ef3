"""Writing pick lists: tours, totes, picks, walked lines, durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import Trip
from optimizer.batching.demand import Demand, Promise
from optimizer.batching.packing import Totes, fill_in_order
from optimizer.ids import ListId, LocationId, StationId, ToteId
from optimizer.methods.prepared import Prepared
from optimizer.plan import Pick, PickList, Stop, Tote
from optimizer.problem import Method
from optimizer.routing.router import Tour


@dataclass(frozen=True, slots=True)
class FilledTote:
    """A tote on the cart and what goes into it."""

    tote: Tote
    promises: tuple[Promise, ...]


class ListWriter:
    """Numbers lists and totes of one plan and writes them out, in the order it is called."""

    def __init__(self, prepared: Prepared, method: Method) -> None:
        self._prepared = prepared
        self._method = method
        self._lists = 0
        self._totes = 0

    def own_totes(self, demands: Sequence[Demand]) -> tuple[FilledTote, ...]:
        """Return the totes of orders that do not share any, slot after slot."""
        contents = [(demand.order, tote) for demand in demands for tote in demand.totes]
        return tuple(
            FilledTote(Tote(self._tote_id(), slot, order), promises)
            for slot, (order, promises) in enumerate(contents)
        )

    def bound_list(
        self,
        trip: Trip,
        totes: Sequence[FilledTote],
        *,
        after: tuple[ListId, ...] = (),
        walked: tuple[Tour, StationId] | None = None,
    ) -> PickList:
        """Write a list whose totes belong to orders; picks outside the trip are not on it.

        ``walked`` is its tour and where that ends, where the caller has them already.
        """
        tour, end = self._prepared.walks.tour(trip) if walked is None else walked
        return self._write(trip, tour, totes, end=end, after=after)

    def shared_list(
        self, trip: Trip, promises: Sequence[Promise], rules: CartRules, *, wall_load: int
    ) -> PickList:
        """Write a list whose totes are shared and sorted at the put wall."""
        tour, end = self._prepared.walks.tour(trip)
        contents = _fill_while_walking(tour, promises, rules)
        totes = [
            FilledTote(Tote(self._tote_id(), slot), content)
            for slot, content in enumerate(contents)
        ]
        return self._write(trip, tour, totes, end=end, wall_load=wall_load)

    def _write(
        self,
        trip: Trip,
        tour: Tour,
        totes: Sequence[FilledTote],
        *,
        end: StationId,
        after: tuple[ListId, ...] = (),
        wall_load: int | None = None,
    ) -> PickList:
        self._lists += 1
        picks = _picks_by_location(totes, trip.places)
        legs = self._prepared.legs
        distances = legs.walk_mm((trip.start, *tour.stops))
        pick_list = PickList(
            ListId(f"L{self._lists}"),
            self._method,
            trip.start,
            end,
            tuple(
                [
                    Stop(location, picks[location], distance)
                    for location, distance in zip(tour.stops, distances, strict=True)
                ]
            ),
            tuple([filled.tote for filled in totes]),
            tour.length_mm,
            0,
            tour.path or legs.line((trip.start, *tour.stops, end)),
            zone=trip.zone,
            after=after,
            wall_load=wall_load,
        )
        return replace(pick_list, duration_ms=self._prepared.time_model.duration_ms(pick_list))

    def _tote_id(self) -> ToteId:
        self._totes += 1
        return ToteId(f"T{self._totes}")


def _picks_by_location(
    totes: Sequence[FilledTote], places: frozenset[int]
) -> dict[LocationId, tuple[Pick, ...]]:
    """Return what is picked at some of the places, tote by tote."""
    picks: dict[LocationId, tuple[Pick, ...]] = {}
    for filled in totes:
        tote = filled.tote.id
        for each in filled.promises:
            if each.place in places:
                pick = Pick(each.order, each.line, each.sku, each.quantity, tote)
                before = picks.get(each.location)
                picks[each.location] = (pick,) if before is None else (*before, pick)
    return picks


def _fill_while_walking(tour: Tour, promises: Sequence[Promise], rules: CartRules) -> Totes:
    """Fill totes in walking order, or as given where that needs more slots than there are.

    The given order is the one in which the capacity of the cart was checked.
    """
    position = {location: number for number, location in enumerate(tour.stops)}
    walked = sorted(
        promises, key=lambda promise: (position[promise.location], promise.sku, promise.line)
    )
    filled = fill_in_order(walked, rules.cart)
    if len(filled) <= rules.cart.slots and max(rules.lines(filled)) <= rules.cart.max_lines:
        return filled
    return rules.pack(promises)
