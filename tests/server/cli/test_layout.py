from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

import layouts
from optimizer.layout.check import check_layout
from optimizer.layout.parse import parse_layout
from server.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of ``wavepick layout``."""
    with pytest.raises(SystemExit) as left:
        main(["layout", *arguments])
    printed = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, printed.out, printed.err


def broken(tmp_path: Path, **changes: Any) -> str:
    """Return a file with the single-block sample and some fields replaced."""
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(layouts.load("single-block") | changes), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_check_passes_the_samples(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = run(capsys, "check", str(layouts.path(name)))
    assert code == 0
    assert out.rstrip().endswith("nothing wrong")
    exact = "no grid of parallel aisles" if name == "irregular" else "shortest tours are exact"
    assert exact in out


def test_check_as_json_tells_counts_and_structure(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", str(layouts.path("demo")), "--json")
    report = json.loads(out)
    assert code == 0
    assert report["ok"] is True
    assert report["findings"] == []
    assert report["counts"]["locations"] == 624
    assert report["structure"] == {"parallel_aisles": True, "aisles": 12, "cross_aisles": 3}


def test_check_names_every_finding_by_pointer_errors_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = layouts.load("single-block")
    nodes, edges = document["nodes"], document["edges"]
    assert isinstance(nodes, list)
    assert isinstance(edges, list)
    file = broken(
        tmp_path,
        nodes=[*nodes, {"id": "island", "x_mm": 99, "y_mm": 99}],
        edges=[edges[0] | {"length_mm": 9_000}, *edges[1:]],
    )
    code, out, _ = run(capsys, "check", file, "--json")
    report = json.loads(out)
    assert code == 3
    assert report["ok"] is False
    assert [(one["severity"], one["rule"], one["pointer"]) for one in report["findings"]] == [
        ("error", "short-edge", "/edges/0/length_mm"),
        ("warning", "disconnected-node", "/nodes/6"),
    ]
    code, out, _ = run(capsys, "check", file)
    assert code == 3
    assert "error: /edges/0/length_mm: 9000 mm" in out
    assert out.rstrip().endswith("1 errors, 1 warnings")


def test_warnings_alone_leave_a_layout_usable(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nodes = layouts.load("single-block")["nodes"]
    assert isinstance(nodes, list)
    file = broken(tmp_path, nodes=[*nodes, {"id": "island", "x_mm": 99, "y_mm": 99}])
    code, out, _ = run(capsys, "check", file)
    assert code == 0
    assert "0 errors, 1 warnings" in out


def test_check_tells_a_broken_format_as_a_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = broken(tmp_path, colour="red")
    code, out, _ = run(capsys, "check", file, "--json")
    assert code == 3
    assert json.loads(out)["findings"] == [
        {
            "pointer": "/colour",
            "severity": "error",
            "rule": "format",
            "message": 'unknown field "colour"',
        }
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bad.json:1: is not JSON"),
        (b"[]", "bad.json#/: must be a JSON object"),
        ("{'name': 'Lager Süd'}".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_what_is_no_layout_gets_one_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    code, out, errors = run(capsys, "check", str(file))
    assert (code, out) == (3, "")
    assert message in errors
    assert len(errors.strip().splitlines()) == 1


def test_missing_file_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, errors = run(capsys, "check", str(tmp_path / "none.json"))
    assert code == 3
    assert "none.json: cannot be read" in errors


def test_generate_writes_a_sound_layout(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "made.json"
    size = ["--aisles", "7", "--positions", "4", "--blocks", "3", "--zones", "2", "--levels", "2"]
    code, out, _ = run(capsys, "generate", *size, "--out", str(file))
    assert code == 0
    assert "336 locations" in out
    made = parse_layout(json.loads(file.read_text(encoding="utf-8")))
    assert len(made.locations) == 7 * 4 * 3 * 2 * 2
    assert check_layout(made) == ()


def test_generate_without_out_prints_the_same_document(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [
        "generate",
        "--name",
        "demo",
        "--aisles",
        "12",
        "--blocks",
        "2",
        "--positions",
        "13",
        "--zones",
        "3",
        "--packs",
        "2",
    ]
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert out == layouts.path("demo").read_text(encoding="utf-8")


def test_generate_refuses_impossible_sizes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, errors = run(capsys, "generate", "--aisles", "2", "--positions", "1", "--zones", "3")
    assert code == 3
    assert errors == "error: zones must be 1 to 2 (the aisles), got 3\n"
    code, _, errors = run(capsys, "generate", "--aisles", "0", "--positions", "1")
    assert code == 2
    target = str(tmp_path / "no" / "folder.json")
    code, _, errors = run(capsys, "generate", "--aisles", "1", "--positions", "1", "--out", target)
    assert code == 3
    assert "cannot be written" in errors


def test_draw_writes_a_picture_with_a_tour(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    svg = tmp_path / "out.svg"
    layout = str(layouts.path("single-block"))
    code, out, _ = run(
        capsys, "draw", layout, "--svg", str(svg), "--locations", "A-03-02-R,A-01-01-L"
    )
    assert code == 0
    assert "24 locations drawn" in out
    text = svg.read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert "1: A-01-01-L" in text
    plain = run(capsys, "draw", layout, "--svg", str(svg))
    assert plain[0] == 0
    assert "polyline" not in svg.read_text(encoding="utf-8")


def test_draw_refuses_ends_without_a_tour(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    layout = str(layouts.path("single-block"))
    code, _, errors = run(
        capsys, "draw", layout, "--svg", str(tmp_path / "x.svg"), "--start", "start"
    )
    assert code == 2
    assert "--locations" in errors
    assert not (tmp_path / "x.svg").exists()


def test_draw_refuses_a_broken_layout_with_its_pointer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = broken(tmp_path, stations=[{"id": "s", "node": "nowhere", "kind": "start"}])
    code, _, errors = run(capsys, "draw", file, "--svg", str(tmp_path / "x.svg"))
    assert code == 3
    assert 'broken.json#/stations/0/node: no node "nowhere"' in errors


@pytest.mark.parametrize("command", [["layout"], ["layout", "generate"], ["route"]])
def test_help_needs_no_optimizer_and_has_examples(command: list[str]) -> None:
    code = (
        "import sys; from server.cli import main\n"
        f"try:\n    main([*{command!r}, '--help'])\n"
        "finally:\n    print(sorted(n for n in sys.modules if n == 'optimizer' or n == 'numpy'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.rstrip().endswith("[]")
    assert len(command) < 2 or "wavepick layout generate --aisles 10" in done.stdout
