"""The built wheel installs into an empty environment and serves the demo there."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made by ``python -m build`` from this checkout."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("not a checkout")
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), "."],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "WAVEPICK_SKIP_UI_BUILD": "1"},
    )
    return next(out.glob("wavepick-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing in it but the wheel and what the wheel asks for."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-compile"]
    pins = str(ROOT / "requirements" / "run.txt")
    subprocess.run([*pip, "--require-hashes", "-r", pins], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return home


def test_wheel_holds_pages_layouts_and_migrations_but_no_sources_of_pages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "handheld_ui/dist/pick.html",
        "handheld_ui/dist/lead.html",
        "layouts/layout.schema.json",
        "benchmarks/result.schema.json",
        "layouts/demo.json",
        "server/files/mappings/online-retail.json",
    ):
        assert wanted in names
    assert any(name.startswith("server/db/migrations/versions/") for name in names)
    assert not any(
        name.startswith(("handheld_ui/src", "handheld_ui/node_modules", "tests/")) for name in names
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_demo(environment: Path, folder: Path, port: int) -> Iterator[list[str]]:
    """``wavepick demo`` of the installed wheel, yielding what it printed until it serves."""
    process = subprocess.Popen(
        [str(environment / "bin" / "wavepick"), "demo", "--port", str(port), "--data", str(folder)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    printed: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        yield printed
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def test_demo_runs_from_the_wheel_in_an_empty_environment(
    environment: Path, tmp_path: Path
) -> None:
    port = free_port()
    with running_demo(environment, tmp_path, port) as printed:
        text = "".join(printed)
        assert f":{port}/pick" in text, text
        assert f":{port}/lead" in text, text
        assert "B-1001" in text
        for page in ("pick", "lead", "health"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}") as answer:
                assert answer.status == 200


def test_core_tests_pass_against_the_wheel_away_from_the_checkout(
    environment: Path, tmp_path: Path
) -> None:
    # In an editable install the whole checkout is importable, which hides files that the wheel
    # forgot. A copy of the tests elsewhere sees only the wheel.
    tests = tmp_path / "tests"
    for package in ("tests", "tests/optimizer"):
        (tmp_path / package).mkdir()
        shutil.copy(ROOT / package / "__init__.py", tmp_path / package)
    shutil.copytree(ROOT / "tests/optimizer/layout", tests / "optimizer/layout")
    shutil.copytree(ROOT / "tests/layouts", tests / "layouts")
    python = str(environment / "bin" / "python")
    same = [f"{name}=={importlib.metadata.version(name)}" for name in ("pytest", "hypothesis")]
    pip = [python, "-m", "pip", "install", "-qq", "--no-compile"]
    subprocess.run([*pip, *same], check=True)
    result = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]
