"""Parameters of a planning run: what may be chosen without changing the code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Minimise(StrEnum):
    """What batches are to make small."""

    METRES = "metres"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Params:
    """Rules of one planning run.

    Parameters
    ----------
    partial_orders
        Plan what is there of an order that stock does not cover, and leave out only the missing
        units. Otherwise such an order is left out whole.
    minimise
        The walk, or the time of the lists by the time model: fetching a cart once less may be worth
        a longer walk.
    """

    partial_orders: bool = False
    minimise: Minimise = Minimise.METRES
