"""What a stored baseline says of the machine: its kind, and nothing by which it could be found."""

from __future__ import annotations

from typing import Any


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Leave out names of the host and its kernel, and the long list of what the processor can."""
    for name in ("node", "release", "python_build"):
        machine_info.pop(name, None)
    machine_info["cpu"].pop("flags", None)


def pytest_benchmark_update_commit_info(commit_info: dict[str, Any]) -> None:
    """Leave out the names of folder and branch."""
    for name in ("project", "branch"):
        commit_info.pop(name, None)
