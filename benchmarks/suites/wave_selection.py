"""Which orders form the best wave, on the 20 public instances of Mercado Libre (SBPO 2025, set a).

Orders and aisles are chosen so that most units are picked per visited aisle; the units lie within
limits and the stock of the aisles covers the orders. Walking is not counted. The published values
are the best of the contest, heuristic, and rounded to six decimals: they are taken as the fraction
of units by aisles that they stand for.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import WrongAnswerError
from benchmarks.readers.mercado_libre import (
    Units,
    WaveInstance,
    count_of_aisles,
    count_of_orders,
    parse_wave_instance,
)
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.errors import OptimizerError
from optimizer.stopping import MaxSeconds
from optimizer.wave_selection.problem import WaveProblem
from optimizer.wave_selection.select import select_wave

ARCHIVE = "sbpo_a.tar.xz"
DATASET = "SBPO2025_a"
SOURCE = (
    "the instances are the folder datasets/a of mercadolibre/challenge-sbpo-2025 on GitHub; pack "
    "its text files with tar and xz"
)

HALF_A_DIGIT = 6e-7
"""How far a published value may lie from what was rounded to six decimals."""


class NoWaveError(OptimizerError):
    """No wave within the limits was found."""


@dataclass(frozen=True, slots=True)
class WaveCase:
    """One instance; the solution is ``{"orders": [order, …], "aisles": [aisle, …]}``."""

    name: str
    text: str
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """The range in which the number of orders lies."""
        n_orders = count_of_orders(self.name, self.text)
        if n_orders < 1000:
            return "fewer than 1000 orders"
        return "1000 to 4999 orders" if n_orders < 5000 else "5000 orders and more"

    @property
    def stratum(self) -> str:
        return self.group

    def solve(self, budget: Budget) -> Attempt:
        """Return the wave of most units per aisle."""
        instance = parse_wave_instance(self.name, self.text)
        begun = time.perf_counter()
        problem = WaveProblem(
            n_items=instance.n_items,
            orders=instance.orders,
            aisles=instance.aisles,
            least_units=instance.least_units,
            most_units=instance.most_units,
        )
        found = select_wave(problem, seed=budget.seed, stop=MaxSeconds(budget.seconds))
        seconds = time.perf_counter() - begun
        if found is None:
            raise NoWaveError("no wave within the limits was found")
        return Attempt(
            objective=float(found.ratio),
            seconds=seconds,
            solution={"orders": list(found.wave.orders), "aisles": list(found.wave.aisles)},
            bound=found.bound,
            proven=found.proven,
        )

    def judge(self, solution: Json) -> float:
        """Return the units per aisle; the aisles must cover the orders within the limits."""
        return judged(parse_wave_instance(self.name, self.text), solution)


def judged(instance: WaveInstance, solution: Json) -> float:
    """Return the units per aisle of a solution document.

    Raises
    ------
    WrongAnswerError
        When the document is malformed, names an order or aisle twice or one that is not there, has
        no aisle, or breaks the limits, or when stock is missing.
    """
    orders = _numbers(solution, "orders", len(instance.orders))
    aisles = _numbers(solution, "aisles", len(instance.aisles))
    asked = _added(instance.orders, orders)
    stock = _added(instance.aisles, aisles)
    if not aisles:
        raise WrongAnswerError("a wave visits at least one aisle")
    units = asked.total()
    if not instance.least_units <= units <= instance.most_units:
        raise WrongAnswerError(
            f"the wave has {units} units, not {instance.least_units} to {instance.most_units}"
        )
    for item, quantity in sorted(asked.items()):
        if quantity > stock[item]:
            raise WrongAnswerError(
                f"{quantity} of item {item} are asked, the aisles hold {stock[item]}"
            )
    return units / len(aisles)


def _added(rows: Sequence[Units], chosen: Sequence[int]) -> Counter[int]:
    total: Counter[int] = Counter()
    for row in chosen:
        for item, quantity in rows[row]:
            total[item] += quantity
    return total


def _numbers(solution: Json, key: str, count: int) -> list[int]:
    values = solution.get(key) if isinstance(solution, dict) else None
    numbers = [one for one in values if type(one) is int] if isinstance(values, list) else []
    if not isinstance(values, list) or len(numbers) < len(values):
        raise WrongAnswerError(f'a solution has a list of numbers "{key}"')
    for number, times in Counter(numbers).items():
        if not 0 <= number < count:
            raise WrongAnswerError(f"{key}: there is no number {number}")
        if times > 1:
            raise WrongAnswerError(f"{key}: {number} is named {times} times")
    return numbers


def unrounded(published: BestKnown, n_aisles: int) -> BestKnown:
    """Return the fraction with at most so many aisles that a published value was rounded from."""
    nearest = Fraction(published.value).limit_denominator(max(1, n_aisles))
    if abs(float(nearest) - published.value) > HALF_A_DIGIT:
        return published
    return replace(published, value=float(nearest))


@dataclass(frozen=True, slots=True)
class WaveSuite:
    """All instances. The objective is maximised."""

    name: str = "wave-selection"
    unit: str = "units per aisle"
    seeded: bool = True
    seconds: float = 60.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[WaveCase]:
        """Return the cases by number; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(DATASET)
        texts = dict(folder.texts(ARCHIVE, source=SOURCE, wanted=lambda _: True))
        return [
            WaveCase(name, texts[name], _best(name, texts[name], best.get(name)))
            for name in sorted(texts, key=natural_key)
        ]


def _best(name: str, text: str, published: BestKnown | None) -> BestKnown | None:
    return None if published is None else unrounded(published, count_of_aisles(name, text))


WAVE_SELECTION = WaveSuite()
