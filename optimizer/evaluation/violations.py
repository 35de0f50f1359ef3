"""What can be wrong with a plan: a closed list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ViolationKind(StrEnum):
    """Kinds of violations; every one makes a plan unusable."""

    DUPLICATE_LIST = "duplicate-list"
    """Two lists have the same id."""
    EMPTY = "empty"
    """A list without stops, a stop without picks, or a pick of less than one unit."""
    UNKNOWN_ORDER = "unknown-order"
    UNKNOWN_LINE = "unknown-line"
    """No such line in the order that is named with it."""
    UNKNOWN_ITEM = "unknown-item"
    """The line's item has no master data, so its weight and volume are not known."""
    UNKNOWN_LOCATION = "unknown-location"
    UNKNOWN_STATION = "unknown-station"
    UNKNOWN_TOTE = "unknown-tote"
    """A pick goes into a tote that is not on the list."""
    UNKNOWN_LIST = "unknown-list"
    """``after`` names a list that is not in the plan."""
    UNKNOWN_PICKER = "unknown-picker"
    """The picker is not in the problem, or has no right to the list's zone."""
    WRONG_SKU = "wrong-sku"
    """The pick's item is not the line's item."""
    WRONG_METHOD = "wrong-method"
    """A list follows another method than its plan, or a single list holds several orders."""
    WRONG_START = "wrong-start"
    WRONG_END = "wrong-end"
    NO_WALK = "no-walk"
    """Two places that follow each other have no walk between them."""
    LENGTH = "length"
    """The claimed length is not the walk over the stops."""
    DURATION = "duration"
    """The claimed duration is not what the time model says."""
    PATH = "path"
    """The walked line misses a stop or is not as long as the list."""
    TOTALS = "totals"
    """A sum of the plan is not the sum over its lists."""
    SLOT = "slot"
    """A tote stands on a slot the cart does not have, or on a taken one."""
    TOTE_WEIGHT = "tote-weight"
    TOTE_VOLUME = "tote-volume"
    CART_WEIGHT = "cart-weight"
    LINES = "lines"
    """More picks than one list may have."""
    MIXED_TOTE = "mixed-tote"
    """A tote of one order holds another order, or nobody sorts a shared tote."""
    TOTE_TWICE = "tote-twice"
    """A tote is on two lists that do not follow each other, or twice on one list."""
    NOT_COVERED = "not-covered"
    """Units of a line are neither picked nor left out."""
    COVERED_TWICE = "covered-twice"
    """More units are picked and left out than the line has."""
    STOCK = "stock"
    """More units are taken from a location than lie there."""
    AFTER_CYCLE = "after-cycle"
    """Lists wait for each other."""
    ZONE = "zone"
    """A list visits a location outside its zone."""
    WALL = "wall"
    """The put wall is missing, too small, or an order is spread over two loads of it."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: what kind, where in the plan, and a sentence with the figures."""

    kind: ViolationKind
    where: str
    message: str
