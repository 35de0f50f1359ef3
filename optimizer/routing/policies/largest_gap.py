"""Largest-gap routing: aisles are entered from both ends, leaving out their largest gap."""

from __future__ import annotations

from optimizer.routing.policies.blocks import SubAisle
from optimizer.routing.policies.perimeter import PerimeterRouter


class LargestGapRouter(PerimeterRouter):
    """Router for the largest-gap policy between parallel aisles.

    The walk is that of :class:`~optimizer.routing.policies.perimeter.PerimeterRouter`. In an aisle
    that is not walked through, the picker leaves out the largest gap: the longest part between two
    neighbouring picks, or between a row and the pick next to it; of equal ones the one nearest to
    the near row. Picks beyond it are visited from the far row, the others from the near row.
    Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306 (one block).
    Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross
    aisles. International Journal of Production Research 39(9), 1865-1883.
    DOI 10.1080/00207540110028128 (several blocks).
    """

    policy = "largest-gap"

    def _near_picks(self, sub: SubAisle) -> int:
        return largest_gap(sub)


def largest_gap(sub: SubAisle) -> int:
    """Return how many picks lie on the near side of the largest gap (the first of equals)."""
    ends = [0, *(along for along, _ in sub.picks), sub.length_mm]
    gaps = [ends[n + 1] - ends[n] for n in range(len(ends) - 1)]
    return gaps.index(max(gaps))
