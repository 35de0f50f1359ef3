"""Compiles the inner loops of routing ahead of time, so that no request waits for it."""

from __future__ import annotations

from optimizer.ids import PlaceId, StationId
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.lanes import MOST_ROWS
from optimizer.routing.router import Router


def warm_up() -> int:
    """Run every compiled function of routing once and fill the cache on disk.

    Called when the environment is set up and when an image is built. A cold cache costs about a
    minute of computing, a warm one about a second.

    Returns
    -------
    int
        Number of tours found on the way.
    """
    start, end = StationId(PlaceId("start")), StationId(PlaceId("pack-1"))
    tours = 0
    # Code is generated for each number of rows up to the largest; beyond, tables serve all.
    for rows in range(2, MOST_ROWS + 2):
        layout = generate_layout(aisles=3, blocks=rows - 1, positions=2)
        routers: list[Router] = [ExactRouter(layout)]
        if rows == 2:
            routers += [
                GraphTourRouter(layout),
                GraphTourRouter(layout, kicks=2, exact_up_to=0),
            ]
        wanted = [location.id for location in layout.locations[::5]]
        for router in routers:
            for last in (start, end):
                router.route(wanted, start=start, end=last)
                router.length_mm(wanted, start=start, end=last)
                if isinstance(router, ExactRouter):
                    router.lengths_mm([wanted], start=start, end=last)
                tours += 1
    return tours
