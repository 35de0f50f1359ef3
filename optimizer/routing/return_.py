"""Return routing: every aisle is left where it was entered."""

from __future__ import annotations

from optimizer.ids import LocationId
from optimizer.routing.by_aisle import (
    AisleByAisleRouter,
    Block,
    nearest_side_first,
    outward_and_back,
)


class ReturnRouter(AisleByAisleRouter):
    """Router for the return policy between parallel aisles.

    Each aisle with a pick is entered from the start's side, walked to its last pick and left at
    the same side. With several blocks: through the first pick aisle to the farthest block; there,
    and then in each nearer block, every sub-aisle is entered and left at its near row.
    Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306 (one block). Several blocks follow
    the scheme of Roodbergen and de Koster 2001 for S-shape, see
    :mod:`optimizer.routing.s_shape`.
    """

    policy = "return"

    def _in_aisles(self, blocks: tuple[Block, ...]) -> list[LocationId]:
        order, remaining, across = outward_and_back(blocks)
        for block in remaining:
            for sub in nearest_side_first(block, across):
                order += sub.outwards()
                across = sub.across_mm
        return order
