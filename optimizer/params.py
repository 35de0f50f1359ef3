"""Parameters of a planning run: what may be chosen without changing the code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from optimizer.errors import ProblemError


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
    division_price_mm
        Where orders have totes of their own, one may be divided over two batches when that saves
        more than this walk: the price of bringing its totes together. ``None``: never.

    Raises
    ------
    ProblemError
        A price below zero.
    """

    partial_orders: bool = False
    minimise: Minimise = Minimise.METRES
    division_price_mm: int | None = None

    def __post_init__(self) -> None:
        if self.division_price_mm is not None and self.division_price_mm < 0:
            raise ProblemError("the price of dividing an order must not be below zero")
