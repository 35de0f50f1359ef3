"""The routing policies by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optimizer.errors import LayoutError
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.best import best_router, exact_router
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.policies.aisle_by_aisle import AisleByAisleProgrammeRouter
from optimizer.routing.policies.combined import CombinedRouter
from optimizer.routing.policies.largest_gap import LargestGapRouter
from optimizer.routing.policies.midpoint import MidpointRouter
from optimizer.routing.policies.return_ import ReturnRouter
from optimizer.routing.policies.s_shape import SShapeRouter
from optimizer.routing.router import Router

RouterFactory = Callable[[Layout, WalkingGraph | None], Router]

POLICIES: Mapping[str, RouterFactory] = {
    "best": best_router,
    "exact": exact_router,
    "graph": GraphTourRouter,
    "s-shape": SShapeRouter,
    "return": ReturnRouter,
    "midpoint": MidpointRouter,
    "largest-gap": LargestGapRouter,
    "combined": CombinedRouter,
    "aisle-by-aisle": AisleByAisleProgrammeRouter,
}
"""What makes the router of each policy; ``best`` is ``exact`` where possible, else ``graph``."""


def make_router(policy: str, layout: Layout, graph: WalkingGraph | None = None) -> Router:
    """Return the router of a policy.

    Raises
    ------
    LayoutError
        For an unknown policy, and where the layout lacks what the policy needs.
    """
    factory = POLICIES.get(policy)
    if factory is None:
        raise LayoutError(f'unknown policy "{policy}"; known: {", ".join(POLICIES)}')
    return factory(layout, graph)
