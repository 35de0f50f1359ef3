"""A problem and a plan, indexed for the checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from optimizer.ids import LineId, ListId, LocationId, OrderId, PlaceId, Sku, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Location, Station
from optimizer.plan import Pick, PickList, Plan, Stop
from optimizer.problem import Item, Order, OrderLine, Problem


@dataclass(frozen=True)
class Case:
    """What the judge looks at, with look-ups by id."""

    problem: Problem
    plan: Plan
    graph: WalkingGraph

    @cached_property
    def orders(self) -> dict[OrderId, Order]:
        """Orders by id."""
        return {order.id: order for order in self.problem.orders}

    @cached_property
    def lines(self) -> dict[LineId, OrderLine]:
        """Order lines by id, which is unique in the problem."""
        return {line.id: line for order in self.problem.orders for line in order.lines}

    @cached_property
    def order_of(self) -> dict[LineId, OrderId]:
        """Whose each line is."""
        return {line.id: order.id for order in self.problem.orders for line in order.lines}

    @cached_property
    def items(self) -> dict[Sku, Item]:
        """Items by sku."""
        return {item.sku: item for item in self.problem.items}

    @cached_property
    def locations(self) -> dict[LocationId, Location]:
        """Locations by id."""
        return {location.id: location for location in self.problem.layout.locations}

    @cached_property
    def places(self) -> frozenset[PlaceId]:
        """Ids of all locations and stations."""
        return frozenset((*self.locations, *self.stations))

    @cached_property
    def stations(self) -> dict[StationId, Station]:
        """Stations by id."""
        return {station.id: station for station in self.problem.layout.stations}

    @cached_property
    def lists(self) -> dict[ListId, PickList]:
        """Lists by id; of several with one id the first."""
        lists: dict[ListId, PickList] = {}
        for pick_list in self.plan.lists:
            lists.setdefault(pick_list.id, pick_list)
        return lists

    @cached_property
    def followers(self) -> dict[ListId, tuple[PickList, ...]]:
        """Per list, the lists that name it in ``after``."""
        found: dict[ListId, tuple[PickList, ...]] = dict.fromkeys(self.lists, ())
        for pick_list in self.plan.lists:
            for before in pick_list.after:
                found[before] = (*found.get(before, ()), pick_list)
        return found

    @cached_property
    def ancestors(self) -> dict[ListId, frozenset[ListId]]:
        """Per list, every list that must be finished before it; cycles contain themselves."""
        found: dict[ListId, frozenset[ListId]] = {}
        for list_id in self.lists:
            open_ids = list(self.lists[list_id].after)
            if not open_ids:
                found[list_id] = frozenset()
                continue
            seen: set[ListId] = set()
            while open_ids:
                before = open_ids.pop()
                if before in seen or before not in self.lists:
                    continue
                seen.add(before)
                open_ids.extend(self.lists[before].after)
            found[list_id] = frozenset(seen)
        return found

    def picks(self) -> Iterator[tuple[PickList, Stop, Pick]]:
        """Yield every pick of the plan with its list and stop."""
        # Kept triples would be forty thousand more objects for the collector to go through.
        for pick_list in self.plan.lists:
            for stop in pick_list.stops:
                for pick in stop.picks:
                    yield pick_list, stop, pick
