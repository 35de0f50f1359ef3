"""Joint order selection, allocation, batching and picking on Zalando's small instances.

Selected orders need at least a given number of items together. The length is counted as published,
through a cross-aisle also within one aisle; an item is used once, an order selected once, which the
published check leaves out. The best-known values are those of a public leaderboard, none proven.
They follow the same rules, yet seem to be made of whole batches, as the published greedy method
makes them: some 360 items where some 260 are asked. Compare with that in mind.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import WrongAnswerError
from benchmarks.readers.zalando import parse_zalando
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.order_selection.problem import SelectionProblem
from optimizer.order_selection.solver import select_orders
from optimizer.stopping import MaxSeconds

ARCHIVE = "zalando_small.tar.xz"
DATASET = "Zalando_small"
SOURCE = (
    "Zalando's instances, MIT licence, are published on GitHub as zalandoresearch/"
    "batching-benchmarks; pack the folders of the small ones with tar and xz"
)


@dataclass(frozen=True, slots=True)
class ZalandoCase:
    """One instance; a solution is ``{"batches": [{"orders": […], "picklists": [[…], …]}, …]}``.

    Orders and items by their names; items in walking order.
    """

    name: str
    documents: Mapping[str, str]
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """The name without the number of the instance."""
        return self.name.rpartition("-")[0]

    @property
    def stratum(self) -> str:
        """As :attr:`group`."""
        return self.group

    def solve(self, budget: Budget) -> Attempt:
        """Return the best plan of the search within the budget."""
        instance = parse_zalando(self.name, self.documents)
        begun = time.perf_counter()
        plan = select_orders(instance.problem, stop=MaxSeconds(budget.seconds), seed=budget.seed)
        return Attempt(
            objective=plan.length,
            seconds=time.perf_counter() - begun,
            solution={
                "batches": [
                    {
                        "orders": [instance.orders[order] for order in batch.orders],
                        "picklists": [
                            [instance.items[one] for one in walk] for walk in batch.lists
                        ],
                    }
                    for batch in plan.batches
                ]
            },
            figures={"rounds": plan.rounds, "items": plan.n_lines},
        )

    def judge(self, solution: Json) -> float:
        """Return the length of all pick lists; every rule is checked."""
        instance = parse_zalando(self.name, self.documents)
        problem = instance.problem
        orders = {name: index for index, name in enumerate(instance.orders)}
        items = {name: index for index, name in enumerate(instance.items)}
        orders_used: Counter[str] = Counter()
        items_used: Counter[str] = Counter()
        length, n_lines = 0, 0
        for names, lists in _read_batches(solution):
            orders_used.update(names)
            items_used.update(name for one in lists for name in one)
            try:
                picked = [[items[name] for name in one] for one in lists]
                _check_batch(problem, [orders[name] for name in names], picked)
            except KeyError as error:
                raise WrongAnswerError(f"there is no order or item {error}") from error
            length += sum(walked(problem, one) for one in picked)
            n_lines += sum(map(len, picked))
        for kind, used in (("order", orders_used), ("item", items_used)):
            for name, times in used.items():
                if times > 1:
                    raise WrongAnswerError(f"{kind} {name} is used {times} times")
        if n_lines < problem.least_lines:
            raise WrongAnswerError(f"{problem.least_lines} items are wanted, {n_lines} are picked")
        return length


@dataclass(frozen=True, slots=True)
class ZalandoSuite:
    """The small instances: 500 orders, 10,000 items, 10 zones."""

    name: str = "zalando"
    unit: str = "length units"
    seeded: bool = True
    seconds: float = 60.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[ZalandoCase]:
        """Return the cases, by name; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(DATASET)
        found = _documents(folder)
        return [
            ZalandoCase(name, found[name], best.get(name))
            for name in sorted(found, key=natural_key)
        ]


def walked(problem: SelectionProblem, pieces: Sequence[int]) -> int:
    """Return the published length of a pick list, from the station and back."""
    places = [(0, 0), *((problem.pieces[p].aisle, problem.pieces[p].row) for p in pieces), (0, 0)]
    return sum(
        abs(places[k][0] - places[k + 1][0]) + _rows(problem, places[k][1], places[k + 1][1])
        for k in range(len(places) - 1)
    )


def _rows(problem: SelectionProblem, one: int, other: int) -> int:
    by_middle = abs(one) + abs(other)
    if min(one, other) < 0 < max(one, other):
        return by_middle
    return min(by_middle, 2 * (problem.below if one < 0 else problem.above) - by_middle)


def _check_batch(
    problem: SelectionProblem, orders: Sequence[int], lists: Sequence[Sequence[int]]
) -> None:
    if len(orders) > problem.most_orders:
        raise WrongAnswerError(f"a batch has {len(orders)} orders, {problem.most_orders} may be")
    asked = Counter(article for order in orders for article in problem.orders[order])
    if asked != Counter(problem.pieces[piece].article for one in lists for piece in one):
        raise WrongAnswerError("the items of a batch are not those that its orders ask for")
    for one in lists:
        if len({problem.pieces[piece].zone for piece in one}) > 1:
            raise WrongAnswerError("a pick list has items of several zones")
        volume = sum(problem.volumes[problem.pieces[piece].article] for piece in one)
        if volume > problem.most_volume:
            raise WrongAnswerError(
                f"a pick list has the volume {volume}, {problem.most_volume} may be"
            )


def _read_batches(solution: Json) -> list[tuple[list[str], list[list[str]]]]:
    batches = solution.get("batches") if isinstance(solution, dict) else None
    if not isinstance(batches, list):
        raise WrongAnswerError('a solution is an object with a list "batches"')
    found: list[tuple[list[str], list[list[str]]]] = []
    for batch in batches:
        lists = batch.get("picklists") if isinstance(batch, dict) else None
        if not isinstance(batch, dict) or not isinstance(lists, list):
            raise WrongAnswerError('a batch is an object with "orders" and "picklists"')
        found.append((_names(batch.get("orders")), [_names(one) for one in lists]))
    return found


def _names(names: Json) -> list[str]:
    found = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    if not isinstance(names, list) or len(found) < len(names):
        raise WrongAnswerError(f"{names!r} is not a list of names")
    return found


def _documents(folder: DataFolder) -> dict[str, dict[str, str]]:
    """Return the documents of each instance, packed as ``<set>/<instance>/<document>.json``."""
    found: dict[str, dict[str, str]] = {}
    for path, content in folder.members(
        ARCHIVE, source=SOURCE, wanted=lambda path: path.suffix == ".json"
    ):
        found.setdefault(path.parent.name, {})[path.stem] = content.decode("utf-8")
    return found


ZALANDO = ZalandoSuite()
