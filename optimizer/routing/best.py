"""The choice of the best router for a layout."""

from __future__ import annotations

from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.exact import MOST_ROWS_ROUND_TRIP, ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.router import Router


def best_router(layout: Layout, graph: WalkingGraph | None = None) -> Router:
    """Return the router with the shortest tours that the layout allows.

    The exact one where the layout is a grid of parallel aisles, else the one for any graph.

    Parameters
    ----------
    layout
        The layout to walk in.
    graph
        Its walking graph where the caller has one already.
    """
    aisles = recognise_aisles(layout)
    if isinstance(aisles, ParallelAisles) and aisles.n_rows <= MOST_ROWS_ROUND_TRIP:
        return ExactRouter(layout, graph, aisles=aisles)
    return GraphTourRouter(layout, graph)
