"""What the readme shows works as shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import COMMANDS, wavepick

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_library_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert code is not None
    exec(compile(code[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == [
        "single",
        "cluster",
        "sort-after",
        "zone",
        "total",
    ]


def test_pictures_and_pages_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_shown_commands_and_options_exist() -> None:
    shown = re.sub(
        r"\\\n\s*",
        " ",
        "\n".join(re.findall(r"^```\w*\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)),
    )
    lines = [line for line in shown.splitlines() if line.startswith("wavepick ")]
    assert len(lines) >= 8
    for line in lines:
        words = shlex.split(line)[1:]
        path = [word for word in words[:2] if re.fullmatch(r"[a-z][a-z-]*", word)]
        text = next(
            result.output
            for depth in (2, 1)
            if (result := CliRunner().invoke(wavepick, [*path[:depth], "--help"])).exit_code == 0
        )
        for option in (word for word in words if word.startswith("--")):
            assert option in text, f"{option} of: {line}"


def test_every_command_explains_itself() -> None:
    runner = CliRunner()
    for name in COMMANDS:
        result = runner.invoke(wavepick, [name, "--help"])
        assert result.exit_code == 0, result.output
        assert "Usage:" in result.output
