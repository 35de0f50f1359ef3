from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import layouts
from server.cli import main
from server.cli.route_search import COMPARED, POLICY_NAMES

BLOCK = str(layouts.path("single-block"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of ``wavepick route``."""
    with pytest.raises(SystemExit) as left:
        main(["route", *arguments])
    printed = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, printed.out, printed.err


def test_tour_is_told_stop_by_stop(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--layout", BLOCK, "--locations", "A-03-04-L,A-01-04-R")
    assert code == 0
    # Aisles are 10 m long and 6 m apart: up one, across the back, down the other.
    assert [line.split() for line in out.splitlines()] == [
        ["start", "0.0", "m"],
        ["A-01-04-R", "8.0", "m"],
        ["A-03-04-L", "18.0", "m"],
        ["pack-1", "26.0", "m"],
        ["26.0", "m", "over", "2", "stops,", "exact,", "the", "shortest", "possible"],
    ]


def test_json_has_stops_and_walked_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "--layout", BLOCK, "--locations", "A-03-04-L, A-01-04-R,A-03-04-L", "--json"
    )
    assert code == 0
    assert json.loads(out) == {
        "length_mm": 26_000,
        "optimal": True,
        "bound_mm": 26_000,
        "shortest_mm": 26_000,
        "policy": "exact",
        "start": "start",
        "end": "pack-1",
        "stops": ["A-01-04-R", "A-03-04-L"],
        "path": [[0, 0, 0], [0, 10_000, 0], [6_000, 10_000, 0], [6_000, 0, 0]],
    }


def test_policy_tells_how_far_above_the_shortest_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(
        capsys,
        *("--layout", BLOCK, "--locations", "A-03-01-L,A-01-01-R,A-03-02-R"),
        *("--policy", "s-shape"),
    )
    assert code == 0
    # Up aisle 1 and down aisle 3: 10 + 6 + 10 m. The shortest: 2 m into aisle 1 and 4 m into
    # aisle 3 from the front, 6 m between them: 4 + 6 + 8 m; 26 is 44.4 % above 18.
    *rows, summary = out.splitlines()
    assert [line.split() for line in rows] == [
        ["start", "0.0", "m"],
        ["A-01-01-R", "2.0", "m"],
        ["A-03-02-R", "22.0", "m"],
        ["A-03-01-L", "24.0", "m"],
        ["pack-1", "26.0", "m"],
    ]
    assert summary == "26.0 m over 3 stops, s-shape, 44.4 % above the shortest (18.0 m)"


def test_shortest_tour_to_one_of_several_ends_wins(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--layout", BLOCK, "--locations", "A-01-02-L")
    # In and out of aisle 1 it is 8 m to the start station, and 6 m more to the other one.
    code, out, _ = run(capsys, *arguments, "--end", "pack-1", "--end", "start")
    assert code == 0
    assert out.splitlines()[-2].split() == ["start", "8.0", "m"]
    code, out, _ = run(
        capsys, *arguments, "--end", "pack-1", "--end", "start", "--policy", "return", "--json"
    )
    document = json.loads(out)
    assert (document["end"], document["length_mm"], document["optimal"]) == ("start", 8_000, True)


def test_policies_are_compared_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "--layout", BLOCK, "--locations", "A-03-01-L,A-01-01-R,A-03-02-R", "--compare"
    )
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["policy", "metres", "above"]
    # Two aisles: S-shape, midpoint and largest gap walk through both, the others return.
    assert rows[1:-1] == [
        ["exact", "18.0", "0.0", "%"],
        ["s-shape", "26.0", "44.4", "%"],
        ["return", "18.0", "0.0", "%"],
        ["midpoint", "26.0", "44.4", "%"],
        ["largest-gap", "26.0", "44.4", "%"],
        ["combined", "18.0", "0.0", "%"],
        ["aisle-by-aisle", "18.0", "0.0", "%"],
    ]
    assert out.splitlines()[-1] == "above: percent above the shortest tour; 3 stops"


def test_comparison_names_the_end_where_there_was_a_choice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(
        capsys,
        *("--layout", BLOCK, "--locations", "A-01-02-L", "--compare"),
        *("--end", "pack-1", "--end", "start"),
    )
    assert [line.split()[-1] for line in out.splitlines()[:3]] == ["end", "start", "start"]


def test_comparison_as_json_and_in_one_picture(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    svg = tmp_path / "policies.svg"
    code, out, _ = run(
        capsys,
        *("--layout", str(layouts.path("two-block")), "--locations", "A-02-1-05-L,A-05-2-03-R"),
        *("--compare", "--json", "--svg", str(svg)),
    )
    assert code == 0
    document = json.loads(out)
    assert [tour["policy"] for tour in document["tours"]] == ["exact", *COMPARED]
    assert document["refused"] == []
    for tour in document["tours"]:
        assert tour["shortest_mm"] == document["tours"][0]["length_mm"] <= tour["length_mm"]
        above = 100 * (tour["length_mm"] / tour["shortest_mm"] - 1)
        assert tour["above_percent"] == pytest.approx(above, abs=0.051)
    picture = svg.read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    for tour in document["tours"]:
        assert f">{tour['policy']}, {tour['length_mm'] / 1000:.1f} m" in picture


def test_comparison_says_which_policies_the_layout_does_not_allow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    irregular = str(layouts.path("irregular"))
    code, out, _ = run(capsys, "--layout", irregular, "--locations", "CAGE,G-11-01-L", "--compare")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["policy", "graph", "s-shape"]
    assert out.count("left out: the policy ") == 5
    assert "left out: the policy midpoint needs parallel aisles: edge" in out


@pytest.mark.parametrize("policy", POLICY_NAMES)
def test_every_policy_can_be_asked_for(capsys: pytest.CaptureFixture[str], policy: str) -> None:
    code, out, _ = run(
        capsys,
        *("--layout", str(layouts.path("demo")), "--locations", "A-02-1-05-L,A-07-2-11-R"),
        *("--start", "parking", "--end", "pack-2", "--policy", policy, "--json"),
    )
    document = json.loads(out)
    assert code == 0
    assert (document["start"], document["end"]) == ("parking", "pack-2")
    assert document["policy"] == ("exact" if policy == "best" else policy)
    assert sorted(document["stops"]) == ["A-02-1-05-L", "A-07-2-11-R"]


def test_tour_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    svg = tmp_path / "tour.svg"
    code, out, _ = run(capsys, "--layout", BLOCK, "--locations", "A-02-02-L", "--svg", str(svg))
    assert code == 0
    assert str(svg) in out
    ElementTree.fromstring(svg.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--locations", "A-01-4-R"],
            'single-block.json: no location "A-01-4-R"; similar: A-01-04',
        ),
        (["--locations", " , "], "--locations names no location"),
        (
            ["--locations", "A-01-04-R", "--start", "dock"],
            'no station "dock"; there are start, pack-1',
        ),
        (["--locations", "A-01-04-R", "--end", "dock"], 'no station "dock"'),
    ],
)
def test_bad_input_is_told_with_what_there_is(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, out, errors = run(capsys, "--layout", BLOCK, *arguments)
    assert (code, out) == (3, "")
    assert message in errors


def test_policy_that_the_layout_does_not_allow_is_told_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    irregular = str(layouts.path("irregular"))
    code, _, errors = run(capsys, "--layout", irregular, "--locations", "CAGE", "--policy", "exact")
    assert code == 3
    assert 'irregular.json: no shortest tour by parallel aisles: edge "stairs"-"m12"' in errors


def test_unreachable_location_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    document = layouts.load("single-block")
    nodes, places = document["nodes"], document["locations"]
    assert isinstance(nodes, list)
    assert isinstance(places, list)
    nodes.append({"id": "island", "x_mm": 90_000, "y_mm": 0})
    places.append({"id": "FAR", "node": "island"})
    file = tmp_path / "island.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    code, _, errors = run(capsys, "--layout", str(file), "--locations", "FAR,A-01-01-L")
    assert code == 3
    assert errors == 'error: island.json: no walk leads from "start" to "FAR"\n'


def test_end_without_a_walk_is_left_out_of_the_choice(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = layouts.load("single-block")
    nodes, stations = document["nodes"], document["stations"]
    assert isinstance(nodes, list)
    assert isinstance(stations, list)
    nodes.append({"id": "island", "x_mm": 90_000, "y_mm": 0})
    stations.append({"id": "far", "node": "island", "kind": "pack"})
    file = tmp_path / "island.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    arguments = ("--layout", str(file), "--locations", "A-01-01-L", "--end", "far")
    code, out, _ = run(capsys, *arguments, "--end", "pack-1")
    assert code == 0
    assert out.splitlines()[-2].split() == ["pack-1", "10.0", "m"]
    code, _, errors = run(capsys, *arguments)
    assert code == 3
    assert 'no walk leads from "' in errors
    assert '"far"' in errors


def test_layout_without_stations_asks_for_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "bare.json"
    file.write_text(json.dumps(layouts.load("single-block") | {"stations": []}), encoding="utf-8")
    code, _, errors = run(capsys, "--layout", str(file), "--locations", "A-01-01-L")
    assert code == 3
    assert "no station to start at; name one with --start" in errors


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--layout", BLOCK],
        ["--policy", "best"],
        ["--layout", BLOCK, "--locations", "A-01-01-L", "--compare", "--policy", "return"],
    ],
)
def test_bad_usage_leaves_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(capsys, *arguments)[0] == 2
