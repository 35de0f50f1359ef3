"""Subset-row cuts that a fractional solution violates."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from optimizer.batching.exact.master import Cut
from optimizer.batching.problem import Batch

LEAST_VIOLATION = 0.02

MOST_PER_ROUND = 60

MOST_PER_DEMAND = 5
"""Cuts of one round that one demand is in: cuts that overlap do the same twice."""


def violated_cuts(n: int, parts: Sequence[tuple[Batch, float]], known: Sequence[Cut]) -> list[Cut]:
    """Return cuts that a solution violates, the most violated first, not too many alike.

    All triples of demands are looked at of which two meet in chosen batches; and sets of five with
    the divisor 2 that grow out of violated or nearly violated triples.

    Parameters
    ----------
    n
        Number of demands.
    parts
        Batches of the solution with their parts.
    known
        Cuts that are there.
    """
    holds = np.zeros((n, len(parts)))
    share = np.array([part for _, part in parts])
    for at, (batch, _) in enumerate(parts):
        holds[list(batch), at] = 1.0
    together = (holds * share) @ holds.T
    np.fill_diagonal(together, 0.0)
    found: list[tuple[float, Cut]] = []
    near: list[tuple[float, tuple[int, int, int]]] = []
    for first in range(n):
        close = np.flatnonzero(together[first] > 1e-6)
        close = close[close > first]
        for second, third in itertools.combinations(close.tolist(), 2):
            pairs = together[first, second] + together[first, third] + together[second, third]
            if pairs < 0.9:
                continue
            count = holds[first] + holds[second] + holds[third]
            violation = float(share[count >= 2].sum()) - 1.0
            if violation > LEAST_VIOLATION:
                found.append((violation, Cut((first, second, third), 2)))
            if violation > -0.15:
                near.append((violation, (first, second, third)))
    found.extend(_fives(near, holds, share))
    return _spread(found, known)


def _fives(
    near: list[tuple[float, tuple[int, int, int]]],
    holds: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    share: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> list[tuple[float, Cut]]:
    """Return violated sets of five, grown greedily from triples."""
    found = []
    for _, triple in sorted(near, reverse=True)[:60]:
        members = list(triple)
        count = holds[members].sum(axis=0)
        for _ in range(2):
            gains = (((count[None] + holds) // 2) * share).sum(axis=1)
            gains[members] = -1.0
            best = int(np.argmax(gains))
            members.append(best)
            count = count + holds[best]
        violation = float(((count // 2) * share).sum()) - 2.0
        if violation > LEAST_VIOLATION:
            found.append((violation, Cut(tuple(sorted(members)), 2)))
    return found


def _spread(found: list[tuple[float, Cut]], known: Sequence[Cut]) -> list[Cut]:
    there = {(cut.demands, cut.divisor) for cut in known}
    uses: dict[int, int] = {}
    chosen: list[Cut] = []
    for _, cut in sorted(found, key=lambda one: (-one[0], one[1].demands)):
        key = (cut.demands, cut.divisor)
        if key in there or max(uses.get(demand, 0) for demand in cut.demands) >= MOST_PER_DEMAND:
            continue
        there.add(key)
        chosen.append(cut)
        for demand in cut.demands:
            uses[demand] = uses.get(demand, 0) + 1
        if len(chosen) == MOST_PER_ROUND:
            break
    return chosen
