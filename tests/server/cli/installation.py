"""An installation with work on its floor, and the commands that an operator runs on it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from server.cli import main
from server.db.engine import Database
from tests.server.processes import wavepick
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site

NO_SETTINGS = {"WAVEPICK_DATABASE_URL": "", "WAVEPICK_QUEUE_URL": "", "WAVEPICK_HOME": ""}


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    output: str
    errors: str

    @property
    def json(self) -> dict[str, Any]:
        """What it printed as JSON."""
        assert self.code == 0, self.errors
        found: dict[str, Any] = json.loads(self.output)
        return found


def run(*arguments: str | Path) -> Result:
    """Run ``wavepick`` in this process, which saves the second that Python takes to start."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, NO_SETTINGS),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as end,
    ):
        main([str(argument) for argument in arguments])
    return _result(int(end.value.code or 0), output.getvalue(), errors.getvalue())


def run_apart(*arguments: str | Path, largest_file: int | None = None) -> Result:
    """Run ``wavepick`` in a process of its own, which may write ``largest_file`` bytes per file."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    done = subprocess.run(
        wavepick(*map(str, arguments)),
        preexec_fn=limit,
        env={**os.environ, **NO_SETTINGS},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return _result(done.returncode, done.stdout, done.stderr)


def _result(code: int, output: str, errors: str) -> Result:
    assert "Traceback" not in errors, errors
    assert "internal error" not in errors, errors
    return Result(code, output, errors)


def working_floor(folder: Path) -> tuple[Database, Device]:
    """An installation in ``folder`` with a picker who has 40 single units to pick, cart loaded."""
    assert run("migrate", "--data", folder).code == 0
    database = Database(f"sqlite:///{folder / 'wavepick.db'}")
    site = Site(database)
    site.build({("A-1", "S1"): 100, ("A-2", "S2"): 100})
    order = site.order(("S1", 40), ("S2", 40))
    site.launch(
        PlannedTour(
            [PlannedTask("A-1", order, "S1", 40, 0), PlannedTask("A-2", order, "S2", 40, 0)]
        )
    )
    device = Device(database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    return database, device
