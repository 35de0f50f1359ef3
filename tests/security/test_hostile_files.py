"""More than 40 hostile files for the importers: each ends soon, all or nothing (S7, S21, G22)."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.db.engine import Database
from server.files.tables import Limits
from server.models import Item, Order
from tests.server.cli.test_installation_commands import run

HEADER = b"channel,order_id,sku,quantity\n"
ROW = b"web,O-1,SKU-1,1\n"


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


_BOMB = _zip("xl/worksheets/sheet1.xml", b"<row/>" * 4_000_000)
_SHEET = b'<?xml version="1.0"?><worksheet><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'
_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<x>&b;</x>"
)

FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blank": lambda: b" \r\n\t\n",
    "bom-only": lambda: b"\xef\xbb\xbf",
    "nul": lambda: HEADER + b"web,O\x00-1,SKU-1,1\n",
    "nuls": lambda: b"\x00" * 100_000,
    "binary": lambda: bytes(range(256)) * 400,
    "zip-bomb": lambda: _BOMB,
    "nested-zip": lambda: _zip("a.zip", _BOMB),
    "huge-dimension": lambda: _zip("xl/worksheets/sheet1.xml", _SHEET),
    "old-workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
    "gzip-bomb": lambda: gzip.compress(b"0" * 10_000_000),
    "pdf": lambda: b"%PDF-1.7\n" + b"x" * 500,
    "png": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    "database": lambda: b"SQLite format 3\x00" + b"\x00" * 100,
    "entities": lambda: _ENTITIES,
    "html": lambda: b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    "json": lambda: b'{"orders": [{"order_id": 1}]}',
    "deep-json": lambda: b"[" * 100_000,
    "half-utf16": lambda: "channel,order_id\nweb,1".encode("utf-16")[:-1],
    "utf16-rows": lambda: (HEADER + ROW).decode().encode("utf-16-le"),
    "utf32": lambda: (HEADER + ROW).decode().encode("utf-32"),
    "utf7": lambda: HEADER + b"+AGE-,O-1,SKU-1,1\n",
    "overlong-utf8": lambda: HEADER + b"web,\xc0\xaf,SKU-1,1\n",
    "surrogates": lambda: HEADER + b"web,\xed\xa0\x80,SKU-1,1\n",
    "lone-cr": lambda: (HEADER + ROW * 10).replace(b"\n", b"\r"),
    "mixed-breaks": lambda: HEADER.replace(b"\n", b"\r\n") + ROW + ROW.replace(b"\n", b"\r"),
    "open-quote": lambda: HEADER + b'web,"O-1,SKU-1,1\n' + ROW * 1_000,
    "quote-storm": lambda: HEADER + b'"' * 50_001 + b"\n",
    "late-quote": lambda: HEADER + b'web,"O-1"x,SKU-1,1\n',
    "long-cell": lambda: HEADER + b"web," + b"x" * 1_000_000 + b",SKU-1,1\n",
    "long-line": lambda: b"x" * 5_000_000,
    "many-columns": lambda: b",".join(b"c%d" % n for n in range(20_000)) + b"\n",
    "doubled-header": lambda: b"channel,order_id,sku,quantity,SKU\nweb,O-1,S,1,S\n",
    "header-only": lambda: HEADER,
    "no-header": lambda: ROW * 5,
    "ragged": lambda: HEADER + b"web\nweb,O-1\nweb,O-1,S,1,2,3\n",
    "too-many-rows": lambda: HEADER + ROW * (Limits().max_rows + 1),
    "too-large": lambda: b"x" * (Limits().max_bytes + 1),
    "formula": lambda: HEADER + b"web,=cmd|' /C calc'!A0,SKU-1,1\n",
    "hyperlink": lambda: HEADER + b'web,"=HYPERLINK(""http://x"")",SKU-1,1\n',
    "nan": lambda: HEADER + b"web,O-1,SKU-1,NaN\n",
    "infinity": lambda: HEADER + b"web,O-1,SKU-1,1e309\n",
    "negative": lambda: HEADER + b"web,O-1,SKU-1,-1\n",
    "fraction": lambda: HEADER + b"web,O-1,SKU-1,0.5\n",
    "huge-number": lambda: HEADER + b"web,O-1,SKU-1," + b"9" * 5_000 + b"\n",
    "other-digits": lambda: HEADER + "web,O-1,SKU-1,٣\n".encode(),
    "serial-date": lambda: HEADER.replace(b"\n", b",ship_by\n") + b"web,O-1,SKU-1,1,45000\n",
    "impossible-date": lambda: (
        HEADER.replace(b"\n", b",ship_by\n") + b"web,O-1,SKU-1,1,2026-02-30T25:61:00Z\n"
    ),
    "escape-codes": lambda: HEADER + b"web,\x1b[2J\x1b]0;x\x07,SKU-1,1\n",
    "right-to-left": lambda: HEADER + "web,\u202eO-1,SKU-1,1\n".encode(),
    "sql": lambda: HEADER + b"web,'; DROP TABLE item; --,SKU-1,1\n",
    "path": lambda: HEADER + b"web,../../../etc/passwd,SKU-1,1\n",
}


def test_there_are_more_than_forty() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("kind", ["orders", "items", "stock", "people"])
def test_every_file_is_refused_or_reported_and_nothing_is_half_taken(
    tmp_path: Path, kind: str
) -> None:
    run(tmp_path, "migrate")
    for name, content in FILES.items():
        file = tmp_path / f"{name}.csv"
        file.write_bytes(content())
        before = _counts(tmp_path)
        result = run(tmp_path, "import", kind, str(file), "--strict", "--json")
        told = result.exception is None or type(result.exception).__module__ == "server.errors"
        assert told or isinstance(result.exception, SystemExit), (name, result.exception)
        if result.exit_code == 0:
            # Taken in whole, with its report; a repeat changes nothing.
            report = json.loads(result.output)
            after = _counts(tmp_path)
            again = run(tmp_path, "import", kind, str(file), "--strict", "--json")
            assert again.exit_code == 0, (name, report)
            assert _counts(tmp_path) == after, name
        else:
            assert _counts(tmp_path) == before, name
        file.unlink()


def _counts(folder: Path) -> tuple[int, int]:
    database = Database(f"sqlite:///{folder / 'wavepick.db'}")
    with database.read() as session:
        found = tuple(
            session.scalar(select(func.count()).select_from(model)) or 0 for model in (Order, Item)
        )
    database.close()
    return found[0], found[1]
