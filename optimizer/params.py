"""Parameters of a planning run: what may be chosen without changing the code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Params:
    """Rules of one planning run.

    Parameters
    ----------
    partial_orders
        Plan what is there of an order that stock does not cover, and leave out only the missing
        units. Otherwise such an order is left out whole.
    """

    partial_orders: bool = False
