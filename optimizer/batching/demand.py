"""What batching works on: promised stock and the loads that orders put on a cart."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.ids import LineId, LocationId, OrderId, Sku

Batch = tuple[int, ...]
"""Indices of the demands that travel together, ascending."""

Partition = tuple[Batch, ...]
"""Every demand in exactly one batch."""


@dataclass(frozen=True, slots=True)
class Promise:
    """``quantity`` units in a location, promised to an order line.

    ``place`` is the location's index in the layout. Weight and volume are those of one unit.
    """

    order: OrderId
    line: LineId
    sku: Sku
    location: LocationId
    place: int
    quantity: int
    weight_g: int
    volume_ml: int

    def of(self, quantity: int) -> Promise:
        """Return the same promise for another quantity."""
        if quantity == self.quantity:
            return self
        return Promise(
            self.order,
            self.line,
            self.sku,
            self.location,
            self.place,
            quantity,
            self.weight_g,
            self.volume_ml,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What demands take of a cart; loads add up.

    ``lines`` counts picks, one figure per list the cart travels (several with pick-and-pass).
    """

    totes: int
    weight_g: int
    volume_ml: int
    lines: tuple[int, ...]
    orders: int = 1

    def __add__(self, other: Load) -> Load:
        return Load(
            self.totes + other.totes,
            self.weight_g + other.weight_g,
            self.volume_ml + other.volume_ml,
            tuple(mine + theirs for mine, theirs in zip(self.lines, other.lines, strict=True)),
            self.orders + other.orders,
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """An order, or a part of one that is bigger than a cart; never divided by batching.

    Parameters
    ----------
    order
        Whose.
    rank
        Position of the order when sorted by priority and arrival, 0 first.
    urgent
        Urgent demands travel among themselves, so that their lists can be the first.
    alone
        Fills its cart (a full part of a big order) and takes no company.
    totes
        Promises per tote of its own; one pseudo tote where totes are shared.
    places
        Indices of the locations it needs.
    load
        What it takes of a cart.
    """

    order: OrderId
    rank: int
    urgent: bool
    alone: bool
    totes: tuple[tuple[Promise, ...], ...]
    places: frozenset[int]
    load: Load

    @property
    def promises(self) -> tuple[Promise, ...]:
        """All promises, tote by tote."""
        if len(self.totes) == 1:
            return self.totes[0]
        return tuple(promise for tote in self.totes for promise in tote)
