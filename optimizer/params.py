"""Parameters of a planning run: what may be tuned without changing the code."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.errors import OptimizerError


@dataclass(frozen=True, slots=True)
class Params:
    """Rules and search settings of one planning run.

    Parameters
    ----------
    partial_orders
        Plan what is there of an order that stock does not cover, and leave out only the missing
        units. Otherwise such an order is left out whole.
    neighbours
        How many similar orders each order is compared with in savings batching, at least 1.
        Effort grows linearly with it.
    savings_up_to
        Orders up to which savings batching is tried, at least 0. It takes seconds at 1,000 orders
        and is then no better than a sweep, which takes milliseconds.
    cycle
        Moves of one annealing cycle, from hot to cold, at least 1. Annealing ends by itself after
        ``idle_cycles`` cycles without a shorter plan.
    idle_cycles
        At least 1.
    heat
        Starting temperature of a cycle as a share of the mean batch length, above 0 and at most 1.

    Raises
    ------
    OptimizerError
        A value is outside its range.
    """

    partial_orders: bool = False
    neighbours: int = 16
    savings_up_to: int = 800
    cycle: int = 4000
    idle_cycles: int = 2
    heat: float = 0.02

    def __post_init__(self) -> None:
        for name in ("neighbours", "cycle", "idle_cycles"):
            if getattr(self, name) < 1:
                raise OptimizerError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.savings_up_to < 0:
            raise OptimizerError(f"savings_up_to must be at least 0, got {self.savings_up_to}")
        if not 0 < self.heat <= 1:
            raise OptimizerError(f"heat must be above 0 and at most 1, got {self.heat}")
