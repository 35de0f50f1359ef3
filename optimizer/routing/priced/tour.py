"""What a router with prices promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from optimizer.errors import RejectedPlanError
from optimizer.ids import LocationId, StationId
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import PricedWalk
from optimizer.routing.router import Tour


@dataclass(frozen=True, slots=True)
class PricedTour:
    """Locations in walking order, each once, and the walk over them.

    ``optimal`` is true only where no cheaper tour exists; ``bound_mm`` is a cost no tour can be
    below, ``None`` where none is known.
    """

    stops: tuple[LocationId, ...]
    walk: PricedWalk
    policy: str
    optimal: bool
    bound_mm: int | None = None

    @property
    def length_mm(self) -> int:
        """Length of the walk, without prices."""
        return self.walk.length_mm

    @property
    def cost_mm(self) -> int:
        """Length and prices together."""
        return self.walk.cost_mm

    def as_tour(self) -> Tour:
        """Return stops, length and walked line as a tour, to be drawn or put into a plan.

        It claims no shortest length, for what was made small is the cost.
        """
        return Tour(self.stops, self.length_mm, self.policy, False, None, self.walk.path)


class PricedRouter(Protocol):
    """Finds a cheap tour; otherwise like :class:`~optimizer.routing.router.Router`.

    Neither method heeds ``max_length_mm``; :func:`~optimizer.routing.priced.best.find_priced_tour`
    does.
    """

    @property
    def policy(self) -> str:
        """Name of the way tours are found."""
        ...

    def route(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> PricedTour:
        """Return a tour from ``start`` through all locations to ``end``."""
        ...

    def cost_mm(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> int:
        """Return the cost of the tour of :meth:`route`."""
        ...

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`, without prices."""
        ...


def judged_walk(
    judge: PriceJudge,
    stops: Sequence[LocationId],
    *,
    start: StationId,
    end: StationId,
    cost_mm: int,
) -> PricedWalk:
    """Return the judged walk over stops for which a router has found ``cost_mm``.

    Raises
    ------
    RejectedPlanError
        When the judge finds another cost.
    """
    walk = judge.judge(stops, start=start, end=end)
    if walk.cost_mm != cost_mm:
        raise RejectedPlanError(
            f"a tour said to cost {cost_mm} mm was judged to cost {walk.cost_mm} mm"
        )
    return walk
