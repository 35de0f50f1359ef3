"""``wavepick route`` with prices; aisles of the single-block sample are 10 m long and 3 m apart."""

from __future__ import annotations

import json

import pytest

import layouts
from tests.server.cli.test_route import run

BLOCK = str(layouts.path("single-block"))


def test_crossing_and_forbidden_turn_are_paid_for(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = "A-01-03-L,A-02-02-R,A-02-03-L"
    code, out, _ = run(
        capsys, "--layout", BLOCK, "--locations", wanted, "--crossing-mm", "500",
        "--u-turn-mm", "forbid", "--json",
    )  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    # Up aisle 1, down aisle 2, on to aisle 3: 10 + 3 + 10 + 3 m, and one change of sides.
    assert (answer["length_mm"], answer["cost_mm"]) == (26_000, 26_500)
    assert (answer["crossings"], answer["u_turns"], answer["floor_changes"]) == (1, 0, 0)
    assert (answer["optimal"], answer["cost_bound_mm"]) == (True, 26_500)


def test_turn_is_paid_where_walking_on_is_dearer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "--layout", BLOCK, "--locations", "A-01-01-L", "--u-turn-mm", "1000"
    )  # fmt: skip
    assert code == 0
    # 2 m in, turn, 2 m out, 6 m across; by the back it would be 26 m.
    assert "1 U-turn       1.0 m" in out
    assert "11.0 m for 10.0 m of walking over 1 stop" in out
    assert "the cheapest possible" in out


def test_tour_that_is_too_long_names_the_shortest(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = run(
        capsys, "--layout", BLOCK, "--locations", "A-01-01-L", "--max-length-mm", "9999"
    )  # fmt: skip
    assert code == 4
    assert "no tour found is at most 9.999 m long; the shortest is 10 m" in errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--u-turn-mm", "x"), 'a price must be a number of millimetres or "forbid", got "x"'),
        (("--crossing-mm", "1", "--compare"), "leave out --compare"),
        (("--level-mm", "1", "--policy", "s-shape"), "leave out --policy s-shape"),
    ],
)
def test_wrong_use_is_told(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], words: str
) -> None:
    code, _, errors = run(capsys, "--layout", BLOCK, "--locations", "A-01-01-L", *options)
    assert code == 2
    assert words in errors
