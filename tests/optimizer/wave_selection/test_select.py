from __future__ import annotations

import pytest

from optimizer.errors import RejectedPlanError
from optimizer.stopping import MaxIterations, MaxSeconds, never
from optimizer.wave_selection.problem import UnitsPerAisle, Wave, WaveProblem
from optimizer.wave_selection.select import anneal_wave, ratio_of, select_wave
from tests.optimizer.wave_selection.waves import best_by_trying_all, random_problem

# Three units of item 0 from aisle 1 alone; order 0 would need aisle 0 for one unit more.
PROBLEM = WaveProblem(
    n_items=2,
    orders=(((1, 1),), ((0, 2),), ((0, 1),)),
    aisles=(((1, 1),), ((0, 3),), ((0, 2),)),
    least_units=1,
    most_units=4,
)


def test_units_per_aisle_count_and_not_units() -> None:
    # Three units by one aisle; four units by two aisles are fewer for each.
    found = select_wave(PROBLEM, seed=1, stop=MaxSeconds(30))
    assert found is not None
    assert found.wave == Wave((1, 2), (1,))
    assert (found.ratio, found.bound, found.proven) == (UnitsPerAisle(3, 1), 3.0, True)


def test_a_least_number_of_units_costs_aisles() -> None:
    large = WaveProblem(2, PROBLEM.orders, PROBLEM.aisles, 4, 4)
    found = select_wave(large, seed=1, stop=MaxSeconds(30))
    assert found is not None
    assert found.wave == Wave((0, 1, 2), (0, 1))
    assert found.ratio == UnitsPerAisle(4, 2)


@pytest.mark.parametrize("seed", range(25))
def test_the_best_of_all_waves_is_found_and_proven(seed: int) -> None:
    problem = random_problem(seed)
    best = best_by_trying_all(problem)
    found = select_wave(problem, seed=1, stop=MaxSeconds(30))
    if best is None:
        assert found is None
        return
    assert found is not None
    assert float(found.ratio) == float(best)
    assert found.ratio == ratio_of(problem, found.wave)
    assert found.proven
    assert found.bound == float(best)


@pytest.mark.parametrize("seed", range(25))
def test_annealing_alone_comes_near(seed: int) -> None:
    problem = random_problem(seed)
    best = best_by_trying_all(problem)
    found = anneal_wave(problem, seed=1, stop=MaxIterations(12))
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        assert (found.bound, found.proven) == (None, False)
        assert found.ratio == ratio_of(problem, found.wave)
        assert 0.9 * float(best) <= float(found.ratio) <= float(best)


def test_annealing_is_deterministic_for_a_seed_and_steps() -> None:
    problem = random_problem(1, n_orders=60, n_aisles=20)
    one = anneal_wave(problem, seed=5, stop=MaxIterations(12))
    other = anneal_wave(problem, seed=5, stop=MaxIterations(12))
    assert one is not None
    assert one == other


@pytest.mark.parametrize(
    "problem",
    [
        WaveProblem(1, (), (((0, 1),),), 0, 5),
        WaveProblem(1, (((0, 1),),), (), 0, 5),
        WaveProblem(1, (((0, 2),),), (((0, 1),),), 0, 5),
        WaveProblem(1, (((0, 1),),), (((0, 1),),), 2, 5),
        WaveProblem(1, (((0, 1),),), (((0, 1),),), 0, 0),
    ],
    ids=["no order", "no aisle", "too little stock", "too few units", "no unit allowed"],
)
def test_where_nothing_can_be_picked_there_is_no_wave(problem: WaveProblem) -> None:
    # Annealing would search on: the proof that there is none ends it.
    assert select_wave(problem, seed=1, stop=never) is None
    assert anneal_wave(problem, seed=1, stop=MaxIterations(3)) is None


def test_an_error_in_the_annealing_ends_the_program_too() -> None:
    def failing() -> bool:
        raise ZeroDivisionError

    problem = random_problem(1, n_orders=300, n_aisles=80)
    with pytest.raises(ZeroDivisionError):
        select_wave(problem, seed=1, stop=failing)


@pytest.mark.parametrize(
    ("orders", "aisles", "message"),
    [
        ((1, 1), (1,), "twice"),
        ((1,), (1, 1), "twice"),
        ((1,), (), "2 units from 0 aisles"),
        ((), (1,), "0 units from 1 aisles"),
        ((0,), (1,), "item 1: 1 asked, 0 in stock"),
    ],
)
def test_what_is_no_wave_is_rejected(
    orders: tuple[int, ...], aisles: tuple[int, ...], message: str
) -> None:
    with pytest.raises(RejectedPlanError, match=message):
        ratio_of(PROBLEM, Wave(orders, aisles))
