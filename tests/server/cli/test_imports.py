"""``wavepick import``, ``stock spread`` and ``export`` as a user types them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli import main
from server.db import migrate

Run = Callable[..., tuple[int, str, str]]

LAYOUT = {
    "format": "wavepick-layout/1",
    "name": "aisle",
    "nodes": [{"id": "n1", "x_mm": 0, "y_mm": 0}, {"id": "n2", "x_mm": 0, "y_mm": 9000}],
    "edges": [{"from": "n1", "to": "n2"}],
    "locations": [
        {"id": f"L-{number}", "edge": ["n1", "n2"], "offset_mm": 1000 * number}
        for number in range(1, 7)
    ],
    "stations": [
        {"id": "start-1", "node": "n1", "kind": "start"},
        {"id": "pack-1", "node": "n1", "kind": "pack"},
    ],
}
ORDERS = "order,line,sku,qty\nA,1,X,2\nA,2,Y,1\nB,1,X,3\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of an empty installation."""
    folder = tmp_path / "data"
    folder.mkdir()
    migrate.upgrade(f"sqlite:///{folder / 'wavepick.db'}")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; returns exit code, output and errors."""
    monkeypatch.delenv("WAVEPICK_DATABASE_URL", raising=False)

    def typed(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, printed.out, printed.err

    return typed


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_first_day_from_files(run: Run, data: Path, tmp_path: Path) -> None:
    layout = write(tmp_path / "layout.json", json.dumps(LAYOUT))
    orders = write(tmp_path / "orders.csv", ORDERS)
    stock, items = tmp_path / "stock.csv", tmp_path / "items.csv"
    spread = ("stock", "spread", "--orders", orders, "--layout", layout)
    code, out, _ = run(*spread, "--out", stock, "--items-out", items, "--json")
    assert code == 0
    assert json.loads(out)["items"] == 2
    assert run("import", "layout", layout, "--data", data)[0] == 0
    assert run("import", "items", items, "--data", data)[0] == 0
    assert run("import", "stock", stock, "--data", data)[0] == 0
    code, out, _ = run("import", "orders", orders, "--data", data, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["outcomes"]["new"] == 2
    assert report["facts"]["orders now ready"] == 2
    # Everything again: nothing changes.
    assert "unchanged" in run("import", "layout", layout, "--data", data)[1]
    again = json.loads(run("import", "orders", orders, "--data", data, "--json")[1])
    assert again["outcomes"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    stocked = json.loads(run("import", "stock", stock, "--data", data, "--json")[1])
    assert stocked["outcomes"]["changed"] == 0


def test_a_dry_run_leaves_the_database_empty(run: Run, data: Path, tmp_path: Path) -> None:
    orders = write(tmp_path / "orders.csv", ORDERS)
    imported = ("import", "orders", orders, "--create-items", "--data", data)
    code, out, _ = run(*imported, "--dry-run")
    assert code == 0
    assert "dry run: nothing was changed" in out
    code, out, _ = run("export", "orders", "--data", data, "--json")
    assert (code, json.loads(out)) == (0, {"orders": []})


def test_rejected_lines_are_written_with_their_reason(run: Run, data: Path, tmp_path: Path) -> None:
    orders = write(tmp_path / "orders.csv", ORDERS + "C,1,X,0\n")
    rejects = tmp_path / "rejects.csv"
    code, out, _ = run(
        *("import", "orders", orders, "--create-items", "--data", data, "--rejects", rejects)
    )
    assert code == 0
    assert 'line 5: qty "0": quantity must be at least 1, got 0' in out
    with rejects.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["order"] for row in rows] == ["C"]
    assert rows[0]["reason"] == "quantity: quantity must be at least 1, got 0"


def test_people_get_their_pins_once(run: Run, data: Path, tmp_path: Path) -> None:
    people = write(tmp_path / "people.csv", "badge,name\nB-1,Ana\n")
    code, out, _ = run("import", "people", people, "--data", data, "--json")
    assert code == 0
    assert len(json.loads(out)["pins"]["B-1"]) == 6
    assert json.loads(run("import", "people", people, "--data", data, "--json")[1])["pins"] == {}


def test_stock_is_spread_into_an_empty_warehouse_only(run: Run, data: Path, tmp_path: Path) -> None:
    layout = write(tmp_path / "layout.json", json.dumps(LAYOUT))
    orders = write(tmp_path / "orders.csv", ORDERS)
    run("import", "layout", layout, "--data", data)
    run("import", "orders", orders, "--create-items", "--data", data)
    code, out, _ = run("stock", "spread", "--into-database", "--data", data)
    assert code == 0
    assert "2 items in 4 locations" in out  # both of class A, two locations each
    code, out, _ = run("export", "stock", "--data", data, "--json")
    rows = json.loads(out)["stock"]
    # X: 5 units asked for x 1.25 = 7, Y: 1 x 1.25 = 2; the nearest four locations are used.
    assert sorted(row["location"] for row in rows) == ["L-1", "L-2", "L-3", "L-4"]
    assert sum(row["qty"] for row in rows) == 9
    code, _, err = run("stock", "spread", "--into-database", "--data", data)
    assert code == 3
    assert "already holds stock" in err


def test_exports_guard_against_formulas(run: Run, data: Path, tmp_path: Path) -> None:
    orders = write(tmp_path / "orders.csv", "order,line,sku,qty\n=1+1,1,@X,2\n")
    run("import", "orders", orders, "--create-items", "--data", data)
    out = tmp_path / "out.csv"
    assert run("export", "orders", "--data", data, "--out", out)[0] == 0
    row = next(csv.DictReader(out.open(newline="", encoding="utf-8")))
    assert (row["order"], row["sku"], row["open"]) == ("'=1+1", "'@X", "2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"order,line,sku,qty\n", "no line after the header"),
        (b"a,b\n1,2\n", 'no column "order"'),
        (b"PK\x03\x04", "workbook or ZIP"),
        (b"order,line,sku,qty\nA,1,\x81\x8d,1\n", "is not valid windows-1252"),
        (b"order,line,sku,qty\nA,1,NOPE,1\n", "no item in the catalogue"),
        (b"order,line,sku,qty\nA,1,X,1000001\n", "at most 100,000"),
        (b'order,line,sku,qty\nA,1,"X,1\n', "never closed"),
    ],
)
def test_bad_order_files_get_one_clear_message(
    run: Run, data: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_bytes(content)
    code, out, err = run("import", "orders", orders, "--data", data)
    assert code == 3
    assert message in err
    assert "orders.csv" in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1


def test_missing_things_get_one_clear_message(run: Run, data: Path, tmp_path: Path) -> None:
    orders = write(tmp_path / "orders.csv", ORDERS)
    code, _, err = run("import", "orders", tmp_path / "none.csv", "--data", data)
    assert (code, "cannot be read" in err) == (3, True)
    code, _, err = run("import", "orders", orders, "--data", tmp_path / "elsewhere")
    assert (code, "wavepick migrate" in err) == (3, True)
    code, _, err = run("import", "orders", orders, "--mapping", "unknown", "--data", data)
    assert (code, "online-retail" in err) == (3, True)
    code, _, err = run("export", "report", "--wave", "7", "--data", data)
    assert (code, "wave 7 does not exist" in err) == (3, True)


def test_a_broken_layout_is_refused_by_pointer(run: Run, data: Path, tmp_path: Path) -> None:
    broken = {**LAYOUT, "edges": [{"from": "n1", "to": "n9"}]}
    layout = write(tmp_path / "layout.json", json.dumps(broken))
    code, _, err = run("import", "layout", layout, "--data", data)
    assert code == 3
    assert "layout.json#/edges/0/to" in err


def test_wrong_usage_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    assert run("stock", "spread", "--orders", tmp_path / "o.csv")[0] == 2
    assert run("stock", "spread", "--into-database", "--cuts", "80")[0] == 2
    assert run("import", "nonsense", "file")[0] == 2


@pytest.mark.parametrize(("option", "expected"), [((), 0), (("--known-items",), 3)])
def test_a_mapping_may_say_that_its_file_is_the_catalogue_too(
    run: Run, tmp_path: Path, data: Path, option: tuple[str, ...], expected: int
) -> None:
    file = tmp_path / "retail.csv"
    file.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate\n"
        "536365,85123A,WHITE HANGING HEART,6,1/12/2010\n"
    )
    command = ("import", "orders", str(file), "--mapping", "online-retail", "--data", data)
    assert run(*command, "--dry-run", *option)[0] == expected
    assert run(*command, *option)[0] == expected
