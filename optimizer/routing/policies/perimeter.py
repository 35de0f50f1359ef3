"""What midpoint and largest gap share: around a block, and into its aisles from both rows."""

from __future__ import annotations

from abc import abstractmethod

from optimizer.routing.policies.blocks import Block, SubAisle
from optimizer.routing.policies.by_aisle import BlockByBlockRouter
from optimizer.routing.policies.walk import Ground, Walk


class PerimeterRouter(BlockByBlockRouter):
    """Base of the policies that follow the edge of a block.

    One block: the first aisle with picks is walked through to the far row. Along it every other
    aisle but the last is entered, picked as far as the policy says, and left again. The last
    aisle is walked through to the near row, along which the picker goes back and enters the
    aisles between the first and the last for what remains in them. Two aisles are both walked
    through; one only is left at the near row, where it was entered.

    Several blocks: as told in :mod:`optimizer.routing.policies.by_aisle`. In a nearer block the
    picker already stands at the far row, so the first sub-aisle is treated as those between; one
    only is walked through.
    """

    @abstractmethod
    def _near_picks(self, sub: SubAisle) -> int:
        """Return how many picks of a sub-aisle are visited from the near row."""

    def _work(self, block: Block, walk: Walk, ground: Ground, at_far_row: bool) -> SubAisle:
        *between, last = block
        if not between:
            if at_far_row:
                walk.through(last, from_far=True)
            else:
                walk.into(last, from_far=False)
            return last
        if not at_far_row:
            walk.through(between.pop(0), from_far=False)
        near = [self._near_picks(sub) for sub in between]
        for sub, n_near in zip(between, near, strict=True):
            walk.into(sub, len(sub.picks) - n_near, from_far=True)
        walk.through(last, from_far=True)
        for sub, n_near in zip(reversed(between), reversed(near), strict=True):
            walk.into(sub, n_near, from_far=False)
            last = sub if n_near else last
        return last
