"""The best wave: annealing, then an integer program that improves or proves it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from optimizer.errors import RejectedPlanError
from optimizer.stopping import Stop, seconds_left
from optimizer.wave_selection.annealing import WaveSearch
from optimizer.wave_selection.incumbent import Incumbent
from optimizer.wave_selection.problem import UnitsPerAisle, Wave, WaveProblem, total
from optimizer.wave_selection.program import TOLERANCE, WaveProgram
from optimizer.wave_selection.tables import servable_orders, tables_of

PACKING_SECONDS = 2.0
"""Limit of choosing the orders alone anew, which mostly takes a fraction of a second."""

FIRST_SECONDS = 5.0
"""How long the program searches at first; then it learns what the annealing has found, and begins
again with twice the time."""


@dataclass(frozen=True, slots=True)
class SelectedWave:
    """The best wave found, and what is known about better ones.

    Parameters
    ----------
    wave
        Orders and aisles.
    ratio
        Its units and aisles.
    bound
        No wave has more units per aisle than this; ``None`` where no bound was asked for.
    proven
        Whether no wave is better.
    """

    wave: Wave
    ratio: UnitsPerAisle
    bound: float | None
    proven: bool


def anneal_wave(problem: WaveProblem, *, seed: int, stop: Stop) -> SelectedWave | None:
    """Return the best wave that annealing finds, ``None`` where it finds none.

    Heuristic, without a bound; deterministic for a seed and a number of steps.

    Parameters
    ----------
    problem
        Orders, stock by aisle and limits.
    seed
        Of the random choices, >= 0.
    stop
        Ends the annealing.
    """
    orders = servable_orders(problem)
    search = _constructed(problem, orders, seed)
    search.anneal(stop)
    best = Incumbent(search, orders).best
    if best is None:
        return None
    return SelectedWave(best[0], ratio_of(problem, best[0]), None, False)


def select_wave(problem: WaveProblem, *, seed: int, stop: Stop) -> SelectedWave | None:
    """Return the wave of most units per aisle that is found, ``None`` where there is none found.

    An integer program runs beside the annealing, each on a core; both learn of the other's better
    waves. It ends early with a proof. How far the program gets depends on the machine: the answer
    is not deterministic unless it is proven.

    Parameters
    ----------
    problem
        Orders, stock by aisle and limits. A wave that picks nothing is none.
    seed
        Of the random choices, >= 0.
    stop
        Ends both. Asked by the annealing, in a thread of its own; the program knows of it only
        its limit of time, and sees every few seconds whether the annealing has ended otherwise.

    References
    ----------
    As :mod:`optimizer.wave_selection.annealing` and :mod:`optimizer.wave_selection.program`.
    """
    orders = servable_orders(problem)
    if not orders or not problem.aisles:
        return None
    search = _constructed(problem, orders, seed)
    incumbent = Incumbent(search, orders)
    with ThreadPoolExecutor(max_workers=1) as pool:
        annealing = pool.submit(_annealed, search, incumbent, stop)
        try:
            bound, proven = _bounded(problem, WaveProgram(problem, orders), incumbent, stop)
            if not proven:
                annealing.result()
        finally:
            incumbent.close()
    best = incumbent.best
    if best is None:
        return None
    ratio = ratio_of(problem, best[0])
    if proven or _is_tight(bound, ratio):
        return SelectedWave(best[0], ratio, float(ratio), True)
    return SelectedWave(best[0], ratio, None if math.isinf(bound) else bound, False)


def ratio_of(problem: WaveProblem, wave: Wave) -> UnitsPerAisle:
    """Return units and aisles of a wave.

    Raises
    ------
    RejectedPlanError
        When the wave breaks a rule of the problem: a fault of the program that made it.
    """
    asked = total(problem.orders[index] for index in wave.orders)
    stock = total(problem.aisles[index] for index in wave.aisles)
    units = asked.total()
    if len(set(wave.orders)) < len(wave.orders) or len(set(wave.aisles)) < len(wave.aisles):
        raise RejectedPlanError("an order or aisle is in the wave twice")
    if not wave.aisles or not problem.least_units <= units <= problem.most_units:
        raise RejectedPlanError(f"a wave of {units} units from {len(wave.aisles)} aisles")
    for item, quantity in asked.items():
        if quantity > stock[item]:
            raise RejectedPlanError(f"item {item}: {quantity} asked, {stock[item]} in stock")
    return UnitsPerAisle(units, len(wave.aisles))


def _constructed(problem: WaveProblem, orders: Sequence[int], seed: int) -> WaveSearch:
    search = WaveSearch(
        tables_of(problem, orders),
        least_units=problem.least_units,
        most_units=problem.most_units,
        seed=seed,
    )
    search.construct()
    return search


def _annealed(search: WaveSearch, incumbent: Incumbent, stop: Stop) -> None:
    try:
        search.anneal(incumbent.exchanging(stop))
    finally:
        # Also after an error: the program would not end without it.
        incumbent.close()


def _bounded(
    problem: WaveProblem, program: WaveProgram, incumbent: Incumbent, stop: Stop
) -> tuple[float, bool]:
    """Return a bound of the ratio, and whether no wave is better than the incumbent.

    Improves the incumbent on the way. Ends with a proof or when the search has ended.
    """

    def limited(seconds: float) -> float:
        left = seconds_left(stop)
        return seconds if left is None else min(seconds, left)

    relaxed = program.largest_ratio(incumbent.ending)
    bound = math.inf if relaxed is None else relaxed
    packed: tuple[int, ...] = ()
    seconds = FIRST_SECONDS
    while not incumbent.is_closed:
        wave, ratio = incumbent.best or (None, None)
        if ratio is not None and _is_tight(bound, ratio):
            return bound, True
        if wave is not None and wave.aisles != packed:
            packed = wave.aisles
            fuller = program.best_of(packed, seconds=limited(PACKING_SECONDS))
            if fuller is not None and incumbent.offer(fuller, ratio_of(problem, fuller)):
                continue
        answer = program.better_than(ratio, seconds=limited(seconds))
        # With at least one aisle, units - price * aisles <= b means a ratio of at most price + b.
        price = 0.0 if ratio is None else float(ratio)
        bound = min(bound, price + max(0.0, answer.bound) * (1 + TOLERANCE))
        if answer.wave is not None:
            incumbent.offer(answer.wave, ratio_of(problem, answer.wave))
        elif answer.ended:
            return bound, True
        seconds = seconds if answer.ended else 2 * seconds
    return bound, False


def _is_tight(bound: float, ratio: UnitsPerAisle) -> bool:
    return bound <= float(ratio) * (1 + 1e-12)
