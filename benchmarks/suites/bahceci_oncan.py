"""Order batching on the public instances of Bahçeci and Öncan.

1,350 instances of 8 or 12 orders: 10 aisles of 10 cells, pitch 2.4, stub 1, no rounding; every
published optimum is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.data import DataFolder, natural_key
from benchmarks.errors import BenchError
from benchmarks.suite import Request
from benchmarks.suites.order_batching import SOURCE, BatchingCase

ARCHIVE = "bahceci_oncan.tar.xz"
DATASET = "BahceciOencan"


@dataclass(frozen=True, slots=True)
class BahceciOncanSuite:
    """All instances of Bahçeci and Öncan, small enough to be solved exactly."""

    name: str = "bahceci-oncan"
    unit: str = "length units"
    seeded: bool = False
    seconds: float = 1.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[BatchingCase]:
        """Return the cases by pieces, capacity and storage; see :class:`~benchmarks.suite.Suite`.

        Names read ``Pr_<pieces>_<least batches>_<capacity>_<storage>_<number>``.
        """
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(DATASET)
        texts = folder.texts(ARCHIVE, source=SOURCE, wanted=lambda _name: True)
        cases = []
        for name, text in sorted(texts, key=lambda one: natural_key(one[0])):
            try:
                _, pieces, _, capacity, _, _ = name.split("_")
            except ValueError:
                raise BenchError(f'"{name}" is no name of an instance of this set') from None
            group = f"{pieces} pieces, capacity {int(capacity)}"
            stratum = name.rpartition("_")[0]
            cases.append(BatchingCase(name, text, group, stratum, best.get(name)))
        return cases


BAHCECI_ONCAN = BahceciOncanSuite()
