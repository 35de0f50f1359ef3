"""The outcome of a run as a row of a Markdown table, with what one needs to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.load.measures import machine, spread
from tests.load.site import Crew


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run found.

    ``figures`` are the scenario's own, by name; times in them carry their unit.
    """

    scenario: str
    command: str
    operations: int
    lost: int
    errors: tuple[str, ...]
    figures: Mapping[str, str]
    process: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Nothing was lost, doubled or went wrong; whether it was fast is for the reader."""
        return not self.lost and not self.errors

    def as_text(self) -> str:
        """A table of one row, below what was run, where and when."""
        cells = {
            "scenario": self.scenario,
            "operations": f"{self.operations:,}",
            **self.figures,
            "lost": str(self.lost),
            "errors": str(len(self.errors)),
            **self.process,
        }
        lines = [
            f"`{self.command}`",
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}",
            "",
            f"| {' | '.join(cells)} |",
            f"|{' --- |' * len(cells)}",
            f"| {' | '.join(cells.values())} |",
        ]
        lines += ["", *(f"- {error}" for error in self.errors[:20])] if self.errors else []
        return "\n".join(lines)


def process_figures(crew: Crew) -> dict[str, str]:
    """Memory, descriptors, threads and processor time of the server, first → highest."""
    samples = crew.sampler.samples
    return {
        "RSS MB": spread([sample.rss_mb for sample in samples]),
        "fds": spread([sample.descriptors for sample in samples]),
        "threads": spread([sample.threads for sample in samples]),
        "cores": f"{crew.sampler.cpu_share:.2f}",
        "CPU ms per op": f"{1_000 * crew.sampler.cpu_s / max(1, len(crew.latencies.seconds)):.2f}",
        "syncs per op": f"{crew.syncs / max(1, len(crew.latencies.seconds)):.2f}",
        "generator lag ms": f"{1_000 * max(hand.lag_s for hand in crew.hands):.0f}",
    }


def latency_figures(crew: Crew) -> dict[str, str]:
    """Percentiles of the acknowledgements in ms."""
    found = crew.latencies
    return {
        f"p{percent:g} ms": f"{found.percentile(percent):.1f}"
        for percent in (50, 95, 99, 99.9, 100)
    }
