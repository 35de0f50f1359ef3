"""Gates over the sources: no SQL made of text, no HTML made of text (S11, S22)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UI = ROOT / "handheld_ui" / "src"

SQL_CALLS = {"text", "execute", "exec_driver_sql", "literal_column"}

CONSTANTS_ONLY = {"server/db/connections.py", "server/db/engine.py", "server/db/migrate.py"}
"""Put constants of the program (a lock's number, pragmas) into statements; no input."""

HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|\beval\("
    r"|new Function\("
)

NAVIGATION = re.compile(r"window\.open|location\.(?:assign|replace)|location\.href\s*=")


def statements_made_of_text(source: str) -> list[int]:
    """Lines where an f-string, a concatenation or ``format`` is handed to the database."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        made = isinstance(node.args[0], ast.JoinedStr | ast.BinOp) or (
            isinstance(node.args[0], ast.Call)
            and isinstance(node.args[0].func, ast.Attribute)
            and node.args[0].func.attr == "format"
        )
        if name in SQL_CALLS and made:
            found.append(node.lineno)
    return found


def test_the_server_makes_no_statement_of_text() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted((ROOT / "server").rglob("*.py"))
        if "migrations" not in file.parts
        and file.relative_to(ROOT).as_posix() not in CONSTANTS_ONLY
        for line in statements_made_of_text(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source", ["s.execute(text(f'SELECT {x}'))", "text('a' + x)", "text('{}'.format(x))"]
)
def test_the_gate_finds_statements_made_of_text(source: str) -> None:
    assert statements_made_of_text(source)


@pytest.mark.skipif(not UI.exists(), reason="an installed package without its sources")
@pytest.mark.parametrize("pattern", [HTML, NAVIGATION], ids=["html", "navigation"])
def test_pages_neither_write_html_nor_leave(pattern: re.Pattern[str]) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {hit.group()}"
        for file in sorted(UI.rglob("*.ts*"))
        for hit in pattern.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
