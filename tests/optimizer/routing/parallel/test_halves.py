"""Tables of half tours, checked by what they must contain."""

from __future__ import annotations

import pytest

from optimizer.routing.parallel.halves import half_tables, passages_of, ways_of
from optimizer.routing.parallel.transitions import Passage, State, add_degree, walk_passage


@pytest.mark.parametrize(
    ("rows", "plain", "marked"), [(2, 6, 6), (3, 24, 34), (4, 112, 200), (5, 568, 1_216)]
)
def test_number_of_states(rows: int, plain: int, marked: int) -> None:
    """Plain states as counted by Cambazard and Catusse 2018; marked ones by our own count."""
    tables = half_tables(rows)
    assert len(tables.plain.states) == plain
    assert tables.plain.n_states == plain + 1
    assert tables.marked.n_states == len(tables.marked.states) == marked


def test_plain_and_marked_states_differ_in_the_parity_of_their_components() -> None:
    tables = half_tables(4)
    for states, ends in ((tables.plain.states, 0), (tables.marked.states, 1)):
        for state in states:
            odd = [
                sum(
                    degree == 1
                    for degree, own in zip(state.degrees, state.components, strict=True)
                    if own == component
                )
                % 2
                for component in range(1, max(state.components) + 1)
            ]
            assert sum(odd) == ends


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_every_way_leads_where_its_passage_leads(rows: int) -> None:
    tables = half_tables(rows)
    for half in (tables.plain, tables.marked):
        for gap, into in enumerate(half.passages):
            for target, found in zip(half.states, into, strict=False):
                for source, choice in found:
                    for passage in passages_of(choice):
                        state = half.states[source]
                        assert walk_passage(state, gap, Passage(passage)) == target


def test_ways_as_arrays_list_every_passage() -> None:
    half = half_tables(3).marked
    ways = ways_of(half)
    for gap, into in enumerate(half.passages):
        for state, found in enumerate(into):
            begin, end = ways.gap_begin[gap, state], ways.gap_begin[gap, state + 1]
            listed = zip(
                ways.gap_source[begin:end].tolist(),
                ways.gap_passage[begin:end].tolist(),
                strict=True,
            )
            assert list(listed) == [(s, p) for s, choice in found for p in passages_of(choice)]


def test_halves_that_make_one_tour() -> None:
    """Two rows, both walked once: one component on one side suffices, none is too little."""
    tables = half_tables(2)
    number = {state: n for n, state in enumerate(tables.plain.states)}
    once = number[State((1, 1), (1, 1))]
    apart, joined = number[State((2, 2), (1, 2))], number[State((2, 2), (1, 1))]
    joins = {(int(left), int(right)) for left, right in tables.plain_joins}
    assert {(once, once), (apart, joined), (joined, apart), (joined, joined)} <= joins
    assert (apart, apart) not in joins
    assert (once, joined) not in joins
    # All of the walk may lie on one side.
    empty, done = 0, len(tables.plain.states)
    assert {(empty, done), (done, empty)} <= joins
    assert (empty, empty) not in joins


def test_mark_makes_a_vertex_an_end_of_the_walk() -> None:
    tables = half_tables(3)
    marked = {state: n for n, state in enumerate(tables.marked.states)}
    for row in range(3):
        for n, state in enumerate(tables.plain.states):
            assert tables.mark[row, n] == marked[add_degree(state, row, 1)]
    assert (tables.mark[:, -1] == -1).all()
