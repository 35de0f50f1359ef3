"""S-shape routing: every aisle with a pick is walked through, in turn."""

from __future__ import annotations

from optimizer.routing.policies.blocks import Block, SubAisle
from optimizer.routing.policies.by_aisle import BlockByBlockRouter
from optimizer.routing.policies.walk import Ground, Walk


class SShapeRouter(BlockByBlockRouter):
    """Router for the S-shape (traversal) policy, on any layout.

    One block: the aisles with picks, from the start's side to the other, are walked through from
    end to end, the first from the near row, the next from the far row, and so on. The last one is
    left where it was entered, after its last pick, if it is entered from the near row: where the
    number of aisles is odd, one aisle only included.

    Several blocks: as told in :mod:`optimizer.routing.policies.by_aisle`. Nearer blocks are
    entered at their far row, so that there the last sub-aisle is walked through where the number
    is odd, one only included, and left where it was entered where the number is even.

    Layouts without parallel aisles: no walk is prescribed; the stops are taken line by line (see
    :class:`~optimizer.routing.policies.by_line.LineByLine`). Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306 (one block).
    Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross
    aisles. International Journal of Production Research 39(9), 1865-1883.
    DOI 10.1080/00207540110028128 (several blocks).
    """

    policy = "s-shape"
    anywhere = True

    def _work(self, block: Block, walk: Walk, ground: Ground, at_far_row: bool) -> SubAisle:
        *others, last = block
        for sub in others:
            walk.through(sub, from_far=at_far_row)
            at_far_row = not at_far_row
        if at_far_row:
            walk.through(last, from_far=True)
        else:
            walk.into(last, from_far=False)
        return last
