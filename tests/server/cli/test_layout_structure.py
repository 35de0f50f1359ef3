from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import layouts
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Layout
from optimizer.layout.parse import layout_document
from server.cli import main


def check(
    capsys: pytest.CaptureFixture[str], folder: Path, layout: Layout, *options: str
) -> tuple[int, str]:
    """Return exit code and output of ``wavepick layout check``."""
    file = folder / "layout.json"
    file.write_text(layouts.to_text(layout_document(layout)), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["layout", "check", str(file), *options])
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().out


def test_one_way_stretches_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    layout = generate_layout(aisles=4, positions=3, blocks=2, one_way=True)
    code, out = check(capsys, tmp_path, layout)
    assert code == 0
    assert "4 parallel aisles between 3 cross-aisles, 8 stretches one-way" in out
    _, out = check(capsys, tmp_path, layout, "--json")
    assert json.loads(out)["structure"] == {
        "parallel_aisles": True,
        "aisles": 4,
        "cross_aisles": 3,
        "one_way": 8,
    }


def test_stations_at_no_cross_aisle_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    layout = generate_layout(aisles=3, positions=3)
    # The wall is moved to a node that divides the middle aisle.
    first = next(edge for edge in layout.edges if edge.start == "N-02-0")
    wall = next(one.node for one in layout.stations if one.id == "wall")
    kept = tuple(
        edge for edge in layout.edges if edge != first and wall not in (edge.start, edge.end)
    )
    nodes = tuple(
        replace(node, x_mm=4_000, y_mm=3_000) if node.id == wall else node for node in layout.nodes
    )
    halves = (
        replace(first, end=wall, length_mm=3_000),
        replace(first, start=wall, length_mm=3_000),
    )
    places = tuple(place for place in layout.locations if "N-02-0" not in (place.edge or ()))
    moved = replace(layout, nodes=nodes, edges=(*kept, *halves), locations=places)
    _, out = check(capsys, tmp_path, moved)
    assert "3 parallel aisles between 2 cross-aisles: shortest tours are exact" in out
    assert 'tours of station "wall" are searched: it stands inside an aisle' in out
