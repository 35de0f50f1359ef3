"""The generated suites: their instances, and that nothing beats the exact router."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.results import Line, judged_line
from benchmarks.suite import Budget, Case, Request
from benchmarks.suites.generated import PACK, START, sample_picks, tour_task
from benchmarks.suites.routing_graph import ROUTING_GRAPH, SHAPES, GraphCase, one_way_warehouse
from benchmarks.suites.routing_peers import ROUTING_PEERS, SIZES, PeerCase, warehouse
from benchmarks.table import beaten_sentence

SHORT = Budget(0.1, 1)


def solved(case: Case) -> Line:
    attempt = case.solve(SHORT)
    return judged_line(case, 1, attempt, judged=case.judge(attempt.solution), note="")


def test_sizes_take_turns() -> None:
    cases = ROUTING_PEERS.cases(Request(instances=60))
    assert len({case.name for case in cases}) == 60
    assert set(Counter(case.stratum for case in cases).values()) == {2, 3}
    assert [case.name for case in cases[: len(SIZES) + 1 : len(SIZES)]] == [
        "h2-m10-p10-1",
        "h2-m10-p10-2",
    ]


def test_instances_are_always_the_same() -> None:
    graph, _ = warehouse(2, 10)
    assert sample_picks(graph, 3, seed=1) == sample_picks(graph, 3, seed=1)
    assert sample_picks(graph, 3, seed=1) != sample_picks(graph, 3, seed=2)


def test_picks_at_one_access_point_are_one_row() -> None:
    graph, _ = warehouse(2, 10)
    by_id = {location.id: location for location in graph.layout.locations}
    left, right = (place for place in by_id if place in ("A-01-1-03-L", "A-01-1-03-R"))
    other = next(place for place in by_id if place == "A-02-1-01-L")
    task, rows = tour_task(graph, [left, other, right], start=START, end=START)
    assert rows == [[left, right], [other]]
    assert task.lengths.shape == (4, 4)
    assert task.matrix.shape == (3, 3)


@pytest.mark.parametrize("picks", [10, 30])
def test_no_peer_beats_the_exact_router(picks: int) -> None:
    """At length: ``wavepick bench run --suite routing-peers --instances 540``."""
    lines = [solved(PeerCase(rows, 10, picks, seed=9)) for rows in (2, 3, 4)]
    assert all(line.judged and line.proven and line.note == "" for line in lines)
    assert beaten_sentence(lines) == "Never beaten by a peer on 3 of 3."
    assert {peer.name for peer in lines[0].peers} == {
        "OR-Tools first solution",
        "OR-Tools default local search",
        "OR-Tools guided local search",
        "PyVRP",
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_half_of_the_aisles_are_one_way_and_nothing_is_cut_off(
    shape: tuple[int, int, int],
) -> None:
    graph = one_way_warehouse(*shape, 1)
    aisles, blocks, _ = shape
    assert sum(edge.one_way for edge in graph.layout.edges) == aisles // 2 * blocks
    assert 2_400 <= graph.n_vertices <= 2_600
    assert len(graph.reachable(start=START, end=PACK)) == len(graph.layout.locations)


def test_graph_tours_are_judged_and_compared() -> None:
    line = solved(GraphCase(6, 2, 6, seed=1))
    assert line.judged
    assert line.best_known is not None
    assert line.objective is not None
    assert line.objective >= line.best_known > 0
    assert {"first_answer_us", "first_gap_percent", "long_gap_percent"} <= set(line.figures)
    assert len(ROUTING_GRAPH.cases(Request())) == 20


def test_judge_refuses_other_stops() -> None:
    case = PeerCase(2, 10, 10, seed=1)
    with pytest.raises(WrongAnswerError, match="not the picks, each once"):
        case.judge({"stops": ["A-01-1-03-L"]})
    with pytest.raises(WrongAnswerError, match='a list "stops"'):
        case.judge({"tour": []})
