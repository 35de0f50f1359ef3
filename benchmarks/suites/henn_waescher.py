"""Order batching on the public instances of Henn and Wäscher.

72 classes (policy, 20 to 100 orders, 30 to 75 pieces on a cart) times two ways of storing, by
turnover classes or uniformly; ten instances each but for one that is missing. 10 aisles of 45
cells, pitch 5, stub 1.5, no rounding. Tours are shortest ones, whatever policy the class is named
after; 78 of the best-known values are not proven.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.bin_packing import fewest_bins
from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import BenchError
from benchmarks.readers.hessler_irnich import parse_instance
from benchmarks.suite import Request
from benchmarks.suites.order_batching import SOURCE, BatchingCase, sizes_of_orders

ARCHIVE = "henn_waescher.tar.xz"

STORAGES = {"class": "HennWaescherClassBased", "uniform": "HennWaescherUniform"}
"""Folder in the archive, and data set of the best-known values, per way of storing."""

TIGHT = 0.99
"""Share of the fewest possible carts that is filled where an instance is called tight."""

TURNS = (0, 1, 3, 2)
"""Place of the capacity that comes first among instances of equally many orders, in turn."""

_NAME = re.compile(r"(\d+)([ls])-(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class HennWaescherName:
    """An instance: ``<number><policy>-<orders>-<capacity>-<seed>`` with either way of storing.

    Both ways have files of the same names, so that the storage belongs to the name of a case. The
    policy, ``l`` (largest gap) or ``s`` (S-shape), is the one whose experiments the orders were
    made for.
    """

    storage: str
    file: str
    number: int
    policy: str
    n_orders: int
    capacity: int

    @classmethod
    def of(cls, storage: str, file: str) -> HennWaescherName:
        """Return the parts of a file's name.

        Raises
        ------
        BenchError
            When it has others.
        """
        parts = _NAME.fullmatch(file)
        if parts is None:
            raise BenchError(f'"{file}" is no name of an instance of Henn and Wäscher')
        number, policy, n_orders, capacity, _ = parts.groups()
        return cls(storage, file, int(number), policy, int(n_orders), int(capacity))

    @property
    def is_second(self) -> bool:
        """Return whether this storage is the second of its class.

        A balanced sample of half as many as there are classes and storages takes the second of
        each two strata: each class once, and both storages equally often for every number of
        orders, every capacity and (all in all) every policy.
        """
        steps = self.n_orders // 10 + self.capacity // 15 + "ls".index(self.policy)
        return (self.storage == "class") == (steps % 2 == 0)

    @property
    def rank(self) -> tuple[int, int, bool, tuple[tuple[int, str], ...]]:
        """Return a sorting key: by policy and orders; capacities in turn, then storages.

        Which of the four capacities comes first changes, so that balanced samples of every second
        or fourth class do not meet the same capacity or storage again and again.
        """
        block, place = divmod(self.number - 1, 4)
        return block, (place - TURNS[block % 4]) % 4, self.is_second, natural_key(self.file)

    def case(self, text: str, best_known: BestKnown | None) -> BatchingCase:
        """Return the case of a file."""
        name = f"{self.storage}-{self.file}"
        group = f"{self.n_orders}/{self.capacity}"
        return BatchingCase(name, text, group, name.rpartition("-")[0], best_known)


@dataclass(frozen=True, slots=True)
class HennWaescherSuite:
    """The instances of Henn and Wäscher, or those of them that are ``wanted``."""

    name: str
    wanted: Callable[[HennWaescherName, str], bool]
    unit: str = "length units"
    seeded: bool = True
    seconds: float = 20.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[BatchingCase]:
        """Return the cases by class; see :class:`~benchmarks.suite.Suite`.

        See :attr:`HennWaescherName.rank` for their order.
        """
        folder = DataFolder.find(request.data, source=SOURCE)
        best = {storage: folder.best_known(dataset) for storage, dataset in STORAGES.items()}
        files = [
            (name, text) for name, text in henn_waescher_texts(folder) if self.wanted(name, text)
        ]
        files.sort(key=lambda one: one[0].rank)
        return [name.case(text, best[name.storage].get(name.file)) for name, text in files]


def henn_waescher_texts(folder: DataFolder) -> Iterator[tuple[HennWaescherName, str]]:
    """Yield the files of both ways of storing."""
    storage_of = {dataset: storage for storage, dataset in STORAGES.items()}
    members = folder.members(
        ARCHIVE,
        source=SOURCE,
        wanted=lambda path: path.suffix == ".txt" and path.parent.name in storage_of,
    )
    for path, content in members:
        yield (
            HennWaescherName.of(storage_of[path.parent.name], path.stem),
            content.decode("latin-1"),
        )


def is_tight(name: HennWaescherName, text: str) -> bool:
    """Return whether the orders fill the fewest possible carts all but to the brim."""
    sizes = sizes_of_orders(parse_instance(name.file, text))
    total, capacity = sum(sizes), name.capacity
    if total < TIGHT * -(-total // capacity) * capacity:
        return False
    return total >= TIGHT * fewest_bins(sizes, capacity) * capacity


HENN_WAESCHER = HennWaescherSuite("henn-waescher", lambda _name, _text: True)
HENN_WAESCHER_100_75 = HennWaescherSuite(
    "henn-waescher-100-75", lambda name, _text: (name.n_orders, name.capacity) == (100, 75)
)
HENN_WAESCHER_TIGHT = HennWaescherSuite("henn-waescher-tight", is_tight)
