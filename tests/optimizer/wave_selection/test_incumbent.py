from __future__ import annotations

from optimizer.stopping import MaxIterations, never
from optimizer.wave_selection.annealing import WaveSearch
from optimizer.wave_selection.incumbent import Incumbent
from optimizer.wave_selection.problem import UnitsPerAisle, Wave, WaveProblem
from optimizer.wave_selection.tables import tables_of

# Order 0 cannot be served; orders 1 and 2 are places 0 and 1 of the search.
PROBLEM = WaveProblem(1, (((0, 9),), ((0, 1),), ((0, 2),)), (((0, 3),), ((0, 1),)), 0, 9)
ORDERS = (1, 2)


def search() -> WaveSearch:
    return WaveSearch(tables_of(PROBLEM, ORDERS), least_units=0, most_units=9, seed=1)


def test_what_the_search_finds_is_told_in_orders_of_the_problem() -> None:
    one = search()
    incumbent = Incumbent(one, ORDERS)
    assert incumbent.best is None
    one.construct()
    assert not incumbent.exchanging(never)()
    assert incumbent.best == (Wave((1, 2), (0,)), UnitsPerAisle(3, 1))


def test_the_search_is_handed_what_is_better() -> None:
    one = search()
    incumbent = Incumbent(one, ORDERS)
    assert incumbent.offer(Wave((2,), (0,)), UnitsPerAisle(2, 1))
    assert not incumbent.offer(Wave((1,), (1,)), UnitsPerAisle(1, 1))
    incumbent.exchanging(never)()
    assert (one.wave, one.ratio) == (Wave((1,), (0,)), UnitsPerAisle(2, 1))


def test_the_end_of_the_search_interrupts_solvers() -> None:
    incumbent = Incumbent(search(), ORDERS)
    question = incumbent.exchanging(MaxIterations(1))
    assert not question()
    assert not incumbent.ending.interrupted
    assert question()
    assert incumbent.is_closed
    assert incumbent.ending.interrupted
