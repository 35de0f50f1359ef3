"""The best wave: annealing, then an integer program that improves or proves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.errors import RejectedPlanError
from optimizer.stopping import Stop
from optimizer.wave_selection.annealing import WaveSearch
from optimizer.wave_selection.problem import UnitsPerAisle, Wave, WaveProblem, total
from optimizer.wave_selection.program import TOLERANCE, WaveProgram
from optimizer.wave_selection.tables import servable_orders, tables_of

SHARE_OF_PACKING = 0.2
"""Part of the seconds of the integer program in which the orders alone are chosen anew."""


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


def select_wave(
    problem: WaveProblem,
    *,
    seed: int,
    stop: Stop,
    integer_seconds: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> SelectedWave | None:
    """Return the wave of most units per aisle that is found, ``None`` where there is none found.

    Annealing is deterministic for a seed and a number of steps. The integer program is not: it
    stops by time. Its bound of the relaxation takes as long as it takes, some seconds for 10,000
    orders.

    Parameters
    ----------
    problem
        Orders, stock by aisle and limits.
    seed
        Of the random choices, >= 0.
    stop
        Ends the annealing.
    integer_seconds
        How long the integer program may search; ``None``: no program and no bound.
    clock
        Monotonic seconds.
    """
    orders = servable_orders(problem)
    search = WaveSearch(
        tables_of(problem, orders),
        least_units=problem.least_units,
        most_units=problem.most_units,
        seed=seed,
    )
    search.construct()
    search.anneal(stop)
    if search.ratio is None:
        return None
    wave = Wave(tuple(orders[index] for index in search.wave.orders), search.wave.aisles)
    found = SelectedWave(wave, ratio_of(problem, wave), None, False)
    if integer_seconds is None:
        return found
    until = clock() + integer_seconds
    return _improved(problem, found, WaveProgram(problem, orders), lambda: until - clock())


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


def _improved(
    problem: WaveProblem,
    found: SelectedWave,
    program: WaveProgram,
    seconds_left: Callable[[], float],
) -> SelectedWave:
    """Return the wave after the integer program, with its bound."""
    bound = program.largest_ratio()
    repacked = program.best_of(found.wave.aisles, SHARE_OF_PACKING * seconds_left())
    wave = found.wave
    ratio = found.ratio
    if repacked is not None and ratio_of(problem, repacked).is_better_than(ratio):
        wave, ratio = repacked, ratio_of(problem, repacked)
    while not _is_tight(bound, ratio) and seconds_left() > 0:
        answer = program.better_than(ratio, seconds_left())
        # With at least one aisle, units - price * aisles <= b means a ratio of at most price + b.
        bound = min(bound, float(ratio) + max(0.0, answer.bound) * (1 + TOLERANCE))
        if answer.wave is None:
            if answer.ended:
                return SelectedWave(wave, ratio, float(ratio), True)
            break
        wave, ratio = answer.wave, ratio_of(problem, answer.wave)
    if _is_tight(bound, ratio):
        return SelectedWave(wave, ratio, float(ratio), True)
    return SelectedWave(wave, ratio, bound, False)


def _is_tight(bound: float, ratio: UnitsPerAisle) -> bool:
    return bound <= float(ratio) * (1 + 1e-12)
