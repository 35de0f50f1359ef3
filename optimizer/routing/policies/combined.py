"""Combined routing: block by block, each sub-aisle walked through or left where entered."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.routing.policies.blocks import Block, SubAisle
from optimizer.routing.policies.by_aisle import BlockByBlockRouter
from optimizer.routing.policies.walk import Ground, Walk


@dataclass(frozen=True, slots=True)
class _Partial:
    """The best way through the first sub-aisles of a block that ends at one of its rows."""

    length_mm: int
    through: tuple[bool, ...] = ()
    """Per sub-aisle: whether it is walked through; else it is left where it was entered."""

    def then(self, more_mm: int, *, through: bool) -> _Partial:
        return _Partial(self.length_mm + more_mm, (*self.through, through))


class CombinedRouter(BlockByBlockRouter):
    """Router for the combined policy between parallel aisles.

    One block: the aisles with picks, from the start's side to the other, are each visited once,
    either walked through or left where they were entered, after the last pick. The choices that
    together make the walk to the near row of the last aisle shortest are found by a dynamic
    programme over the aisles, whose two states are the row at which the picker stands. Where a
    return and a walk through are as good, it returns.

    Several blocks: as told in :mod:`optimizer.routing.policies.by_aisle`, with one programme per
    block. It begins at the row at which the picker enters the block and ends at the near row.
    Since S-shape and return are among its choices, it is never longer than either. The
    improvements that its authors call combined+ are not made. Heuristic; O(n log n).

    References
    ----------
    Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross
    aisles. International Journal of Production Research 39(9), 1865-1883.
    DOI 10.1080/00207540110028128.
    """

    policy = "combined"

    def _work(self, block: Block, walk: Walk, ground: Ground, at_far_row: bool) -> SubAisle:
        for sub, through in zip(block, _choices(block, ground, at_far_row), strict=True):
            if through:
                walk.through(sub, from_far=at_far_row)
                at_far_row = not at_far_row
            else:
                walk.into(sub, from_far=at_far_row)
        return block[-1]


def _choices(block: Block, ground: Ground, at_far_row: bool) -> tuple[bool, ...]:
    """Return per sub-aisle whether it is walked through, for the shortest way to the near row."""
    near: _Partial | None = None if at_far_row else _Partial(0)
    far: _Partial | None = _Partial(0) if at_far_row else None
    before = block[0]
    for sub in block:
        length = ground.leg_mm(sub.near, sub.far)
        to_near: list[_Partial] = []
        to_far: list[_Partial] = []
        if near is not None:
            moved = ground.leg_mm(before.near, sub.near)
            to_near.append(near.then(moved + 2 * sub.picks[-1][0], through=False))
            to_far.append(near.then(moved + length, through=True))
        if far is not None:
            moved = ground.leg_mm(before.far, sub.far)
            in_and_out = 2 * (sub.length_mm - sub.picks[0][0])
            to_far.insert(0, far.then(moved + in_and_out, through=False))
            to_near.append(far.then(moved + length, through=True))
        near = min(to_near, key=lambda partial: partial.length_mm)
        far = min(to_far, key=lambda partial: partial.length_mm)
        before = sub
    return near.through if near is not None else ()
