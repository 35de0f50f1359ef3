"""Return routing: every aisle is left where it was entered."""

from __future__ import annotations

from optimizer.routing.policies.blocks import Block, SubAisle
from optimizer.routing.policies.by_aisle import BlockByBlockRouter
from optimizer.routing.policies.walk import Ground, Walk


class ReturnRouter(BlockByBlockRouter):
    """Router for the return policy between parallel aisles.

    One block: the aisles with picks, from the start's side to the other, are each entered from
    the near row as far as the last pick, and left at the near row.

    Several blocks: as told in :mod:`optimizer.routing.policies.by_aisle`; the literature defines
    the policy for one block only. The picker comes to a nearer block at its far row and gets to its
    near row through the first sub-aisle, picking; all others are entered from the near row and
    left there. Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306.
    Petersen, C. G. (1997): An evaluation of order picking routeing policies. International Journal
    of Operations & Production Management 17(11), 1098-1111. DOI 10.1108/01443579710177860.
    """

    policy = "return"

    def _work(self, block: Block, walk: Walk, ground: Ground, at_far_row: bool) -> SubAisle:
        first, *others = block
        if at_far_row:
            walk.through(first, from_far=True)
        else:
            walk.into(first, from_far=False)
        for sub in others:
            walk.into(sub, from_far=False)
        return block[-1]
