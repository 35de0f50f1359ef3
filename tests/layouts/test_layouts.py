from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest

import layouts
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_aisles
from optimizer.layout.model import StationKind
from optimizer.layout.parse import parse_layout

Kinds = StationKind


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_samples_fit_the_schema_and_bear_their_name(name: str) -> None:
    document = layouts.load(name)
    jsonschema.Draft202012Validator(layouts.schema()).validate(document)
    assert document["name"] == name == layouts.path(name).stem


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(layouts.schema())


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_files_are_written_the_way_the_generator_writes(name: str) -> None:
    text = layouts.path(name).read_text(encoding="utf-8")
    assert layouts.to_text(layouts.load(name)) == text


def test_text_has_one_thing_per_line() -> None:
    text = layouts.to_text({"name": "Lager Süd", "nodes": [{"id": "a"}, {"id": "b"}], "zones": []})
    assert text.splitlines() == [
        "{",
        '  "name": "Lager Süd",',
        '  "nodes": [',
        '    {"id": "a"},',
        '    {"id": "b"}',
        "  ],",
        '  "zones": []',
        "}",
    ]
    assert json.loads(text)["name"] == "Lager Süd"


def test_unknown_sample_is_refused() -> None:
    with pytest.raises(KeyError, match="no sample layout"):
        layouts.load("../pyproject")


def test_demo_warehouse_has_what_the_demo_needs() -> None:
    layout = parse_layout(layouts.load("demo"))
    assert 500 <= len(layout.locations) <= 700
    assert len(layout.zones) == 3
    kinds = [station.kind for station in layout.stations]
    assert {kind: kinds.count(kind) for kind in Kinds} == {
        Kinds.START: 1,
        Kinds.PACK: 2,
        Kinds.WALL: 1,
        Kinds.HANDOVER: 3,
        Kinds.PARKING: 1,
        Kinds.CONVEYOR: 0,
    }
    assert all(location.zone and location.check_digits for location in layout.locations)


def test_irregular_sample_is_irregular_in_every_way_it_claims() -> None:
    layout = parse_layout(layouts.load("irregular"))
    assert any(edge.one_way for edge in layout.edges)
    assert {node.floor for node in layout.nodes} == {0, 1}
    assert len(layout.stations) == 2
    assert isinstance(recognise_aisles(layout), NotParallel)


@pytest.mark.parametrize("name", ["single-block", "two-block", "demo"])
def test_rectangular_samples_have_exact_tours(name: str) -> None:
    assert isinstance(recognise_aisles(parse_layout(layouts.load(name))), ParallelAisles)


def test_samples_are_read_without_the_optimizer() -> None:
    code = (
        "import sys, layouts; layouts.load('demo'); "
        "print(sorted(name for name in sys.modules "
        "if name.split('.')[0] in {'optimizer', 'numpy', 'numba', 'scipy', 'ortools'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
