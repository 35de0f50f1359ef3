"""What a rehearsal is asked to do, who and what takes part, and the account of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.files.mapping import Mapping as OrderMapping

LEAD = ("B-1001", "246810")
PICKER_PIN = "135790"
CART = "cart-6"
_N_TOTES = 4_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    Attributes
    ----------
    data, source, mapping
        The order file, its name, and how it is read.
    n_orders
        Orders in the wave, at most.
    fewest_lines
        Take the orders with the fewest lines, else the first ones; real files have a few orders
        with hundreds of lines, which cost most of the time.
    n_pickers
        Simulated pickers.
    seconds
        Time limit of the planning run.
    method
        Method that is launched; the recommended one where None.
    seed
        Decides sizes, stock, plans and everything that goes wrong.
    patience_s
        Longest time the picking may take.
    """

    data: bytes
    source: str
    mapping: OrderMapping
    n_orders: int
    fewest_lines: bool
    n_pickers: int
    seconds: float
    method: str | None
    seed: int
    patience_s: float = 600.0


@dataclass(slots=True)
class Account:
    """What happened: facts by step, how long each step took, and what was checked."""

    facts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def check(self, name: str, holds: bool, *differences: str) -> None:
        """Note whether something holds that must; with what speaks against it."""
        self.checks[name] = holds
        if not holds:
            self.differences += [f"{name}: {difference}" for difference in differences or ("no",)]

    @property
    def passed(self) -> bool:
        """Whether everything that was checked holds."""
        return bool(self.checks) and all(self.checks.values())

    def as_json(self) -> dict[str, Any]:
        """Return the account as a JSON document."""
        return {
            "format": "wavepick-rehearsal/1",
            "passed": self.passed,
            "checks": self.checks,
            "differences": self.differences,
            "seconds": {name: round(value, 2) for name, value in self.seconds.items()},
            **self.facts,
        }


def badges(count: int) -> list[str]:
    """Return the badges of so many pickers; the last one stands at the put wall."""
    return [f"B-{2001 + number}" for number in range(count)]


def tote_codes() -> list[str]:
    """Return the barcodes of the rehearsal's totes."""
    return [f"T-{number:04d}" for number in range(1, _N_TOTES + 1)]


def differences(first: Any, second: Any, *, at: str = "") -> list[str]:
    """Return where two JSON documents differ, as ``/pointer: this, that``, at most 50."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        found: list[str] = []
        for name in dict.fromkeys([*first, *second]):
            if first.get(name) != second.get(name):
                found += differences(first.get(name), second.get(name), at=f"{at}/{name}")
        return found[:50]
    return [] if first == second else [f"{at or '/'}: {first!r}, {second!r}"]
