"""The build of the pages: when it runs, and what it leaves behind."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not (ROOT / "hatch_build.py").is_file(), reason="runs in a checkout only"
)


@pytest.fixture
def build() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hatch_build"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["hatch_build"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree of sources, small and without a build."""
    (tmp_path / "src" / "picker").mkdir(parents=True)
    (tmp_path / "src" / "picker" / "main.tsx").write_text("one")
    (tmp_path / "package-lock.json").write_text("{}")
    return tmp_path


@pytest.fixture
def commands(
    build: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, ...]]:
    """What npm is asked to do; a build writes a page."""
    asked: list[tuple[str, ...]] = []

    def run_npm(where: Path, *arguments: str) -> None:
        asked.append(arguments)
        if arguments[0] == "ci":
            (where / "node_modules").mkdir(exist_ok=True)
        else:
            target = Path(arguments[-1])
            target.mkdir()
            (target / "pick.html").write_text(str(len(asked)))

    monkeypatch.setattr(build, "run_npm", run_npm)
    monkeypatch.delenv(build.SKIP_VARIABLE, raising=False)
    return asked


def test_builds_once_and_again_when_a_source_changes(
    build: ModuleType, folder: Path, commands: list[tuple[str, ...]]
) -> None:
    assert build.build_pages(folder)
    assert not build.build_pages(folder)
    assert [command[0] for command in commands] == ["ci", "run"]
    (folder / "src" / "picker" / "main.tsx").write_text("two")
    assert build.build_pages(folder)
    assert [command[0] for command in commands] == ["ci", "run", "run"]
    assert (folder / "dist" / "pick.html").read_text() == "3"
    assert not list(folder.glob("node_modules/.build-*"))


def test_build_needs_no_development_packages_but_checks_do(
    build: ModuleType, folder: Path, commands: list[tuple[str, ...]]
) -> None:
    build.build_pages(folder)
    assert commands[0] == ("ci", "--ignore-scripts", "--omit=dev")
    build.install_packages(folder, development=True)
    build.install_packages(folder, development=False)
    assert commands[2:] == [("ci", "--ignore-scripts")]


def test_skip_variable_takes_the_pages_that_are_there(
    build: ModuleType,
    folder: Path,
    commands: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(build.SKIP_VARIABLE, "1")
    assert build.build_pages(folder), "without pages there is nothing to take"
    (folder / "src" / "picker" / "main.tsx").write_text("two")
    assert not build.build_pages(folder)


def test_failed_build_leaves_the_former_pages(
    build: ModuleType,
    folder: Path,
    commands: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build.build_pages(folder)
    (folder / "src" / "picker" / "main.tsx").write_text("two")

    def fails(_where: Path, *_arguments: str) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(build, "run_npm", fails)
    with pytest.raises(RuntimeError):
        build.build_pages(folder)
    assert (folder / "dist" / "pick.html").read_text() == "2"


def test_lock_file_names_no_host() -> None:
    lock = json.loads((ROOT / "handheld_ui" / "package-lock.json").read_text("utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_socket_parser_is_past_its_known_holes() -> None:
    """CVE-2026-33151 and CVE-2026-69185 are closed in 4.2.7."""
    lock = json.loads((ROOT / "handheld_ui" / "package-lock.json").read_text("utf-8"))
    version = lock["packages"]["node_modules/socket.io-parser"]["version"]
    assert tuple(int(part) for part in version.split(".")) >= (4, 2, 7)
