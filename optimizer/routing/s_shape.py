"""S-shape routing: every aisle with a pick is walked through, in turn."""

from __future__ import annotations

from optimizer.ids import LocationId
from optimizer.routing.by_aisle import (
    AisleByAisleRouter,
    Block,
    nearest_side_first,
    outward_and_back,
)


class SShapeRouter(AisleByAisleRouter):
    """Router for the S-shape (traversal) policy, on any layout.

    Between parallel aisles: through the first pick aisle to the farthest block; there, and then
    in each nearer block, one sub-aisle after the other is walked through in alternating
    direction, from the side nearer to the picker; the last one is left where it was entered when
    the picker already stands at the near row. Elsewhere aisles are taken line by line (see
    :class:`~optimizer.routing.by_line.LineByLine`). Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306.
    Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross
    aisles. International Journal of Production Research 39(9), 1865-1883.
    DOI 10.1080/00207540110028128. We begin at the side of the start instead of always the left,
    and walk the shortest way from stop to stop.
    """

    policy = "s-shape"
    anywhere = True

    def _in_aisles(self, blocks: tuple[Block, ...]) -> list[LocationId]:
        order, remaining, across = outward_and_back(blocks)
        far_row = False
        for block in remaining:
            for sub in nearest_side_first(block, across):
                order += sub.inwards() if far_row else sub.outwards()
                far_row = not far_row
                across = sub.across_mm
            # The block is left at its near row, which is the far row of the next one.
            far_row = True
        return order
