"""What a chaos run did and found, as text for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from tests.history.violation import Violation

_LEAD = (
    "launches", "launches refused", "recalls", "cancellations", "imports", "imports killed",
    "repeated", "looks for a wave to launch in vain",
)  # fmt: skip
_MOST, _LONGEST = 30, 1_000
"""Findings shown, and characters of each."""


@dataclass(slots=True)
class Account:
    """The account of one run.

    Attributes
    ----------
    deaths
        How the server ended: ``random``, or the fail-point that ended it.
    cuts
        Network faults that took effect.
    first_ack_s, all_back_s
        Seconds from each death to the first acknowledgement of a new operation, and until every
        device was connected again (only where the run waited for it).
    totals
        What devices and lead counted.
    drained_s
        Seconds from the last fact until the last outbox was empty, the longest of several runs.
    violations
        What the history checker found.
    faults
        Everything else that must not be: answers that PICK/1 does not allow, launches and imports
        that did not take effect once, tracebacks in the server's log.
    """

    name: str
    seed: int
    devices: int
    database: str
    seconds: float = 0.0
    deaths: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    restores: int = 0
    first_ack_s: list[float] = field(default_factory=list)
    all_back_s: list[float] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)
    drained_s: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, later: Account) -> None:
        """Take in the account of a later run of the same kind, on a database of its own."""
        self.seconds += later.seconds
        self.deaths += later.deaths
        self.cuts += later.cuts
        self.restores += later.restores
        self.first_ack_s += later.first_ack_s
        self.all_back_s += later.all_back_s
        self.totals += later.totals
        self.drained_s = max(self.drained_s, later.drained_s)
        self.violations += later.violations
        self.faults += later.faults

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.violations and not self.faults

    @property
    def acknowledged(self) -> int:
        """Operations that got a verdict."""
        return sum(self.totals[verdict] for verdict in ("applied", "parked", "refused"))

    def as_text(self) -> str:
        """Return the account as Markdown."""
        rows = [
            ("devices, database, seed", f"{self.devices}, {self.database}, {self.seed}"),
            ("seconds", f"{self.seconds:.0f}"),
            ("deaths of the server", _counted(self.deaths)),
            ("network faults", _counted(self.cuts)),
            ("older databases put back", str(self.restores)),
            ("operations acknowledged", _counted(self.totals, "applied", "parked", "refused")),
            ("sent again after a restore", str(self.totals["rewound"])),
            ("messages without an answer", str(self.totals["unanswered"])),
            ("messages sent twice on purpose", str(self.totals["sent_twice"])),
            ("lead", _counted(self.totals, *_LEAD)),
            ("first acknowledgement after a death", _times(self.first_ack_s)),
            ("all devices back after a death", _times(self.all_back_s)),
            ("outboxes empty after the last fact", f"{self.drained_s:.1f} s"),
            ("violations", _counted(Counter(found.rule for found in self.violations))),
            ("other faults", str(len(self.faults))),
        ]  # fmt: skip
        lines = [f"## Chaos: {self.name}", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in rows if value]
        found = [*map(str, self.violations), *self.faults]
        lines += ["", *(f"- {each[:_LONGEST]}" for each in found[:_MOST])]
        return "\n".join(lines)


def _counted(counts: Counter[str], *names: str) -> str:
    wanted = names or tuple(sorted(counts))
    shown = [f"{counts[name]:,} {name}" for name in wanted if counts[name]]
    total = sum(counts[name] for name in wanted)
    return f"{total:,} ({', '.join(shown)})" if shown else "0"


def _times(seconds: list[float]) -> str:
    if not seconds:
        return ""
    return f"median {median(seconds):.2f} s, longest {max(seconds):.2f} s, {len(seconds)} measured"
