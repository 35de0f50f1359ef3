"""Fixed, balanced samples of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from benchmarks.suite import Case

AnyCase = TypeVar("AnyCase", bound=Case)


def balanced_sample(cases: Sequence[AnyCase], size: int) -> list[AnyCase]:
    """Return ``size`` cases, equally many of each stratum, always the same ones, in their order.

    What cannot be divided goes to strata spread over the whole; within a stratum the cases stand
    evenly apart. A stratum smaller than its share is taken whole and the others give more.

    Parameters
    ----------
    cases
        All cases, in the suite's order.
    size
        Number of cases, >= 1; all of them where there are no more.
    """
    if size >= len(cases):
        return list(cases)
    strata: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        strata.setdefault(case.stratum, []).append(place)
    groups = list(strata.values())
    taken: list[int] = []
    for group, share in zip(groups, _shares([len(group) for group in groups], size), strict=True):
        taken += [group[(2 * one + 1) * len(group) // (2 * share)] for one in range(share)]
    return [cases[place] for place in sorted(taken)]


def _shares(sizes: Sequence[int], total: int) -> list[int]:
    """Divide ``total`` among groups as evenly as their sizes allow."""
    shares = [0] * len(sizes)
    left = total
    free = [group for group, size in enumerate(sizes) if size]
    while free and left >= len(free):
        each = left // len(free)
        for group in free:
            more = min(each, sizes[group] - shares[group])
            shares[group] += more
            left -= more
        free = [group for group in free if shares[group] < sizes[group]]
    for rank, group in enumerate(free):
        # Of n groups the rest goes to those where the line rest / n steps up.
        shares[group] += (rank + 1) * left // len(free) - rank * left // len(free)
    return shares
