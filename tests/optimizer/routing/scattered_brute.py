"""Brute force for scattered storage, and random choices for it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from optimizer.ids import LocationId, Sku, StationId
from optimizer.routing.router import Router
from optimizer.routing.scattered.choice import Choice, Supply


def random_choices(
    chance: random.Random, places: list[LocationId], *, most_items: int, most_pieces: int
) -> tuple[Choice, ...]:
    """Return items with one to four locations each; one place may hold several items."""
    choices = []
    for number in range(chance.randint(1, most_items)):
        held = chance.sample(places, min(len(places), chance.randint(1, 4)))
        supplies = tuple(Supply(place, chance.randint(1, most_pieces)) for place in held)
        needed = chance.randint(1, sum(supply.pieces for supply in supplies))
        if most_pieces == 1 and chance.random() < 0.7:
            needed = 1
        choices.append(Choice(Sku(f"sku-{number}"), needed, supplies))
    return tuple(choices)


def minimal_covers(choice: Choice) -> Iterator[frozenset[LocationId]]:
    """Yield the sets of locations that hold enough, and would not without one of them."""
    for size in range(1, len(choice.supplies) + 1):
        for chosen in itertools.combinations(choice.supplies, size):
            held = sum(supply.pieces for supply in chosen)
            if held - min(supply.pieces for supply in chosen) < choice.needed <= held:
                yield frozenset(supply.location for supply in chosen)


def shortest_of_all(
    choices: tuple[Choice, ...], router: Router, *, start: StationId, end: StationId
) -> int:
    """Return the least length over all choices of locations."""
    unions = {
        frozenset().union(*covers) for covers in itertools.product(*map(minimal_covers, choices))
    }
    return min(router.length_mm(union, start=start, end=end) for union in unions)
