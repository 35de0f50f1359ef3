"""Simulated pickers know what the wire says and nothing of the server."""

from __future__ import annotations

import ast
from pathlib import Path

import server.simulated_pickers

FOLDER = Path(server.simulated_pickers.__file__).parent


def test_they_import_nothing_of_the_server() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                own = name.startswith("server.simulated_pickers")
                assert own or not name.startswith("server"), f"{path.name} imports {name}"
