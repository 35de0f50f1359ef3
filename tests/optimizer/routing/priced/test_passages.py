"""Prices of passages by hand, and against all ways to spread picks over visits."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from optimizer.routing.parallel.programme import BLOCKED, N_CHOICES, passage_costs
from optimizer.routing.parallel.transitions import CHOICES, Passage
from optimizer.routing.priced.passages import (
    JOINED,
    LEFT,
    N_PRICED_CHOICES,
    NONE,
    RIGHT,
    priced_passage_costs,
)
from optimizer.routing.priced.visits import Stretch

FRONT_END, BACK_END = 0, 1
Picks = Sequence[tuple[int, int]]
"""(millimetres from the front, side), ascending."""


def stretch(picks: Picks, length: int, crossing: int, turning: int) -> Stretch:
    return Stretch(
        along=np.array([along for along, _ in picks], dtype=np.int64),
        sides=np.array([side for _, side in picks], dtype=np.int64),
        length_mm=length,
        crossing=crossing,
        turning=turning,
    )


def priced(one: Stretch) -> list[int]:
    costs = np.zeros(N_PRICED_CHOICES, dtype=np.int64)
    priced_passage_costs(one.along, one.sides, one.length_mm, one.crossing, one.turning, costs)
    return [int(cost) for cost in costs]


def visit_cost(one: Stretch, order: Iterable[int], entry: int, leave: int) -> int:
    """Return the price of one visit by the definition, ``BLOCKED`` or more where forbidden."""
    ends = (0, one.length_mm)
    at, heading, side, total = ends[entry], 1 - 2 * entry, NONE, 0
    for pick in [*order, None]:
        to = ends[leave] if pick is None else int(one.along[pick])
        if to != at:
            now = 1 if to > at else -1
            total += abs(to - at) + (one.turning if now != heading else 0)
            at, heading = to, now
        held = NONE if pick is None else int(one.sides[pick])
        if held != NONE:
            total += one.crossing if side not in (NONE, held) else 0
            side = held
    return total


def cheapest_sets_of_visits(one: Stretch) -> dict[Passage, int]:
    """Return the price of each passage by trying all sets of at most five visits."""
    n = len(one.along)
    full = (1 << n) - 1
    kinds = ((FRONT_END, BACK_END), (FRONT_END, FRONT_END), (BACK_END, BACK_END))
    visit = {
        (kind, subset): min(
            visit_cost(one, order, *kinds[kind])
            for order in itertools.permutations([p for p in range(n) if subset >> p & 1])
        )
        for kind in range(3)
        for subset in range(full + 1)
        if subset or kind == 0
    }
    # (picked, ways through, visits from the front, from the back) -> price.
    found = {(0, 0, False, False): 0}
    for _ in range(5):
        for (picked, ways, front, back), price in list(found.items()):
            for (kind, subset), more in visit.items():
                if subset & picked or ways + (kind == 0) > 3:
                    continue
                key = (picked | subset, ways + (kind == 0), front or kind == 1, back or kind == 2)
                found[key] = min(found.get(key, 1 << 60), price + more)
    price_of = dict.fromkeys(Passage, 1 << 60)
    for (picked, ways, front, back), price in found.items():
        if picked == full:
            passage = kind_of(ways, front, back)
            price_of[passage] = min(price_of[passage], price)
    return price_of


def kind_of(ways: int, front: bool, back: bool) -> Passage:
    if ways:
        return Passage.ONCE if ways % 2 else Passage.TWICE
    if front:
        return Passage.GAP if back else Passage.FRONT
    return Passage.BACK if back else Passage.EMPTY


def random_stretch(chance: random.Random, most_picks: int) -> Stretch:
    length = chance.randint(5, 30)
    spots = [(along, side) for along in range(1, length) for side in (NONE, LEFT, RIGHT)]
    offsets = chance.sample(range(1, length), min(length - 1, chance.randint(1, 4)))
    spots = [spot for spot in spots if spot[0] in offsets]
    picks = sorted(chance.sample(spots, min(len(spots), chance.randint(1, most_picks))))
    crossing = chance.choice([0, 1, 3, 10, 30, BLOCKED])
    turning = chance.choice([0, 1, 2, 5, 20, BLOCKED])
    return stretch(picks, length, crossing, turning)


def test_one_side_on_the_way_in_and_the_other_on_the_way_out() -> None:
    # 2 x 60 in and out, one U-turn (5), one crossing (7); a visit for each side is 120 + 80 + 10.
    picks = [(20, LEFT), (40, RIGHT), (60, LEFT)]
    costs = priced(stretch(picks, 100, 7, 5))
    assert costs[Passage.FRONT] == 120 + 5 + 7
    assert costs[Passage.BACK] == 2 * 80 + 5 + 7
    assert costs[Passage.TWICE] == 200
    # The only cuts: 20 | 40 60 = 40 + 5 + 120 + 5 + 7, and 20 40 | 60 = 80 + 5 + 7 + 80 + 5.
    assert costs[Passage.GAP] == 177
    # Left, right, left: two changes are less than any way back.
    assert costs[Passage.ONCE] == 100 + 2 * 7
    dear = priced(stretch(picks, 100, BLOCKED, 5))
    # For each side a visit of its own; a visit from the front for the right side, 80 + 5.
    assert dear[Passage.FRONT] == 120 + 5 + 80 + 5
    assert dear[Passage.ONCE] == 100 + 80 + 5


def test_both_sides_at_one_offset_may_be_taken_in_either_order() -> None:
    picks = [(10, LEFT), (50, LEFT), (50, RIGHT), (90, RIGHT)]
    assert priced(stretch(picks, 100, 3, 0))[Passage.ONCE] == 103
    # A pick without a side changes nothing.
    assert priced(stretch([*picks[:3], (60, NONE), picks[3]], 100, 3, 0))[Passage.ONCE] == 103


def test_a_zigzag_saves_crossings() -> None:
    # L R L R within 3 of 100: forth on one side, 2 back and forth on the other with two U-turns
    # and one crossing are 100 + 2 x 1 + 2 + 10; three crossings 30.
    picks = [(50, LEFT), (51, RIGHT), (52, LEFT), (53, RIGHT)]
    assert priced(stretch(picks, 100, 10, 1))[Passage.ONCE] == 100 + 2 * 1 + 2 + 10
    assert priced(stretch(picks, 100, 10, BLOCKED))[Passage.ONCE] == 130


def test_a_stretch_that_cannot_be_walked_is_blocked() -> None:
    costs = np.zeros(N_PRICED_CHOICES, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    priced_passage_costs(nothing, nothing, BLOCKED, 1, 1, costs)
    assert costs[:3].tolist() == [0, BLOCKED, BLOCKED]
    assert costs[JOINED] == 0


def test_without_prices_passages_cost_what_they_always_cost() -> None:
    chance = random.Random(5)
    plain = np.zeros(N_CHOICES, dtype=np.int64)
    for _ in range(200):
        one = random_stretch(chance, 6)
        free = stretch(list(zip(one.along, one.sides, strict=True)), one.length_mm, 0, 0)
        passage_costs(np.unique(one.along), one.length_mm, plain)
        costs = priced(free)
        assert costs[:6] == plain[:6].tolist()
        for number, choice in enumerate(CHOICES[:JOINED]):
            assert costs[number] == min(costs[passage] for passage in choice)
        assert costs[JOINED] == min(costs[p] for p in Passage if p is not Passage.ONCE)


@pytest.mark.parametrize("seed", range(4))
def test_passages_cost_as_much_as_the_cheapest_set_of_visits(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        one = random_stretch(chance, 5)
        costs = priced(one)
        twice = costs[Passage.TWICE]
        for passage, price in cheapest_sets_of_visits(one).items():
            if passage is Passage.GAP:
                # Visits that overlap are left out: walking through twice is never dearer.
                assert min(costs[passage], twice) == min(price, twice)
            else:
                assert min(costs[passage], BLOCKED) == min(price, BLOCKED), (passage, one)


@pytest.mark.parametrize("seed", range(4))
def test_visits_cost_what_their_passage_costs(seed: int) -> None:
    chance = random.Random(100 + seed)
    for _ in range(250):
        one = random_stretch(chance, 12)
        costs = priced(one)
        for passage in Passage:
            if costs[passage] >= BLOCKED:
                continue
            visits = one.visits(passage)
            total = sum(visit_cost(one, order, FRONT_END, BACK_END) for order in visits.through)
            total += sum(visit_cost(one, order, FRONT_END, FRONT_END) for order in visits.front)
            total += sum(visit_cost(one, order, BACK_END, BACK_END) for order in visits.back)
            assert total == costs[passage], (passage, one)
            picked = [
                p for kind in (visits.through, visits.front, visits.back) for v in kind for p in v
            ]
            assert sorted(picked) == list(range(len(one.along)))
            assert bool(visits.front) == (passage in (Passage.FRONT, Passage.GAP)) or (
                passage is Passage.ONCE
            )
