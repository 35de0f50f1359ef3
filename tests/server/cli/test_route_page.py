"""The pictures and lengths of ``docs/routing.md`` are what its commands give.

With ``WAVEPICK_PICTURES=1`` they are written anew instead (``make pictures``).
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from server.cli import main

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "routing.md"
PICTURES = ROOT / "docs" / "pictures" / "routing"
EXAMPLES = ("one-block", "two-block")
TABLE = re.compile(r"(?<=<!-- lengths -->\n).*?(?=<!-- /lengths -->)", re.S)
REWRITE = os.environ.get("WAVEPICK_PICTURES") == "1"


def commands() -> list[list[str]]:
    """Return the commands of the page, without ``wavepick``."""
    shown = re.search(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert shown is not None
    lines = shown.group(1).replace("\\\n", "").split("\n")
    return [shlex.split(line)[1:] for line in lines if line]


def lengths_table(tours: dict[str, list[dict[str, object]]]) -> str:
    """Return the table of the page from the documents of both examples."""
    lines = ["| Policy | One block | | Two blocks | |", "|---|--:|--:|--:|--:|"]
    for one, two in zip(*(tours[name] for name in EXAMPLES), strict=True):
        assert one["policy"] == two["policy"]
        cells = [f"`{one['policy']}`"]
        for tour in (one, two):
            assert isinstance(tour["length_mm"], int)
            cells += [f"{tour['length_mm'] / 1000:.1f} m", f"+{tour['above_percent']} %"]
        lines.append("| " + " | ".join(cells).replace("+0.0 %", "shortest") + " |")
    return "\n".join(lines) + "\n"


def test_the_page_shows_what_its_commands_give(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "layouts").symlink_to(ROOT / "layouts")
    monkeypatch.chdir(tmp_path)
    tours: dict[str, list[dict[str, object]]] = {}
    generate, *routes = commands()
    with pytest.raises(SystemExit):
        main(generate)
    for name, command in zip(EXAMPLES, routes, strict=True):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*command, "--json"])
        assert left.value.code == 0
        tours[name] = json.loads(capsys.readouterr().out)["tours"]
    text = PAGE.read_text(encoding="utf-8")
    made = TABLE.sub(lengths_table(tours), text)
    if REWRITE:
        PAGE.write_text(made, encoding="utf-8")
        for name in EXAMPLES:
            svg = (tmp_path / f"{name}.svg").read_bytes()
            (PICTURES / f"{name}.svg").write_bytes(svg)
    assert made == PAGE.read_text(encoding="utf-8"), "run make pictures"
    for name in EXAMPLES:
        drawn = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        assert drawn == (PICTURES / f"{name}.svg").read_text(encoding="utf-8"), "run make pictures"
