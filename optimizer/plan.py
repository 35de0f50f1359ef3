"""What the planner answers: pick lists with stops and picks, what was left out and why.

Plans are immutable; lengths and durations in them are claims that
:func:`optimizer.evaluation.evaluate` recomputes from the layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from optimizer.ids import (
    LineId,
    ListId,
    LocationId,
    OrderId,
    PickerId,
    Sku,
    StationId,
    ToteId,
    ZoneId,
)
from optimizer.problem import Method


@dataclass(frozen=True, slots=True)
class Pick:
    """``quantity`` units of one item for one order line, put into one tote of the list."""

    order: OrderId
    line: LineId
    sku: Sku
    quantity: int
    tote: ToteId


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of one location; picks in the order in which they are shown.

    ``distance_mm`` is the walk from the stop before (from the start station at the first stop),
    ``None`` where it is not stated.
    """

    location: LocationId
    picks: tuple[Pick, ...]
    distance_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Tote:
    """A container on a cart slot (0-based).

    ``order`` is set where the tote belongs to one order (single, cluster, zone) and ``None`` where
    it is sorted later (sort-after, total). With pick-and-pass the same tote id appears on the
    lists of several zones, one after the other.
    """

    id: ToteId
    slot: int
    order: OrderId | None = None


@dataclass(frozen=True, slots=True)
class PickList:
    """What one picker does on one tour from ``start`` to ``end``.

    ``after`` names the lists that must be finished before this one may begin (pick-and-pass).
    ``path`` is the walked line as (x_mm, y_mm, floor) corner points, start and end included.
    ``wall_load`` numbers (from 0) what meets at the put wall at once, where the list goes there:
    lists of one load share the wall, the next load needs slots that this one has freed.
    """

    id: ListId
    method: Method
    start: StationId
    end: StationId
    stops: tuple[Stop, ...]
    totes: tuple[Tote, ...]
    length_mm: int
    duration_ms: int
    path: tuple[tuple[int, int, int], ...]
    zone: ZoneId | None = None
    picker: PickerId | None = None
    after: tuple[ListId, ...] = ()
    wall_load: int | None = None


class Reason(StrEnum):
    """Why units of an order are not in any list."""

    NO_STOCK = "no-stock"
    """Free stock does not cover the line."""
    UNKNOWN_SKU = "unknown-sku"
    """The item is not known (no master data)."""
    UNREACHABLE = "unreachable"
    """The only stock lies where no walk from the start and to the drop leads."""
    TOO_LARGE = "too-large"
    """A single unit exceeds a tote or cart limit."""
    NO_WALL = "no-wall"
    """The method needs a put wall and the problem has none."""
    LIMIT = "limit"
    """The search was stopped before the order had a place."""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An order (or part of one line) left out, with the figures a lead needs to act on.

    Without ``line`` the whole order is left out; ``sku``, ``asked`` and ``free`` then name an item
    that is the cause, and an order with several causes has several entries. With ``line`` only
    ``quantity`` units of that line are left out and the rest of the order is in the lists.
    """

    order: OrderId
    reason: Reason
    detail: str
    line: LineId | None = None
    sku: Sku | None = None
    asked: int = 0
    free: int = 0
    quantity: int = 0


class TerminationReason(StrEnum):
    """Why the planner stopped."""

    OPTIMAL = "optimal"
    """Length equals a proven lower bound."""
    CONVERGED = "converged"
    """A construction or local search ended by itself; no better plan is known to it."""
    TIME_LIMIT = "time-limit"
    ITERATION_LIMIT = "iteration-limit"
    CANCELLED = "cancelled"
    NOTHING_TO_PLAN = "nothing-to-plan"


@dataclass(frozen=True, slots=True)
class Termination:
    """Why the search stopped, which limit was hit (words for a person), and the known bound."""

    reason: TerminationReason
    limit: str = ""
    bound_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the lists; ``baseline_mm`` is the same orders first-come in S-shape."""

    length_mm: int
    duration_ms: int
    lists: int
    stops: int
    picks: int
    units: int
    baseline_mm: int
    bound_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete answer of the planner for one method."""

    method: Method
    lists: tuple[PickList, ...]
    unplanned: tuple[Unplanned, ...]
    totals: Totals
    termination: Termination
    seed: int
