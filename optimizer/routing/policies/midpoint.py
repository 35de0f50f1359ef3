"""Midpoint routing: aisles are entered from both ends, never beyond their middle."""

from __future__ import annotations

from optimizer.routing.policies.blocks import SubAisle
from optimizer.routing.policies.perimeter import PerimeterRouter


class MidpointRouter(PerimeterRouter):
    """Router for the midpoint policy between parallel aisles.

    The walk is that of :class:`~optimizer.routing.policies.perimeter.PerimeterRouter`. In an aisle
    that is not walked through, picks up to the middle, the middle included, are visited from the
    near row, those beyond it from the far row. The literature defines the policy for one block;
    several blocks are worked as by largest gap. Heuristic; O(n log n).

    References
    ----------
    Hall, R. W. (1993): Distance approximations for routing manual pickers in a warehouse. IIE
    Transactions 25(4), 76-87. DOI 10.1080/07408179308964306.
    Petersen, C. G. (1997): An evaluation of order picking routeing policies. International Journal
    of Operations & Production Management 17(11), 1098-1111. DOI 10.1108/01443579710177860.
    """

    policy = "midpoint"

    def _near_picks(self, sub: SubAisle) -> int:
        return picks_up_to_the_middle(sub)


def picks_up_to_the_middle(sub: SubAisle) -> int:
    """Return how many picks lie between the near row and the middle, the middle included."""
    return sum(2 * along <= sub.length_mm for along, _ in sub.picks)
