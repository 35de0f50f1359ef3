"""What fits a cart by the rules of a method, and cutting what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from optimizer.batching.demand import Demand, Load, Promise
from optimizer.batching.packing import (
    Totes,
    count_in_order,
    fill_in_order,
    largest_first,
    pack_tightly,
)
from optimizer.errors import ProblemError
from optimizer.ids import OrderId
from optimizer.problem import CartType


@dataclass(frozen=True, slots=True)
class CartRules:
    """How one method uses a cart.

    Parameters
    ----------
    cart
        The limits.
    shared_totes
        Orders share totes (they are sorted later) instead of having their own.
    max_orders
        Orders that may meet on one cart (wall slots), ``None`` for no limit.
    list_of
        Per place the index of the list of a batch that visits it (pick-and-pass: the zone).
    n_lists
        Lists a batch may have; each obeys ``cart.max_lines``. Shared totes travel on one list.
    """

    cart: CartType
    shared_totes: bool = False
    max_orders: int | None = None
    list_of: Callable[[int], int] = lambda _place: 0
    n_lists: int = 1

    def __post_init__(self) -> None:
        if self.shared_totes and self.n_lists != 1:
            raise ProblemError("shared totes cannot be passed on from list to list")

    def pack(self, promises: Sequence[Promise]) -> Totes:
        """Return the totes that hold the promises: of one order tightly, shared ones in order."""
        if self.shared_totes:
            return fill_in_order(promises, self.cart)
        return pack_tightly(promises, self.cart)

    def lines(self, totes: Totes) -> tuple[int, ...]:
        """Return the number of picks per list."""
        if self.n_lists == 1:
            return (sum(map(len, totes)),)
        counts = Counter(self.list_of(promise.place) for tote in totes for promise in tote)
        return tuple(counts[index] for index in range(self.n_lists))

    def load(self, totes: Totes) -> Load:
        """Return what packed totes of one order take of a cart."""
        promises = [promise for tote in totes for promise in tote]
        return Load(
            len(totes),
            sum(promise.weight_g * promise.quantity for promise in promises),
            sum(promise.volume_ml * promise.quantity for promise in promises),
            self.lines(totes),
        )

    def load_in_one_tote(self, promises: Sequence[Promise]) -> Load | None:
        """Return what promises of one order take of a cart; ``None`` where one tote is not enough.

        Says of most orders of a web shop without packing them what :meth:`load` says of their tote.
        """
        weight_g = volume_ml = 0
        for promise in promises:
            weight_g += promise.weight_g * promise.quantity
            volume_ml += promise.volume_ml * promise.quantity
        cart = self.cart
        if weight_g > min(cart.tote_weight_g, cart.max_weight_g) or volume_ml > cart.tote_volume_ml:
            return None
        lines = self.lines((tuple(promises),))
        return Load(1, weight_g, volume_ml, lines) if max(lines) <= cart.max_lines else None

    def admits(self, load: Load) -> bool:
        """Return whether a cart takes a load; with shared totes a necessary condition only."""
        cart = self.cart
        if load.weight_g > cart.max_weight_g or max(load.lines) > cart.max_lines:
            return False
        if self.max_orders is not None and load.orders > self.max_orders:
            return False
        if not self.shared_totes:
            return load.totes <= cart.slots
        return (
            load.weight_g <= cart.slots * cart.tote_weight_g
            and load.volume_ml <= cart.slots * cart.tote_volume_ml
        )

    def takes(self, promises: Sequence[Promise]) -> bool:
        """Return whether one cart takes the promises, packed as :meth:`pack` does."""
        if not self.shared_totes:
            return self.packed(promises) is not None
        if self.could_take(promises) < len(promises):
            return False
        n_totes, n_picks = count_in_order(promises, self.cart)
        return n_totes <= self.cart.slots and n_picks <= self.cart.max_lines

    def packed(self, promises: Sequence[Promise]) -> Totes | None:
        """Return the totes of one order that one cart takes; ``None`` where it does not."""
        if self.could_take(promises) < len(promises):
            return None
        totes = pack_tightly(promises, self.cart)
        fits = len(totes) <= self.cart.slots and max(self.lines(totes)) <= self.cart.max_lines
        return totes if fits else None

    def could_take(self, promises: Sequence[Promise]) -> int:
        """Return how many of the first promises pass the limits that need no packing."""
        cart = self.cart
        weight_g = min(cart.max_weight_g, cart.slots * cart.tote_weight_g)
        volume_ml = cart.slots * cart.tote_volume_ml
        lines = [cart.max_lines] * self.n_lists
        for number, promise in enumerate(promises):
            weight_g -= promise.weight_g * promise.quantity
            volume_ml -= promise.volume_ml * promise.quantity
            lines[self.list_of(promise.place)] -= 1
            if weight_g < 0 or volume_ml < 0 or min(lines) < 0:
                return number
        return len(promises)


def cut(promises: Sequence[Promise], rules: CartRules) -> tuple[tuple[Promise, ...], ...]:
    """Cut promises into parts that one cart takes each, in the given order.

    Every part but the last is the longest run that fits; a promise bigger than a cart is divided.
    Every unit must fit an empty tote. O(n log n) packings.
    """
    parts: list[tuple[Promise, ...]] = []
    rest = list(promises)
    while rest:
        count = _longest_run(rest, rules)
        if count:
            parts.append(tuple(rest[:count]))
            rest = rest[count:]
            continue
        big = rest[0]
        units = _largest_share(big, rules)
        parts.append((big.of(units),))
        rest[0] = big.of(big.quantity - units)
    return tuple(parts)


def _longest_run(promises: Sequence[Promise], rules: CartRules) -> int:
    """Return how many of the first promises one cart takes together."""
    limit = rules.could_take(promises)
    if rules.takes(promises[:limit]):
        return limit
    return _most(limit - 1, lambda count: rules.takes(promises[:count]))


def _largest_share(promise: Promise, rules: CartRules) -> int:
    """Return how many units of one promise a cart takes.

    Raises
    ------
    ProblemError
        Not even one unit.
    """
    units = _most(promise.quantity, lambda count: rules.takes([promise.of(count)]))
    if not units:
        raise ProblemError(f'one unit of "{promise.sku}" does not fit cart "{rules.cart.id}"')
    return units


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    """Return a largest n <= limit that fits, by bisection, 0 when nothing does."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def one_demand(
    order: OrderId,
    promises: Sequence[Promise],
    rules: CartRules,
    *,
    rank: int,
    urgent: bool,
) -> Demand | None:
    """Return promises of an order as one demand; ``None`` where no cart takes them together.

    ``promises`` are sorted by place and line.
    """
    places = frozenset([promise.place for promise in promises])
    load = rules.load_in_one_tote(promises)
    if load is not None:
        tote = tuple(promises) if rules.shared_totes else largest_first(promises, rules.cart)
        return Demand(order, rank, urgent, False, (tote,), places, load)
    packed = None if rules.shared_totes else rules.packed(promises)
    if packed is None:
        return None
    return Demand(order, rank, urgent, False, packed, places, rules.load(packed))


def demands_of(
    order: OrderId,
    promises: Sequence[Promise],
    rules: CartRules,
    *,
    rank: int,
    urgent: bool,
) -> tuple[Demand, ...]:
    """Return an order as one demand, or as parts of at most a cart each when it is bigger.

    Parts follow the order of places in the layout, so that each is a region. All but the last
    fill a cart and travel alone.
    """
    ordered = sorted(promises, key=attrgetter("place", "line"))
    whole = one_demand(order, ordered, rules, rank=rank, urgent=urgent)
    if whole is not None:
        return (whole,)
    parts = cut(ordered, rules)
    demands = []
    for number, part in enumerate(parts, start=1):
        totes = (part,) if rules.shared_totes else rules.pack(part)
        demands.append(
            Demand(
                order,
                rank,
                urgent,
                number < len(parts),
                totes,
                frozenset(promise.place for promise in part),
                rules.load(totes),
            )
        )
    return tuple(demands)
