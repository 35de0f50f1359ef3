from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.sample import balanced_sample
from tests.benchmarks.cases import MadeUpCase


def cases(**sizes: int) -> list[MadeUpCase]:
    return [
        MadeUpCase(f"{stratum}{number}", stratum=stratum)
        for stratum, size in sizes.items()
        for number in range(size)
    ]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (6, {"a": 2, "b": 2, "c": 2}),
        (4, {"a": 1, "b": 1, "c": 2}),
        (11, {"a": 4, "b": 3, "c": 4}),
        (99, {"a": 10, "b": 3, "c": 10}),
    ],
)
def test_strata_give_equally_many_as_far_as_they_can(size: int, expected: dict[str, int]) -> None:
    sample = balanced_sample(cases(a=10, b=3, c=10), size)
    assert Counter(case.stratum for case in sample) == expected
    assert len({case.name for case in sample}) == len(sample)


def test_cases_of_a_stratum_stand_evenly_apart_and_in_order() -> None:
    # Of 10 cases two: the middles of both halves, (2 * one + 1) * 10 // 4 = 2 and 7.
    sample = balanced_sample(cases(a=10), 2)
    assert [case.name for case in sample] == ["a2", "a7"]


def test_the_sample_is_always_the_same() -> None:
    assert balanced_sample(cases(a=9, b=7), 5) == balanced_sample(cases(a=9, b=7), 5)
