"""``wavepick plan`` on files: the table, the document, exit codes, refusals."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from optimizer.document import parse_plan
from optimizer.layout.generate import generate_layout
from optimizer.layout.parse import layout_document
from server.cli import main

SCHEMA = resources.files("layouts") / "plan.schema.json"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a layout of 80 locations and 16 orders whose skus are locations."""
    layout = generate_layout(name="site", aisles=4, positions=5, blocks=2, zones=2)
    (tmp_path / "layout.json").write_text(json.dumps(layout_document(layout)), encoding="utf-8")
    rng = random.Random(1)
    names = [location.id for location in layout.locations]
    rows = ["order,line,sku,qty,priority,note"]
    for order in range(16):
        for line, sku in enumerate(rng.sample(names, rng.randint(1, 4)), start=1):
            rows.append(f"{order},{line},{sku},{rng.randint(1, 3)},{order % 4},x")
    (tmp_path / "orders.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(site: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``wavepick plan`` in the site; return exit code, output and errors."""

    def call(*options: str, orders: str = "orders.csv") -> tuple[int, str, str]:
        arguments = ["plan", "--layout", str(site / "layout.json"), "--orders", str(site / orders)]
        with pytest.raises(SystemExit) as caught:
            main([*arguments, *options])
        out, err = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, out, err

    return call


def write(site: Path, name: str, *rows: str) -> str:
    (site / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(site / name)


def table(out: str) -> dict[str, list[str]]:
    """Return the cells after the method per method of the printed table."""
    methods = ("single", "cluster", "sort-after", "zone", "total")
    rows = [line.split() for line in out.splitlines()]
    return {row[0]: row[1:] for row in rows if row and row[0] in methods}


def test_compare_prints_every_method_and_what_it_assumed(run: Run) -> None:
    code, out, _ = run("--iterations", "3")
    assert code == 0
    assert list(table(out)) == ["single", "cluster", "sort-after", "zone", "total"]
    assert "every unit is taken as 200 g and 500 ml" in out
    assert 'cart "cart-8": 8 totes of 15 kg and 40 l' in out
    assert "baseline (first-come, S-shape):" in out
    assert "* recommended:" in out
    assert "(3 iterations)" in out


def test_one_method_and_its_document(run: Run, site: Path) -> None:
    target = site / "out.json"
    code, out, _ = run("--method", "cluster", "--iterations", "3", "--json", str(target))
    assert code == 0
    assert list(table(out)) == ["cluster"]
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["layout"] == "site"
    plan = parse_plan(document)
    assert plan.totals.length_mm <= plan.totals.baseline_mm
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_orders_are_divided_at_a_price(run: Run, site: Path) -> None:
    carts = site / "carts.csv"
    carts.write_text(
        "id,slots,tote_weight_g,tote_volume_ml,max_weight_g,max_lines\nc,9,9000,90000,90000,5\n",
        encoding="utf-8",
    )

    def lists_of_orders(*options: str) -> tuple[int, int]:
        file = site / "plan.json"
        search = ("--method", "cluster", "--iterations", "4", "--json", str(file))
        assert run("--carts", str(carts), *search, *options)[0] == 0
        made = parse_plan(json.loads(file.read_text("utf-8")))
        pairs = {
            (pick.order, one.id) for one in made.lists for stop in one.stops for pick in stop.picks
        }
        return len(pairs), sum(one.length_mm for one in made.lists)

    assert lists_of_orders()[0] == lists_of_orders("--divide-at", "1000")[0] == 16
    n_pairs, length_mm = lists_of_orders("--divide-at", "0")
    assert n_pairs > 16
    assert length_mm < lists_of_orders()[1]


def test_json_on_the_screen_is_nothing_but_json_and_repeatable(run: Run) -> None:
    options = ("--iterations", "3", "--seed", "3", "--json", "-")
    code, first, _ = run(*options)
    assert code == 0
    assert json.loads(first)["recommended"] in table_methods()
    assert run(*options)[1] == first


def test_another_process_makes_the_same_bytes(run: Run, site: Path) -> None:
    # Sets of strings are ordered by a hash that differs from process to process.
    options = ["--method", "cluster", "--iterations", "3", "--json", "-"]
    arguments = [sys.executable, "-m", "server.cli", "plan", *options]
    arguments += ["--layout", str(site / "layout.json"), "--orders", str(site / "orders.csv")]
    other = subprocess.run(
        arguments,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout == run(*options)[1]


def table_methods() -> Sequence[str]:
    return ("single", "cluster", "sort-after", "zone", "total")


def test_stock_items_and_carts_from_files(run: Run, site: Path) -> None:
    write(site, "o.csv", "order;line;sku;qty", "A;1;tea;3", "A;2;mug;1", "B;1;tea;9")
    stock = write(site, "s.csv", "location,sku,qty", "A-01-1-01-L,tea,5", "A-02-1-01-L,mug,0")
    items = write(site, "i.csv", "sku,kg,l_mm,w_mm,h_mm", "tea,0.25,100,100,50", "mug,0.4,90,90,90")
    carts = write(
        site,
        "c.csv",
        "id,slots,tote_weight_g,tote_volume_ml,max_weight_g,max_lines",
        "small,3,5000,9000,12000,20",
    )
    code, out, err = run(
        "--stock", stock, "--items", items, "--carts", carts, "--partial", orders="o.csv"
    )
    assert code == 0, err
    assert 'cart "small": 3 totes of 5 kg and 9 l' in out
    assert "no --items" not in out
    assert 'order A, line A/2: no-stock - 1 of "mug" asked, 0 free, 1 missing' in out
    assert 'order B, line B/1: no-stock - 9 of "tea" asked, 2 free, 7 missing' in out


def test_cart_from_json_and_slots_from_the_option(run: Run, site: Path) -> None:
    cart = {
        "id": "j",
        "slots": 3,
        "tote_weight_g": 5000,
        "tote_volume_ml": 9000,
        "max_weight_g": 12000,
        "max_lines": 20,
    }
    for name, content in (("one.json", cart), ("many.json", [cart, cart])):
        (site / name).write_text(json.dumps(content), encoding="utf-8")
        _, out, _ = run("--carts", str(site / name), "--cart-slots", "5", "--iterations", "1")
        assert 'cart "j": 5 totes of 5 kg' in out


def test_nothing_planned_is_exit_4_with_reasons(run: Run, site: Path) -> None:
    write(site, "o.csv", "order,line,sku,qty", "A,1,tea,3")
    stock = write(site, "s.csv", "location,sku,qty", "A-01-1-01-L,mug,5")
    code, out, err = run("--stock", stock, "--iterations", "1", orders="o.csv")
    assert code == 4
    assert "no order could be planned (no-stock: 1)" in err
    assert 'order A: no-stock - 3 of "tea" asked, 0 free, 3 missing' in out


def test_an_order_too_large_for_any_cart_is_exit_4(run: Run, site: Path) -> None:
    write(site, "o.csv", "order,line,sku,qty", "A,1,sofa,1")
    stock = write(site, "s.csv", "location,sku,qty", "A-01-1-01-L,sofa,5")
    items = write(site, "i.csv", "sku,weight_g,volume_ml", "sofa,60000,900000")
    code, _, err = run("--stock", stock, "--items", items, "--iterations", "1", orders="o.csv")
    assert code == 4
    assert "too-large: 1" in err


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["order,line,sku", "A,1,x"], "o.csv:1: column qty is missing; there are: order, line"),
        (["order,line,sku,qty", "A,1,,1"], 'o.csv:2: column "sku": must not be empty, got ""'),
        (
            ["order,line,sku,qty", "A,1,A-01-1-01-L,1", "A,2,A-01-1-01-L,-3"],
            'o.csv:3: column "qty": must be a whole number from 1 to 1000000, got "-3"',
        ),
        (["order,line,sku,qty", "A,1,A-01-1-01-L,1.5"], 'got "1.5"'),
        (["order,line,sku,qty", "A,1,A-01-1-01-L,²"], 'got "²"'),
        (["order,line,sku,qty", "A,1,tea,1"], 'o.csv:2: column "sku": must be a location'),
        (
            ["order,line,sku,qty", "A,1,A-01-1-01-L,1", "A,1,A-01-1-01-R,1"],
            'o.csv:3: column "line": must be new in order "A", got "1"',
        ),
        (
            ["order,line,sku,qty,priority", "A,1,A-01-1-01-L,1,7"],
            'column "priority": must be a whole number from 0 to 3, got "7"',
        ),
        (
            ["order,line,sku,qty,priority", "A,1,A-01-1-01-L,1,1", "A,2,A-01-1-01-R,1,2"],
            'o.csv:3: column "priority": must be the same on all lines of order "A"',
        ),
        (["order,line,sku,qty"], "o.csv: has no orders"),
        (["order,line,sku,qty", "A,1"], "o.csv:2: "),
    ],
)
def test_bad_orders_are_exit_3_with_place_and_rule(
    rows: list[str], message: str, run: Run, site: Path
) -> None:
    write(site, "o.csv", *rows)
    code, out, err = run("--iterations", "1", orders="o.csv")
    assert code == 3
    assert message in err
    assert out == ""


def test_other_bad_files_are_exit_3(run: Run, site: Path) -> None:
    (site / "empty.csv").write_bytes(b"")
    (site / "broken.json").write_text('{"slots": ', encoding="utf-8")
    (site / "wrong.json").write_text('{"slots": 0}', encoding="utf-8")
    stock = write(site, "s.csv", "location,sku,qty", "nowhere,tea,1")
    items = write(site, "i.csv", "sku,kg", "tea,heavy")
    twice = write(site, "t.csv", "sku,kg", "tea,1", "tea,1")
    other = write(site, "n.csv", "sku,kg", "tea,1")
    for options, orders, message in (
        ((), "empty.csv", "empty.csv: the file is empty"),
        ((), "missing.csv", "missing.csv: cannot be read: No such file"),
        (("--carts", str(site / "broken.json")), "orders.csv", "broken.json:1: is not JSON"),
        (("--carts", str(site / "wrong.json")), "orders.csv", '"slots" must be a whole number'),
        (("--stock", stock), "orders.csv", 's.csv:2: column "location": must be a location of'),
        (("--items", items), "orders.csv", 'i.csv:2: column "kg": must be a number, got "heavy"'),
        (("--items", twice), "orders.csv", 't.csv:3: column "sku": must not be given twice'),
        (("--items", other), "orders.csv", 'orders.csv:2: column "sku": must be an item of n.csv'),
        (("--json", str(site / "no" / "out.json")), "orders.csv", "cannot be written"),
    ):
        code, _, err = run("--iterations", "1", *options, orders=orders)
        assert code == 3, options
        assert message in err


def test_broken_layouts_are_exit_3_with_a_json_pointer(run: Run, site: Path) -> None:
    document = json.loads((site / "layout.json").read_text(encoding="utf-8"))
    document["locations"][3]["node"] = "nowhere"
    (site / "layout.json").write_text(json.dumps(document), encoding="utf-8")
    code, _, err = run("--iterations", "1")
    assert code == 3
    assert "/locations/3" in err
    document["locations"] = document["locations"][:3]
    document["stations"] = [s for s in document["stations"] if s["kind"] != "pack"]
    (site / "layout.json").write_text(json.dumps(document), encoding="utf-8")
    write(site, "o.csv", "order,line,sku,qty", f"A,1,{document['locations'][0]['id']},1")
    code, _, err = run("--iterations", "1", orders="o.csv")
    assert code == 3
    assert 'no station of kind "pack"' in err


def test_help_does_not_import_the_engines() -> None:
    code = (
        "import sys\nfrom server.cli import wavepick\n"
        "wavepick.main(['plan', '--help'], standalone_mode=False)\n"
        "sys.exit(', '.join({'numba', 'scipy', 'optimizer'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--cart-slots" in done.stdout
