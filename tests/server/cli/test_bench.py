"""``wavepick bench``: listing, running, continuing, comparing, printing tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.cli import main
from tests.benchmarks.files import instance_text, write_data


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run ``wavepick bench`` and return exit code, output and errors."""
    with pytest.raises(SystemExit) as left:
        main(["bench", *arguments])
    captured = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, captured.out, captured.err


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two instances: picks at (0, y=3) and (6, y=2), 22 walked; one at (3, y=4), 14 walked."""
    texts = {
        "unit_F1_m3_C4_a2_0": instance_text([(0, 0, 1, 1), (1, 2, 2, 1)], [[(0, 1), (1, 1)]]),
        "unit_F1_m3_C4_a1_0": instance_text([(0, 1, 0, 1)], [[(0, 1)]]),
    }
    best = [("SPRP", "unit_F1_m3_C4_a2_0", 22.0), ("SPRP", "unit_F1_m3_C4_a1_0", 14.0)]
    return write_data(tmp_path / "data", "sprp.tar.xz", texts, best)


def test_list_names_suites_and_their_data(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    assert code == 0
    assert "sprp-two-block" in out
    assert "[sprp.tar.xz]" in out


def test_run_prints_a_table_and_keeps_results_and_solutions(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    out_file, solutions = tmp_path / "out.json", tmp_path / "solutions"
    arguments = ["--suite", "sprp", "--data", str(data), "--json", str(out_file)]
    code, out, errors = run(capsys, "run", *arguments, "--solutions", str(solutions))
    assert code == 0
    assert "| all | 2 | 2 of 2 | 2 | 2 |" in out
    assert "2 of 2" in errors
    document = json.loads(out_file.read_text())
    assert [line["objective"] for line in document["results"]] == [14, 22]
    assert all(line["judged"] and line["proven"] for line in document["results"])
    assert len(list(solutions.iterdir())) == 2

    # The same command finds everything done.
    code, again, errors = run(capsys, "run", *arguments)
    assert (code, again, errors) == (0, out, "")
    code, table, _ = run(capsys, "table", str(out_file))
    assert (code, table) == (0, out)


def test_run_of_other_settings_does_not_continue(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    arguments = ["--suite", "sprp", "--data", str(data), "--json", str(tmp_path / "out.json")]
    assert run(capsys, "run", *arguments, "--limit", "1")[0] == 0
    code, _, errors = run(capsys, "run", *arguments)
    assert code == 3
    assert "holds a run of other settings" in errors


def test_missing_data_is_bad_input_that_says_whence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WAVEPICK_DATA", raising=False)
    code, _, errors = run(capsys, "run", "--suite", "sprp")
    assert code == 3
    assert "--data or WAVEPICK_DATA" in errors
    assert "katrinhessler/SPRP-SS" in errors
    code, _, errors = run(capsys, "run", "--suite", "sprp", "--data", str(tmp_path))
    assert code == 3
    assert "there is no folder" in errors


def test_an_answer_below_a_proven_optimum_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = instance_text([(0, 1, 0, 1)], [[(0, 1)]])
    best = [("SPRP", "unit_F1_m3_C4_a1_0", 15.0)]
    write_data(tmp_path, "sprp.tar.xz", {"unit_F1_m3_C4_a1_0": text}, best)
    code, out, errors = run(capsys, "run", "--suite", "sprp", "--data", str(tmp_path))
    assert code == 5
    assert "seed 1: below the proven optimum 15" in out
    assert "some answers are wrong" in errors


def test_an_interrupted_run_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    data: Path,
    tmp_path: Path,
) -> None:
    from benchmarks.suites.sprp import TourCase

    solve = TourCase.solve
    calls = iter(range(10))

    def interrupted(self: TourCase, budget: object) -> object:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return solve(self, budget)  # type: ignore[arg-type]

    monkeypatch.setattr(TourCase, "solve", interrupted)
    out_file = tmp_path / "out.json"
    arguments = ["--suite", "sprp", "--data", str(data), "--json", str(out_file)]
    code, _, errors = run(capsys, "run", *arguments)
    assert code == 130
    assert "interrupted after 1 of 2; the same command continues" in errors
    assert len(json.loads(out_file.read_text())["results"]) == 1
    assert run(capsys, "run", *arguments)[0] == 0
    assert len(json.loads(out_file.read_text())["results"]) == 2


def test_compare_names_regressions(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    run(capsys, "run", "--suite", "sprp", "--data", str(data), "--json", str(old))
    code, out, _ = run(capsys, "compare", str(old), str(old))
    assert code == 0
    assert "2 instances in both: 0 better, 0 worse, 2 equal" in out
    assert "no regressions" in out
    document = json.loads(old.read_text())
    document["results"][1] |= {"objective": 24, "proven": False}
    new.write_text(json.dumps(document))
    code, out, _ = run(capsys, "compare", str(old), str(new))
    assert code == 0
    # 22 -> 24 is 100 * 2 / 22 = 9.091 % more.
    assert "22 -> 24  unit_F1_m3_C4_a2_0  (+9.091 %, no longer proven)" in out


def test_compare_refuses_what_is_no_result(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}")
    code, _, errors = run(capsys, "compare", str(file), str(file))
    assert code == 3
    assert "'format' is a required property" in errors


def test_stored_solutions_can_be_judged_again(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "solutions"
    which = ["--suite", "sprp", "--data", str(data)]
    run(capsys, "run", *which, "--solutions", str(folder))
    code, out, _ = run(capsys, "judge", str(folder), *which)
    assert code == 0
    assert "unit_F1_m3_C4_a2_0-1.json: 22  (best known 22)" in out
    (folder / "unit_F1_m3_C4_a1_0-2.json").write_text('{"stops": [[0, 0]]}')
    code, out, _ = run(capsys, "judge", str(folder), *which)
    assert code == 5
    assert "unit_F1_m3_C4_a1_0-2.json: cell (1, 0) is not visited" in out
    (folder / "unit_F1_m3_C4_a1_0-2.json").write_text("{")
    assert run(capsys, "judge", str(folder), *which)[0] == 3
    code, _, errors = run(capsys, "judge", str(tmp_path / "nothing"), *which)
    assert code == 3
    assert "holds no solution" in errors


@pytest.mark.parametrize("command", [["bench"], ["bench", "run"], []])
def test_help_needs_no_solver(command: list[str]) -> None:
    code = (
        "import sys; from server.cli import main\n"
        f"try:\n    main([*{command!r}, '--help'])\n"
        "finally:\n    print(sorted({'optimizer', 'numpy', 'pyvrp', 'ortools'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.rstrip().endswith("[]")
