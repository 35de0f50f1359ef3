"""Tours of ``wavepick route`` that cost more than their metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from server.cli.route_output import stops_words, tour_document, tour_rows
from server.errors import BadInput, NoPlan

if TYPE_CHECKING:
    from optimizer.routing.priced.prices import WalkPrices
    from optimizer.routing.priced.tour import PricedTour
    from server.cli.route_search import Errand, FoundTour


@dataclass(frozen=True, slots=True)
class PriceOptions:
    """The price options as they were written; ``None`` where one was not given."""

    crossing_mm: str | None = None
    level_mm: int | None = None
    u_turn_mm: str | None = None
    floor_change_mm: str | None = None
    max_length_mm: int | None = None

    @property
    def given(self) -> bool:
        """Whether any option was given."""
        return self != PriceOptions()

    def prices(self) -> WalkPrices:
        """Return the prices; UsageError where one is out of its range or no number."""
        from optimizer.routing.priced.prices import PriceError, WalkPrices, parse_price

        try:
            return WalkPrices(
                crossing_mm=parse_price(self.crossing_mm or "0"),
                level_mm=self.level_mm or 0,
                u_turn_mm=parse_price(self.u_turn_mm or "0"),
                floor_change_mm=parse_price(self.floor_change_mm or "0"),
                max_length_mm=self.max_length_mm,
            )
        except PriceError as error:
            raise click.UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class FoundPricedTour:
    """A tour with its line, and what it costs."""

    found: FoundTour
    priced: PricedTour


def find_priced_tour(asked: Errand, prices: WalkPrices) -> FoundPricedTour:
    """Return the cheapest tour found.

    Raises
    ------
    BadInput
        When no walk that the prices allow leads through the locations.
    NoPlan
        When no tour found is as short as asked.
    """
    from optimizer.errors import LayoutError, UnreachableError
    from optimizer.routing.priced.best import TooLong, find_priced_tour_to_any

    try:
        priced, end = find_priced_tour_to_any(
            asked.layout,
            prices,
            asked.wanted,
            start=asked.start,
            ends=asked.ends,
            graph=asked.graph,
        )
    except LayoutError as error:
        raise BadInput(error.message, code="bad-layout", pointer=asked.source) from error
    except UnreachableError as error:
        raise BadInput(str(error), code="unreachable", pointer=asked.source) from error
    if isinstance(priced, TooLong):
        raise NoPlan(
            f"no tour found is at most {priced.limit_mm / 1000:g} m long; the shortest is "
            f"{priced.shortest_mm / 1000:g} m" + ", not proven" * (not priced.proven),
            code="too-long",
        )
    return FoundPricedTour(asked.found(priced.as_tour(), end, None), priced)


def priced_document(result: FoundPricedTour) -> dict[str, object]:
    """Return a tour as a JSON object; ``optimal`` is said of its cost."""
    walk = result.priced.walk
    return tour_document(result.found) | {
        "optimal": result.priced.optimal,
        "cost_mm": walk.cost_mm,
        "cost_bound_mm": result.priced.bound_mm,
        "crossings": walk.crossings,
        "levels": walk.levels,
        "u_turns": walk.u_turns,
        "floor_changes": walk.floor_changes,
    }


def priced_words(result: FoundPricedTour, prices: WalkPrices) -> str:
    """Return the stops, what is paid for, and the cost with its proof."""
    walk, priced = result.priced.walk, result.priced
    paid = (
        (walk.crossings, "crossing", prices.of_crossing),
        (walk.levels, "level", prices.level_mm),
        (walk.u_turns, "U-turn", prices.of_turning),
        (walk.floor_changes, "floor change", prices.of_floors),
    )
    rows = [("walk", walk.length_mm)]
    rows += [(f"{n} {name}{'s' * (n != 1)}", n * price) for n, name, price in paid if n and price]
    width = max(len(what) for what, _ in rows)
    lines = [*tour_rows(result.found), "cost:"]
    lines += [f"  {what:<{width}}  {mm / 1000:8.1f} m" for what, mm in rows]
    cost = f"{walk.cost_mm / 1000:.1f} m for {walk.length_mm / 1000:.1f} m of walking"
    lines.append(f"{cost} over {stops_words(result.found.tour)}, {priced.policy}, {_proof(priced)}")
    return "\n".join(lines)


def _proof(priced: PricedTour) -> str:
    if priced.optimal:
        return "the cheapest possible"
    if priced.bound_mm:
        above = 100 * (priced.cost_mm / priced.bound_mm - 1)
        return f"at most {above:.1f} % above the cheapest"
    return "not proven to be the cheapest"
