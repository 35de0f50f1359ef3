from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.routing.held_karp import held_karp
from optimizer.routing.local_search import (
    LEFT,
    MOVE_FIELDS,
    NONE,
    PATH,
    QUEUE,
    QUEUED,
    RIGHT,
    WALK_ROWS,
    apply_move,
    continue_search,
    descend,
    double_bridge,
    draw,
    iterated_local_search,
    look_ahead,
    look_behind,
    nearest_neighbour,
    nearest_rows,
    queue_all,
    start_search,
    sum_up,
)


def random_lengths(seed: int, n_stops: int) -> NDArray[np.int64]:
    """Return walking-like lengths: a symmetric plan plus detours against one-way aisles."""
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 1_000, size=(n_stops + 2, 2))
    plan = np.abs(points[:, None] - points[None, :]).sum(axis=2)
    detours = chance.integers(0, 300, size=plan.shape) * (chance.random(plan.shape) < 0.2)
    return np.asarray(plan + detours, dtype=np.int64)


def walked(lengths: NDArray[np.int64], path: NDArray[np.int64]) -> int:
    return int(lengths[path[:-1], path[1:]].sum())


@pytest.mark.parametrize("n_stops", [1, 2, 3, 4, 5, 20, 70])
def test_descent_returns_the_length_of_the_path_it_leaves(n_stops: int) -> None:
    for seed in range(10):
        lengths = random_lengths(seed, n_stops)
        walk = np.zeros((WALK_ROWS, n_stops + 2), dtype=np.int64)
        walk[PATH, :] = nearest_neighbour(lengths)
        before = walked(lengths, walk[PATH])
        move = np.zeros(MOVE_FIELDS, dtype=np.int64)
        length = descend(lengths, walk, *nearest_rows(lengths), queue_all(walk), move)
        assert not walk[QUEUED].any()
        assert length == walked(lengths, walk[PATH]) <= before
        assert (walk[PATH, 0], walk[PATH, -1]) == (0, n_stops + 1)
        assert sorted(walk[PATH].tolist()) == list(range(n_stops + 2))


@pytest.mark.parametrize("look", [look_ahead, look_behind])
def test_every_move_saves_what_it_promises(
    look: Callable[..., None],
) -> None:
    chance = np.random.default_rng(4)
    kinds = set()
    for _ in range(200):
        lengths = chance.integers(0, 100, size=(12, 12))
        walk = np.zeros((WALK_ROWS, 12), dtype=np.int64)
        walk[PATH, 1:-1] = 1 + chance.permutation(10)
        walk[PATH, -1] = 11
        sum_up(lengths, walk, 0)
        before = walked(lengths, walk[PATH])
        after, behind = nearest_rows(lengths)
        for row in range(11) if look is look_ahead else range(1, 12):
            move = np.zeros(MOVE_FIELDS, dtype=np.int64)
            look(lengths, walk, after if look is look_ahead else behind, row, move)
            if move[0] == 0:
                continue
            moved = np.zeros((WALK_ROWS, 12), dtype=np.int64)
            moved[PATH, :] = walk[PATH]
            apply_move(moved, move)
            assert sorted(moved[PATH].tolist()) == list(range(12))
            assert (moved[PATH, 0], moved[PATH, -1]) == (0, 11)
            assert before - walked(lengths, moved[PATH]) == move[0] > 0
            kinds.add(int(move[4]))
    assert kinds == ({NONE, LEFT, RIGHT} if look is look_ahead else {LEFT, RIGHT})


def test_never_better_than_optimal_and_mostly_as_good() -> None:
    missed = 0
    for seed in range(60):
        lengths = random_lengths(seed, 10)
        best, _ = held_karp(lengths)
        found, order = iterated_local_search(lengths, 100, 1)
        assert found >= best
        assert walked(lengths, np.array([0, *order, 11])) == found
        missed += found > best
    assert missed <= 1


def test_more_kicks_are_never_worse_and_seeds_are_reproducible() -> None:
    lengths = random_lengths(1, 40)
    results = [iterated_local_search(lengths, kicks, 7)[0] for kicks in (0, 10, 100, 300)]
    assert results == sorted(results, reverse=True)
    first, second = (iterated_local_search(lengths, 50, 7)[1] for _ in range(2))
    assert first.tolist() == second.tolist()


def test_search_in_slices_is_the_search_in_one() -> None:
    lengths = random_lengths(3, 50)
    length, order = iterated_local_search(lengths, 90, 2)
    search = start_search(lengths, 2)
    lengths_on_the_way = [continue_search(search, 30, -1) for _ in range(3)]
    assert lengths_on_the_way == sorted(lengths_on_the_way, reverse=True)
    assert lengths_on_the_way[-1] == length
    assert search.best[1:-1].tolist() == order.tolist()


def test_search_ends_at_its_target() -> None:
    lengths = random_lengths(3, 50)
    search = start_search(lengths, 2)
    first = int(search.found[1])
    assert continue_search(search, 1_000, first) == first


def test_nearest_rows_are_sorted_and_leave_out_what_no_path_has() -> None:
    lengths = random_lengths(5, 20)
    after, before = nearest_rows(lengths)
    assert after.shape == before.shape == (22, 10)
    assert (after[21] == -1).all()
    assert (before[0] == -1).all()
    for row in range(21):
        expected = sorted(lengths[row, other] for other in range(1, 22) if other != row)[:10]
        assert lengths[row, after[row]].tolist() == expected
        assert not {0, row} & set(after[row].tolist())
    for row in range(1, 22):
        expected = sorted(lengths[other, row] for other in range(21) if other != row)[:10]
        assert lengths[before[row], row].tolist() == expected
        assert not {21, row} & set(before[row].tolist())


@pytest.mark.parametrize(
    ("i", "j", "k", "turned", "expected"),
    [
        (1, 2, 4, NONE, [0, 3, 4, 1, 2, 5]),
        (1, 2, 4, LEFT, [0, 3, 4, 2, 1, 5]),
        (1, 2, 4, RIGHT, [0, 4, 3, 1, 2, 5]),
        (2, 2, 3, NONE, [0, 1, 3, 2, 4, 5]),
        (1, 1, 4, RIGHT, [0, 4, 3, 2, 1, 5]),
        (2, 4, 4, LEFT, [0, 1, 4, 3, 2, 5]),
    ],
)
def test_segments_change_places_and_are_turned(
    i: int, j: int, k: int, turned: int, expected: list[int]
) -> None:
    walk = np.zeros((WALK_ROWS, 6), dtype=np.int64)
    walk[PATH, :] = np.arange(6)
    apply_move(walk, np.array([1, i, j, k, turned]))
    assert walk[PATH].tolist() == expected


@pytest.mark.parametrize("n_stops", [3, 4, 5, 60, 200])
def test_kicks_exchange_two_segments_around_a_third_within_a_window(n_stops: int) -> None:
    state = np.array([5], dtype=np.uint64)
    for _ in range(200):
        walk = np.zeros((WALK_ROWS, n_stops + 2), dtype=np.int64)
        walk[PATH, :] = np.arange(n_stops + 2)
        queued = double_bridge(walk, state)
        path = walk[PATH]
        assert sorted(path.tolist()) == list(range(n_stops + 2))
        assert (path[0], path[-1]) == (0, n_stops + 1)
        moved = np.flatnonzero(path != np.arange(n_stops + 2))
        assert 2 <= len(moved) <= moved[-1] - moved[0] + 1 <= 50
        # Every row whose neighbour changed is to be looked at, and all legs but four are old.
        waiting = set(walk[QUEUE, :queued].tolist())
        assert waiting == set(np.flatnonzero(walk[QUEUED]).tolist())
        new_legs = [i for i in range(n_stops + 1) if path[i + 1] != path[i] + 1]
        assert len(new_legs) == 4
        assert {int(path[i]) for i in new_legs} | {int(path[i + 1]) for i in new_legs} <= waiting


def test_drawn_numbers_stay_below_their_limit_and_reach_it() -> None:
    state = np.array([1], dtype=np.uint64)
    drawn = {draw(state, 5) for _ in range(300)}
    assert drawn == {0, 1, 2, 3, 4}
