"""The choice of the best router for a layout."""

from __future__ import annotations

from optimizer.errors import LayoutError
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_directed_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.exact import MOST_ROWS_ROUND_TRIP, ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.one_way.router import MOST_ROWS as MOST_ROWS_ONE_WAY
from optimizer.routing.one_way.router import OneWayRouter
from optimizer.routing.router import Router


def best_router(layout: Layout, graph: WalkingGraph | None = None) -> Router:
    """Return the router with the shortest tours that the layout allows.

    The exact one where the layout is a grid of parallel aisles, one-way or not, else the one for
    any graph.

    Parameters
    ----------
    layout
        The layout to walk in.
    graph
        Its walking graph where the caller has one already.
    """
    aisles = recognise_directed_aisles(layout)
    if isinstance(aisles, ParallelAisles) and aisles.n_rows <= most_rows(directed=aisles.directed):
        return _of_aisles(layout, graph, aisles)
    return GraphTourRouter(layout, graph)


def exact_router(layout: Layout, graph: WalkingGraph | None = None) -> Router:
    """Return the router with proven shortest tours; parameters as :func:`best_router`.

    Raises
    ------
    LayoutError
        When the layout is no grid of parallel aisles, or has too many cross-aisles; the message
        says why.
    """
    aisles = recognise_directed_aisles(layout)
    if isinstance(aisles, NotParallel):
        raise LayoutError(f"no shortest tour by parallel aisles: {aisles.reason}")
    return _of_aisles(layout, graph, aisles)


def most_rows(*, directed: bool) -> int:
    """Return up to how many cross-aisles tours are exact, where some stretch is one-way or not."""
    return MOST_ROWS_ONE_WAY if directed else MOST_ROWS_ROUND_TRIP


def _of_aisles(layout: Layout, graph: WalkingGraph | None, aisles: ParallelAisles) -> Router:
    if aisles.directed:
        return OneWayRouter(layout, graph, aisles=aisles)
    return ExactRouter(layout, graph, aisles=aisles)
