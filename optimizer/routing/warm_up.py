"""Compiles the inner loops of routing ahead of time, so that no request waits for it."""

from __future__ import annotations

from optimizer.ids import PlaceId, StationId
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter


def warm_up() -> int:
    """Run every compiled function of routing once and fill the cache on disk.

    Called when the environment is set up and when an image is built. A cold cache costs some
    10 s of computing, a warm one about a tenth of a second.

    Returns
    -------
    int
        Number of tours found on the way.
    """
    layout = generate_layout(aisles=3, blocks=2, positions=4)
    start, end = StationId(PlaceId("start")), StationId(PlaceId("pack-1"))
    exact = ExactRouter(layout)
    optimal, searched = GraphTourRouter(layout), GraphTourRouter(layout, kicks=2, exact_up_to=0)
    wanted = [location.id for location in layout.locations[::5]]
    tours = 0
    for router in (exact, optimal, searched):
        for last in (start, end):
            router.route(wanted, start=start, end=last)
            router.length_mm(wanted, start=start, end=last)
            tours += 1
    return tours
