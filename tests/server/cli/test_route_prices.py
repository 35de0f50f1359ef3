"""Prices of ``wavepick route``, on aisles 10 m long and 3 m apart, shelves every 2 m."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import layouts
from tests.server.cli.test_route import BLOCK, run

TWO = ("--layout", BLOCK, "--locations", "A-01-02-L,A-03-01-R")
"""4 m into aisle 1 and 2 m into aisle 3: 18 m by turning round in both, 26 m by walking through."""


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """Return what ``wavepick route --json`` prints."""
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 0
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


def test_u_turns_are_paid_until_walking_through_is_cheaper(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, *TWO, "--u-turn-mm", "1000")
    assert code == 0
    # 18 m and two U-turns, 20 m in all; walking through both aisles costs 26 m.
    assert [line.split() for line in out.splitlines()[-4:-1]] == [
        ["cost:"],
        ["walk", "18.0", "m"],
        ["2", "U-turns", "2.0", "m"],
    ]
    assert out.splitlines()[-1] == (
        "20.0 m for 18.0 m of walking over 2 stops, priced-exact, the cheapest possible"
    )
    # 18 m and twice 5 m are more than 26 m.
    answer = document(capsys, *TWO, "--u-turn-mm", "5000")
    assert (answer["length_mm"], answer["cost_mm"], answer["u_turns"]) == (26_000, 26_000, 0)


def test_forbidden_u_turns_do_not_happen(capsys: pytest.CaptureFixture[str]) -> None:
    answer = document(capsys, *TWO, "--u-turn-mm", "forbid")
    assert (answer["cost_mm"], answer["u_turns"]) == (26_000, 0)
    assert (answer["optimal"], answer["cost_bound_mm"]) == (True, 26_000)
    assert answer["bound_mm"] is answer["shortest_mm"] is None


def test_crossing_is_paid_per_change_of_side(capsys: pytest.CaptureFixture[str]) -> None:
    both_sides = ("--layout", BLOCK, "--locations", "A-01-02-L,A-01-01-R")
    answer = document(capsys, *both_sides, "--crossing-mm", "1500")
    # In and out of aisle 1: 8 m, 6 m to the end, and one change of side.
    assert (answer["length_mm"], answer["crossings"], answer["cost_mm"]) == (14_000, 1, 15_500)
    # Not within one visit: in and out for one side (8 m), again for the other (4 m), 6 m.
    answer = document(capsys, *both_sides, "--crossing-mm", "forbid")
    assert (answer["length_mm"], answer["crossings"], answer["cost_mm"]) == (18_000, 0, 18_000)


def test_levels_are_paid_per_stop(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    block = layouts.load("single-block")
    places = block["locations"]
    assert isinstance(places, list)
    places[:] = [place | {"level": 3} for place in places if place["id"] == "A-01-02-L"]
    file = tmp_path / "high.json"
    file.write_text(json.dumps(block), encoding="utf-8")
    arguments = ("--layout", str(file), "--locations", "A-01-02-L", "--level-mm", "700")
    answer = document(capsys, *arguments)
    # 4 m in, 4 m out, 6 m to the end, three levels.
    assert (answer["length_mm"], answer["levels"], answer["cost_mm"]) == (14_000, 3, 16_100)


def test_floors_are_paid_per_change(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    block = layouts.load("single-block")
    nodes, edges, places = block["nodes"], block["edges"], block["locations"]
    assert isinstance(nodes, list)
    assert isinstance(edges, list)
    assert isinstance(places, list)
    nodes.append({"id": "upstairs", "x_mm": 0, "y_mm": 0, "floor": 1})
    edges.append({"from": "front-1", "to": "upstairs", "length_mm": 5_000})
    places.append({"id": "UP", "node": "upstairs"})
    file = tmp_path / "stairs.json"
    file.write_text(json.dumps(block), encoding="utf-8")
    arguments = ("--layout", str(file), "--locations", "UP")
    answer = document(capsys, *arguments, "--floor-change-mm", "2000")
    # Up and down the stairs, 5 m each, and 6 m to the end.
    assert (answer["length_mm"], answer["floor_changes"], answer["cost_mm"]) == (16_000, 2, 20_000)
    code, _, errors = run(capsys, *arguments, "--floor-change-mm", "forbid")
    assert code == 3
    assert "UP" in errors


def test_limit_of_length_gives_up_on_cheaper_tours(capsys: pytest.CaptureFixture[str]) -> None:
    # 26 m without a U-turn would be cheapest; 20 m allow only turning round in both aisles.
    answer = document(capsys, *TWO, "--u-turn-mm", "5000", "--max-length-mm", "20000")
    assert (answer["length_mm"], answer["u_turns"], answer["cost_mm"]) == (18_000, 2, 28_000)


def test_no_tour_as_short_as_asked_leaves_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, errors = run(capsys, *TWO, "--max-length-mm", "17500")
    assert (code, out) == (4, "")
    assert errors == "error: no tour found is at most 17.5 m long; the shortest is 18 m\n"


def test_cheapest_end_wins_and_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    svg = tmp_path / "tour.svg"
    code, out, _ = run(
        capsys,
        *("--layout", BLOCK, "--locations", "A-01-02-L", "--u-turn-mm", "1000"),
        *("--end", "pack-1", "--end", "start", "--svg", str(svg)),
    )
    assert code == 0
    # In and out of aisle 1, 8 m, and one U-turn.
    assert "9.0 m for 8.0 m of walking over 1 stop," in out
    ElementTree.fromstring(svg.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--u-turn-mm", "1.5"], 'a price must be a number of millimetres or "forbid", got "1.5"'),
        (["--level-mm", "-1"], "level_mm must not be negative, got -1"),
        (["--crossing-mm", "0", "--compare"], "leave out --compare"),
        (["--max-length-mm", "9000", "--policy", "exact"], "leave out --policy exact"),
    ],
)
def test_bad_prices_leave_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, _, errors = run(capsys, *TWO, *arguments)
    assert code == 2
    assert message in errors
