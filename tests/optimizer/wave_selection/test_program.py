from __future__ import annotations

import pytest
from ortools.util.python.solve_interrupter import SolveInterrupter

from optimizer.wave_selection.problem import UnitsPerAisle, Wave, WaveProblem
from optimizer.wave_selection.program import WaveProgram
from optimizer.wave_selection.select import ratio_of
from optimizer.wave_selection.tables import servable_orders
from tests.optimizer.wave_selection.waves import best_by_trying_all, random_problem


def program_of(problem: WaveProblem) -> WaveProgram:
    return WaveProgram(problem, servable_orders(problem))


@pytest.mark.parametrize("seed", range(25))
def test_no_wave_is_above_the_bound_of_the_relaxation(seed: int) -> None:
    problem = random_problem(seed)
    bound = program_of(problem).largest_ratio(SolveInterrupter())
    best = best_by_trying_all(problem)
    assert bound is not None
    assert bound >= (0 if best is None else float(best))


def test_the_bound_counts_whole_aisles() -> None:
    # Three units from aisles of two: 1.5 aisles would make a ratio of 2, whole ones are two.
    problem = WaveProblem(1, (((0, 1),),) * 3, (((0, 2),), ((0, 2),)), 3, 3)
    assert program_of(problem).largest_ratio(SolveInterrupter()) == pytest.approx(1.5, rel=1e-5)


def test_an_interrupted_relaxation_has_no_bound() -> None:
    interrupter = SolveInterrupter()
    interrupter.interrupt()
    problem = random_problem(1, n_orders=300, n_aisles=80)
    assert program_of(problem).largest_ratio(interrupter) is None


@pytest.mark.parametrize("seed", range(25))
def test_better_waves_are_found_until_there_are_none(seed: int) -> None:
    problem = random_problem(seed)
    program = program_of(problem)
    best = best_by_trying_all(problem)
    ratio: UnitsPerAisle | None = None
    while (answer := program.better_than(ratio, seconds=30)).wave is not None:
        found = ratio_of(problem, answer.wave)
        assert found.is_better_than(ratio)
        # The bound is one of units - price * aisles for the price of the ratio before.
        if best is not None and ratio is not None:
            assert best.units - float(ratio) * best.aisles <= answer.bound + 1e-6
        ratio = found
    assert answer.ended
    assert (ratio is None) == (best is None)
    if ratio is not None and best is not None:
        assert float(ratio) == float(best)


def test_orders_are_packed_anew_into_given_aisles() -> None:
    # Aisle 0 holds four units of item 0: orders 1 and 2 fill it, the largest alone does not.
    orders = (((0, 3),), ((0, 2),), ((0, 2),))
    problem = WaveProblem(1, orders, (((0, 4),), ((0, 9),)), 1, 9)
    program = program_of(problem)
    assert program.best_of((0,), seconds=30) == Wave((1, 2), (0,))
    assert program.best_of((1,), seconds=30) == Wave((0, 1, 2), (1,))
