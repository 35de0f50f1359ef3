"""Largest-gap routing: aisles are entered from both ends, leaving out their largest gap."""

from __future__ import annotations

from optimizer.ids import LocationId
from optimizer.routing.by_aisle import (
    AisleByAisleRouter,
    Block,
    SubAisle,
    nearest_side_first,
    outward_and_back,
)


class LargestGapRouter(AisleByAisleRouter):
    """Router for the largest-gap policy between parallel aisles.

    The first aisle is walked through to the far row; along it every other aisle is entered as far
    as its largest gap; the last one is walked through to the near row, along which the other
    halves are visited on the way back. A gap lies between two neighbouring picks or between a row
    and the pick next to it. With several blocks: through the first pick aisle to the farthest
    block; nearer blocks are entered from their far row, so that their first sub-aisle is not
    walked through. Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306 (one block).
    Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross
    aisles. International Journal of Production Research 39(9), 1865-1883.
    DOI 10.1080/00207540110028128 (several blocks).
    """

    policy = "largest-gap"

    def _in_aisles(self, blocks: tuple[Block, ...]) -> list[LocationId]:
        order, remaining, across = outward_and_back(blocks)
        far_row = False
        for block in remaining:
            first, *others = nearest_side_first(block, across)
            across = first.across_mm
            if not others:
                order += first.inwards() if far_row else first.outwards()
                far_row = True
                continue
            halves: list[SubAisle] = others[:-1]
            if far_row:
                halves = [first, *halves]
            else:
                order += first.outwards()
            for sub in halves:
                order += [location for _, location in reversed(sub.picks[largest_gap(sub) :])]
            order += others[-1].inwards()
            for sub in reversed(halves):
                order += [location for _, location in sub.picks[: largest_gap(sub)]]
                across = sub.across_mm
            far_row = True
        return order


def largest_gap(sub: SubAisle) -> int:
    """Return how many picks lie on the near side of the largest gap (the first of equals)."""
    ends = [0, *(along for along, _ in sub.picks), sub.length_mm]
    gaps = [ends[n + 1] - ends[n] for n in range(len(ends) - 1)]
    return gaps.index(max(gaps))
