"""What a load run measures: latencies, and what the server's process takes of the machine."""

from __future__ import annotations

import asyncio
import math
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SAMPLE_S = 1.0


@dataclass(slots=True)
class Latencies:
    """Seconds from when facts should have been recorded to their acknowledgement."""

    seconds: list[float] = field(default_factory=list)

    def percentile(self, percent: float) -> float:
        """The latency in ms that ``percent`` of the facts do not exceed (nearest rank).

        NaN without any fact.
        """
        if not self.seconds:
            return math.nan
        ranked = sorted(self.seconds)
        return 1_000 * ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)]


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at one moment."""

    at_s: float
    rss_mb: float
    descriptors: int
    threads: int
    cpu_s: float


class Sampler:
    """Looks at a process once a second, through ``/proc``: load runs are made on Linux."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        self.samples: list[Sample] = []

    def look(self) -> None:
        """Take one sample."""
        # pid (name, which may contain anything) state parent …; user and system ticks are the
        # 12th and 13th after the name, the number of threads the 18th.
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        pages = int((self._folder / "statm").read_text().split()[1])
        self.samples.append(
            Sample(
                at_s=time.monotonic(),
                rss_mb=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
                descriptors=sum(1 for _ in (self._folder / "fd").iterdir()),
                threads=int(fields[17]),
                cpu_s=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            )
        )

    async def watch(self) -> None:
        """Take samples until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(SAMPLE_S)

    @property
    def cpu_s(self) -> float:
        """Processor time of the run; unlike latencies it hardly depends on who else is at work."""
        return self.samples[-1].cpu_s - self.samples[0].cpu_s

    @property
    def cpu_share(self) -> float:
        """Processor time per second of the run, in cores."""
        return self.cpu_s / max(self.samples[-1].at_s - self.samples[0].at_s, 1e-9)


def spread(values: Sequence[float]) -> str:
    """First and highest value, as the tables show them."""
    return f"{values[0]:.0f} → {max(values):.0f}"


def machine() -> str:
    """Processor, cores, system and Python, in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    others = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores shared with the generator, {platform.system()}, "
        f"Python {platform.python_version()}, load average {others:.1f} at the end"
    )
