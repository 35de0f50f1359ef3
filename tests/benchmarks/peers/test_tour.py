from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.peers.ortools_routing import OrToolsRouting, Search
from benchmarks.peers.pyvrp_search import PyVrp
from benchmarks.peers.tour import Peer, PeerTour, TourTask, Trace, peer_result

PEERS: tuple[Peer, ...] = (*(OrToolsRouting(search) for search in Search), PyVrp())
INNER = 5


def random_task(seed: int, *, round_trip: bool) -> TourTask:
    """A matrix that is not symmetric, of five stops."""
    chance = np.random.default_rng(seed)
    lengths = chance.integers(1_000, 9_000, (INNER + 2, INNER + 2))
    if round_trip:
        lengths[-1], lengths[:, -1] = lengths[0], lengths[:, 0]
    np.fill_diagonal(lengths, 0)
    if round_trip:
        lengths[0, -1] = lengths[-1, 0] = 0
    return TourTask(lengths, round_trip)


def shortest(task: TourTask) -> int:
    return min(task.length_mm(order) for order in itertools.permutations(range(1, INNER + 1)))


@pytest.mark.parametrize("round_trip", [True, False])
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.name))
def test_peers_answer_with_tours_of_the_length_they_report(peer: Peer, round_trip: bool) -> None:
    task = random_task(1, round_trip=round_trip)
    tour = peer.solve(task, seconds=0.1, seed=1)
    assert tour.trace[-1][1] == task.length_mm(tour.order) >= shortest(task)
    assert 0 < tour.trace[0][0] <= tour.trace[-1][0] <= tour.seconds


@pytest.mark.parametrize("round_trip", [True, False])
@pytest.mark.parametrize("peer", PEERS[2:], ids=lambda peer: str(peer.name))
def test_long_searches_solve_small_tours(peer: Peer, round_trip: bool) -> None:
    """So that they are given the right problem: ends, directions and all."""
    for seed in random.Random(2).sample(range(100), 3):
        task = random_task(seed, round_trip=round_trip)
        tour = peer.solve(task, seconds=0.1, seed=1)
        assert task.length_mm(tour.order) == shortest(task)


def test_a_tour_visits_every_row_once() -> None:
    task = random_task(3, round_trip=True)
    for order in ((1, 2, 3, 4), (1, 2, 3, 4, 4), (1, 2, 3, 4, 6)):
        with pytest.raises(WrongAnswerError, match="every row once"):
            task.length_mm(order)


def test_trace_keeps_improvements_with_their_times() -> None:
    ticks: Iterator[float] = iter([10.0, 11.0, 13.0, 20.0])
    trace = Trace(clock=lambda: next(ticks))
    for length in (9, 9, 12, 7):
        trace.saw(length)
    assert trace.points == [(1.0, 9), (3.0, 7)]
    assert trace.seconds == 10.0


class Slow:
    """Stands for a peer that is only asked for its name."""

    name = "slow"
    settings = ""

    def solve(self, task: TourTask, *, seconds: float, seed: int) -> PeerTour:
        raise NotImplementedError


def test_time_to_target_is_that_of_the_first_good_incumbent() -> None:
    task = TourTask(np.array([[0, 5, 9], [9, 0, 6], [9, 9, 0]]), round_trip=False)
    tour = PeerTour((1,), 3.0, ((0.1, 20), (0.5, 12), (0.9, 11)))
    # The tour itself is 5 + 6 = 11 long.
    for target, expected in ((20, 0.1), (12.5, 0.5), (11, 0.9), (10.9, None)):
        assert peer_result(Slow(), task, tour, target_mm=target).target_seconds == expected
    silent = PeerTour((1,), 3.0, ())
    assert peer_result(Slow(), task, silent, target_mm=11).target_seconds == 3.0
