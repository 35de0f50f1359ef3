from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from benchmarks.errors import BenchError
from benchmarks.results import percent_worse, read_run, run_document, schema, write_run
from benchmarks.suite import PeerResult
from tests.benchmarks.cases import empty_run, line


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_documents_fit_the_schema_and_are_read_again(tmp_path: Path) -> None:
    peer = PeerResult("other", 11, 1.0, None)
    lines = (line("a", 10, peers=(peer,), figures={"tour_us": 3.5}), line("b", None, judged=False))
    run = replace(empty_run(2), lines=lines)
    document = json.loads(json.dumps(run_document(run)))
    jsonschema.Draft202012Validator(schema()).validate(document)
    assert document["format"] == "wavepick-bench/1"
    write_run(run, tmp_path / "out.json")
    assert read_run(tmp_path / "out.json") == run
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_the_documented_example_fits_the_schema() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md").read_text()
    example = re.search(r"```json\n(.*?)```", page, flags=re.DOTALL)
    assert example is not None
    jsonschema.Draft202012Validator(schema()).validate(json.loads(example[1]))


def test_files_that_are_no_results_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    with pytest.raises(BenchError, match=r"out\.json: cannot be read"):
        read_run(file)
    file.write_text("{")
    with pytest.raises(BenchError, match="is not JSON"):
        read_run(file)
    document = json.loads(json.dumps(run_document(replace(empty_run(1), lines=(line("a", 1),)))))
    document["results"][0]["seconds"] = -1
    file.write_text(json.dumps(document))
    with pytest.raises(BenchError, match=r"out\.json#/results/0/seconds: -1"):
        read_run(file)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"nowhere/out\.json: cannot be written"):
        write_run(empty_run(1), tmp_path / "nowhere" / "out.json")


def test_percent_worse_nothing() -> None:
    assert percent_worse(0, 0, 0) == 0
    assert percent_worse(1, 0, 0) is None


def test_less_is_worse_where_the_objective_is_maximised() -> None:
    assert percent_worse(8, 10, 10, maximise=True) == 20
    assert percent_worse(8, 10, 10) == -20


def test_runs_from_before_maximising_are_read_as_minimised(tmp_path: Path) -> None:
    document = json.loads(json.dumps(run_document(replace(empty_run(1), maximise=True))))
    (tmp_path / "new.json").write_text(json.dumps(document))
    assert read_run(tmp_path / "new.json").maximise
    del document["maximise"]
    (tmp_path / "old.json").write_text(json.dumps(document))
    assert not read_run(tmp_path / "old.json").maximise
