"""What is to be planned: orders, items, stock, carts, stations, people, on a layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from optimizer.errors import ProblemError
from optimizer.ids import LineId, LocationId, OrderId, PickerId, Sku, StationId, ZoneId
from optimizer.layout.model import Layout


class Method(StrEnum):
    """How orders become lists (`design.md` vocabulary)."""

    SINGLE = "single"
    CLUSTER = "cluster"
    SORT_AFTER = "sort-after"
    ZONE = "zone"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Item:
    """An article: weight and volume of one unit, in grams and millilitres (both >= 0)."""

    sku: Sku
    weight_g: int = 0
    volume_ml: int = 0

    def __post_init__(self) -> None:
        if self.weight_g < 0 or self.volume_ml < 0:
            raise ProblemError(f'item "{self.sku}": weight_g and volume_ml must not be negative')


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A quantity (>= 1) of one item wanted by an order; ``id`` is unique in the problem."""

    id: LineId
    sku: Sku
    quantity: int


@dataclass(frozen=True, slots=True)
class Order:
    """Customer demand. ``priority`` 0 (most urgent) to 3; input order breaks ties."""

    id: OrderId
    lines: tuple[OrderLine, ...]
    priority: int = 2

    def __post_init__(self) -> None:
        if not self.lines:
            raise ProblemError(f'order "{self.id}": has no lines')
        for number, line in enumerate(self.lines, start=1):
            if line.quantity < 1:
                raise ProblemError(
                    f'order "{self.id}", line {number}: quantity must be at least 1, '
                    f"got {line.quantity}"
                )


@dataclass(frozen=True, slots=True)
class Stock:
    """Free units (>= 1) of an item in a location."""

    location: LocationId
    sku: Sku
    quantity: int


@dataclass(frozen=True, slots=True)
class CartType:
    """What a picker pushes: ``slots`` totes with a weight and volume limit each.

    ``max_lines`` bounds the picks (task lines) of one list. All limits are hard.
    """

    id: str
    slots: int
    tote_weight_g: int
    tote_volume_ml: int
    max_weight_g: int
    max_lines: int

    def __post_init__(self) -> None:
        for name in ("slots", "tote_weight_g", "tote_volume_ml", "max_weight_g", "max_lines"):
            if getattr(self, name) < 1:
                raise ProblemError(f'cart "{self.id}": {name} must be at least 1')


@dataclass(frozen=True, slots=True)
class Picker:
    """A person who picks; ``zones`` empty means all zones."""

    id: PickerId
    zones: frozenset[ZoneId] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """One planning problem.

    ``start`` is where every tour begins; ``pack`` the stations that take totes whose orders are
    complete or sorted; ``wall`` the station of the put wall and ``wall_slots`` how many orders it
    takes at once (0: no wall, so methods that need one say so).
    """

    layout: Layout
    orders: tuple[Order, ...]
    items: tuple[Item, ...]
    stock: tuple[Stock, ...]
    cart: CartType
    start: StationId
    pack: tuple[StationId, ...]
    wall: StationId | None = None
    wall_slots: int = 0
    pickers: tuple[Picker, ...] = ()

    def __post_init__(self) -> None:
        if not self.pack:
            raise ProblemError("at least one pack station is needed")
        for name, ids in (
            ("order", [order.id for order in self.orders]),
            ("order line", [line.id for order in self.orders for line in order.lines]),
            ("item", [item.sku for item in self.items]),
        ):
            seen: set[str] = set()
            for id_ in ids:
                if id_ in seen:
                    raise ProblemError(f'{name} "{id_}" is given twice')
                seen.add(id_)
