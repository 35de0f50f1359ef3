from __future__ import annotations

import numpy as np
import pytest

from optimizer.routing.parallel.programme import N_CHOICES, passage_costs
from optimizer.routing.parallel.transitions import (
    CHOICES,
    Passage,
    State,
    add_degree,
    step_across,
    transitions,
    walk_passage,
)

ZERO, ODD, EVEN = 0, 1, 2


@pytest.mark.parametrize(("n_rows", "states"), [(2, 6), (3, 24), (4, 112), (5, 568)])
def test_numbers_of_states_are_those_of_the_literature(n_rows: int, states: int) -> None:
    """Ratliff and Rosenthal 1983 have 6 live classes for 2 rows (besides the finished walk).

    Roodbergen and de Koster 2001 have 24 for 3 rows (their 25th is the finished walk).
    """
    assert transitions(n_rows, 0).n_states == states + 1


def test_open_walks_have_the_closed_ones_among_their_states() -> None:
    assert transitions(2, 2).n_states > transitions(2, 0).n_states
    assert transitions(3, 2).n_states > transitions(3, 0).n_states


@pytest.mark.parametrize("n_rows", [2, 3, 4])
@pytest.mark.parametrize("marks", [0, 2])
def test_tables_lead_from_states_to_states(n_rows: int, marks: int) -> None:
    tables = transitions(n_rows, marks)
    for table in (tables.passage_source, tables.passage_target, tables.step_source):
        assert table.max() < tables.n_states
    assert tables.passage_begin[0, 0] == tables.step_begin[0] == 0
    assert tables.passage_begin[-1, -1] == len(tables.passage_choice)
    assert tables.step_begin[-1] == len(tables.step_code)
    for gap in range(n_rows - 1):
        for state in range(tables.n_states):
            run = slice(*tables.passage_begin[gap, state : state + 2])
            assert set(tables.passage_source[run].tolist()) == {state}
    assert set(tables.passage_choice.tolist()) == set(range(len(CHOICES)))
    assert tables.step_code.max() == len(tables.step_counts) - 1
    assert tables.step_counts.max() == 2
    assert tables.touch.shape == tables.mark.shape == (n_rows, tables.n_states)
    if marks == 0:
        # Every state may be asked to visit any row; only "done" cannot.
        assert (tables.touch[:, :-1] >= 0).all()
    assert (tables.touch[:, -1] == -1).all()
    assert np.flatnonzero(tables.complete)[-1] == tables.n_states - 1


def test_passages_change_degrees_and_join_components() -> None:
    empty = State((ZERO, ZERO), (0, 0))
    assert walk_passage(empty, 0, Passage.EMPTY) == empty
    assert walk_passage(empty, 0, Passage.ONCE) == State((ODD, ODD), (1, 1))
    assert walk_passage(empty, 0, Passage.TWICE) == State((EVEN, EVEN), (1, 1))
    assert walk_passage(empty, 0, Passage.FRONT) == State((EVEN, ZERO), (1, 0))
    assert walk_passage(empty, 0, Passage.BACK) == State((ZERO, EVEN), (0, 1))
    assert walk_passage(empty, 0, Passage.GAP) == State((EVEN, EVEN), (1, 2))
    apart = State((EVEN, ZERO, EVEN), (1, 0, 2))
    assert walk_passage(apart, 1, Passage.ONCE) == State((EVEN, ODD, ODD), (1, 2, 2))
    joined = walk_passage(walk_passage(apart, 1, Passage.TWICE), 0, Passage.ONCE)
    assert joined == State((ODD, ODD, EVEN), (1, 1, 1))


def test_marks_flip_the_parity_of_their_vertex() -> None:
    empty = State((ZERO, ZERO), (0, 0))
    marked = add_degree(empty, 1, 1)
    assert marked == State((ZERO, ODD), (0, 1))
    assert add_degree(marked, 1, 1) == State((ZERO, EVEN), (0, 1))
    assert add_degree(marked, 1, 2) == marked


def test_steps_keep_every_component_alive() -> None:
    apart = State((EVEN, EVEN), (1, 2))
    # Both components must go on, each by walking its row there and back.
    assert list(step_across(apart)) == [((2, 2), apart)]
    odd = State((ODD, ODD), (1, 1))
    assert list(step_across(odd)) == [((1, 1), odd)]
    whole = State((EVEN, EVEN), (1, 1))
    assert list(step_across(whole)) == [
        ((0, 0), None),
        ((0, 2), State((ZERO, EVEN), (0, 1))),
        ((2, 0), State((EVEN, ZERO), (1, 0))),
        ((2, 2), whole),
    ]


def test_only_one_closed_walk_is_complete() -> None:
    assert State((EVEN, ZERO), (1, 0)).complete
    assert not State((ZERO, ZERO), (0, 0)).complete
    assert not State((ODD, ODD), (1, 1)).complete
    assert not State((EVEN, EVEN), (1, 2)).complete


@pytest.mark.parametrize(("n_rows", "passages"), [(2, 21), (3, 156), (4, 1_062), (5, 7_104)])
def test_choices_of_passages_are_merged(n_rows: int, passages: int) -> None:
    # The finished walk passes every stretch by, which is one more transition per stretch.
    assert len(transitions(n_rows, 0).passage_choice) == passages + n_rows - 1


def test_costs_of_choices_are_those_of_their_cheapest_passage() -> None:
    assert len(CHOICES) == N_CHOICES
    costs = np.zeros(N_CHOICES, dtype=np.int64)
    for picks in ([], [300], [100, 800], [100, 200, 900], [700, 800]):
        passage_costs(np.array(picks, dtype=np.int64), 1_000, costs)
        for number, choice in enumerate(CHOICES):
            assert costs[number] == min(costs[passage] for passage in choice)
    # Picks at 0.7 and 0.8 m of 1 m: through 1 m, there and back 1.6 m from the front, 0.6 m from
    # the back, 2 x (1 - 0.1) m around the gap between them.
    assert costs[: len(Passage)].tolist()[1:] == [1_000, 2_000, 1_600, 600, 1_800]
    passage_costs(np.array([400], dtype=np.int64), -1, costs)
    assert (costs[1:3] >= 1 << 50).all()
