"""Filling totes: in order, or tightly."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.batching.demand import Promise
from optimizer.errors import ProblemError
from optimizer.problem import CartType

Totes = tuple[tuple[Promise, ...], ...]
"""Promises per tote."""


def unit_fits(cart: CartType, *, weight_g: int, volume_ml: int) -> bool:
    """Return whether one unit fits an empty tote on an empty cart."""
    return weight_g <= min(cart.tote_weight_g, cart.max_weight_g) and (
        volume_ml <= cart.tote_volume_ml
    )


class _Filling:
    """Totes being filled: their contents and what is left of each."""

    def __init__(self, cart: CartType) -> None:
        self._cart = cart
        self._contents: list[list[Promise]] = []
        self._grams: list[int] = []
        self._millilitres: list[int] = []

    @property
    def n_totes(self) -> int:
        return len(self._contents)

    def totes(self) -> Totes:
        return tuple(tuple(contents) for contents in self._contents)

    def add(self, promise: Promise, *, first: int, divide: bool) -> None:
        """Put a promise into the totes from number ``first`` on, then into new ones.

        Where ``divide`` is false, only a new tote may take a part of it.
        """
        left = promise.quantity
        for number in range(first, len(self._contents)):
            units = self._room(promise, number, left)
            if units == left or (divide and units):
                self._put(promise, number, units)
                left -= units
                if not left:
                    return
        while left:
            number = self._open(promise)
            units = self._room(promise, number, left)
            self._put(promise, number, units)
            left -= units

    def _room(self, promise: Promise, number: int, units: int) -> int:
        """Return how many of some units fit a tote. The loops of packing spend their time here."""
        grams, millilitres = self._grams[number], self._millilitres[number]
        if promise.weight_g * units > grams:
            units = grams // promise.weight_g
        if promise.volume_ml * units > millilitres:
            units = millilitres // promise.volume_ml
        return units

    def _put(self, promise: Promise, number: int, units: int) -> None:
        self._contents[number].append(promise.of(units))
        self._grams[number] -= promise.weight_g * units
        self._millilitres[number] -= promise.volume_ml * units

    def _open(self, promise: Promise) -> int:
        cart = self._cart
        if not unit_fits(cart, weight_g=promise.weight_g, volume_ml=promise.volume_ml):
            raise ProblemError(f'one unit of "{promise.sku}" does not fit a tote of "{cart.id}"')
        self._contents.append([])
        self._grams.append(cart.tote_weight_g)
        self._millilitres.append(cart.tote_volume_ml)
        return len(self._contents) - 1


def fill_in_order(promises: Sequence[Promise], cart: CartType) -> Totes:
    """Fill tote after tote in the given order, as a picker does who sorts later.

    A line that does not fit the rest of a tote is continued in the next (next fit). Raises
    :class:`~optimizer.errors.ProblemError` when a unit does not fit an empty tote.
    """
    filling = _Filling(cart)
    for promise in promises:
        filling.add(promise, first=max(0, filling.n_totes - 1), divide=True)
    return filling.totes()


def count_in_order(promises: Sequence[Promise], cart: CartType) -> tuple[int, int]:
    """Return the numbers of totes and of picks of :func:`fill_in_order`, without filling any.

    Every unit must fit an empty tote.
    """
    n_totes, n_picks = 1, 0
    grams, millilitres = cart.tote_weight_g, cart.tote_volume_ml
    for promise in promises:
        weight_g, volume_ml, left = promise.weight_g, promise.volume_ml, promise.quantity
        while left:
            units = left
            if weight_g * units > grams:
                units = grams // weight_g
            if volume_ml * units > millilitres:
                units = millilitres // volume_ml
            if units:
                n_picks += 1
                left -= units
                grams -= weight_g * units
                millilitres -= volume_ml * units
            if left:
                n_totes += 1
                grams, millilitres = cart.tote_weight_g, cart.tote_volume_ml
    return n_totes, n_picks


def largest_first(promises: Sequence[Promise], cart: CartType) -> tuple[Promise, ...]:
    """Return promises by the share of a tote that they fill, in weight or volume; largest first.

    Equals follow the order of the layout. So packed, one tote holds them in this order.
    """
    if len(promises) == 1:
        return tuple(promises)

    def size(promise: Promise) -> tuple[int, int, str]:
        share = max(promise.weight_g * cart.tote_volume_ml, promise.volume_ml * cart.tote_weight_g)
        return (-share * promise.quantity, promise.place, promise.line)

    return tuple(sorted(promises, key=size))


def least_totes(promises: Sequence[Promise], cart: CartType) -> int:
    """Return a number of totes, at least 1, that no packing is below, by weight and volume."""
    weight_g = sum([promise.weight_g * promise.quantity for promise in promises])
    volume_ml = sum([promise.volume_ml * promise.quantity for promise in promises])
    return max(1, -(-weight_g // cart.tote_weight_g), -(-volume_ml // cart.tote_volume_ml))


def pack_tightly(promises: Sequence[Promise], cart: CartType) -> Totes:
    """Pack into few totes: first fit decreasing, lines whole unless dividing saves a tote.

    Deterministic whatever the order of ``promises``. Raises
    :class:`~optimizer.errors.ProblemError` when a unit does not fit an empty tote. First fit
    decreasing needs at most 11/9 OPT + 6/9 bins in one dimension (Dósa 2007,
    https://doi.org/10.1007/978-3-540-74450-4_1); with weight and volume it is a heuristic.
    """

    ordered = largest_first(promises, cart)
    whole = _first_fit(ordered, cart, divide=False)
    if len(whole) <= least_totes(promises, cart):
        return whole
    divided = _first_fit(ordered, cart, divide=True)
    return divided if len(divided) < len(whole) else whole


def _first_fit(promises: Sequence[Promise], cart: CartType, *, divide: bool) -> Totes:
    filling = _Filling(cart)
    for promise in promises:
        filling.add(promise, first=0, divide=divide)
    return filling.totes()
