"""Order files into the database: dry run, repetition, partial orders, all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text

from server.db.engine import Database
from server.errors import BadInput
from server.files.mapping import load_mapping
from server.files.orders_import import OrderImport, import_orders
from server.files.seeded_items import seeded_size
from server.files.synthetic import Shape, dirty_orders
from server.models import Item, Order, OrderLine
from server.services import catalogue, stock, waves
from server.services.clock import Clock

HEADER = "order,line,sku,qty\n"


def request(text_: str, **options: object) -> OrderImport:
    return OrderImport(
        data=(HEADER + text_).encode(),
        source="o.csv",
        mapping=load_mapping("wavepick"),
        **options,  # type: ignore[arg-type]
    )


def retail(*, seed: int = 1) -> OrderImport:
    shape = Shape(n_orders=30, n_items=60, mean_lines=6, n_large=1, large_lines=40, dirt=0.05)
    return OrderImport(
        data=dirty_orders(shape, seed=seed),
        source="s.csv",
        mapping=load_mapping("online-retail"),
        create_items=True,
    )


def fingerprint(database: Database) -> dict[str, tuple[object, ...]]:
    """Everything in every table, so that "changes nothing" means just that."""
    with database.read() as session:
        tables = session.scalars(text("select name from sqlite_master where type = 'table'")).all()
        return {
            name: tuple(map(tuple, session.execute(text(f'select * from "{name}"')).all()))
            for name in sorted(tables)
        }


def put_items(database: Database, *skus: str) -> None:
    with database.write() as session:
        for sku in skus:
            catalogue.put_item(session, sku=sku, name=sku, weight_g=1, volume_ml=1)


def test_a_dry_run_says_everything_and_changes_nothing(database: Database, clock: Clock) -> None:
    before = fingerprint(database)
    dry = import_orders(database, clock, retail(), dry_run=True)
    assert fingerprint(database) == before
    real = import_orders(database, clock, retail(), dry_run=False)
    assert dry.rejections == real.rejections
    assert dry.outcomes == real.outcomes
    assert dry.facts == real.facts
    assert fingerprint(database) != before


def test_the_same_file_twice_changes_nothing(database: Database, clock: Clock) -> None:
    first = import_orders(database, clock, retail(), dry_run=False)
    before = fingerprint(database)
    second = import_orders(database, clock, retail(), dry_run=False)
    assert fingerprint(database) == before
    assert second.outcomes["unchanged"] == first.outcomes["new"] == 30
    assert second.outcomes["new"] == second.outcomes["changed"] == 0


def test_every_line_is_accepted_or_rejected_and_units_add_up(
    database: Database, clock: Clock
) -> None:
    report = import_orders(database, clock, retail(), dry_run=False)
    assert report.n_accepted + report.n_rejected == report.table.n_read
    rejected = {one.line for one in report.rejections}
    units = sum(int(row.cells[3]) for row in report.table.rows if row.line not in rejected)
    with database.read() as session:
        assert session.scalar(select(func.sum(OrderLine.ordered))) == units
        assert session.scalar(select(func.sum(OrderLine.open))) == units


def test_items_are_made_with_seeded_sizes(database: Database, clock: Clock) -> None:
    import_orders(database, clock, retail(), dry_run=False)
    with database.read() as session:
        items = session.scalars(select(Item)).all()
        assert items
        for item in items:
            size = seeded_size(item.sku, seed=1)
            assert (item.weight_g, item.volume_ml) == (size.weight_g, size.volume_ml)


def test_unknown_skus_are_rejected_line_by_line(database: Database, clock: Clock) -> None:
    put_items(database, "X")
    report = import_orders(
        database, clock, request("A,1,X,2\nA,2,NOPE,1\nB,1,NOPE,1\n"), dry_run=False
    )
    # Order A is taken in without its second line; order B has no line left and does not exist.
    assert [(one.line, one.rule) for one in report.rejections] == [
        (3, "unknown-sku"),
        (4, "unknown-sku"),
    ]
    assert report.outcomes["new"] == 1
    with database.read() as session:
        assert session.scalars(select(Order.external_id)).all() == ["A"]
        assert session.scalars(select(OrderLine.sku)).all() == ["X"]


def test_a_strict_import_is_all_or_nothing(database: Database, clock: Clock) -> None:
    put_items(database, "X")
    before = fingerprint(database)
    with pytest.raises(BadInput, match="no item in the catalogue") as refused:
        import_orders(database, clock, request("A,1,X,2\nA,2,NOPE,1\n", strict=True), dry_run=False)
    assert refused.value.pointer == "o.csv:3"
    assert fingerprint(database) == before


def test_a_file_without_any_good_line_is_refused(database: Database, clock: Clock) -> None:
    before = fingerprint(database)
    with pytest.raises(BadInput, match="no line could be accepted"):
        import_orders(database, clock, request("A,1,NOPE,1\n"), dry_run=False)
    assert fingerprint(database) == before


def test_a_crash_in_the_middle_keeps_nothing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_items(database, "X")
    before = fingerprint(database)

    def crash(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("server.files.orders_import.orders.check", crash)
    with pytest.raises(RuntimeError):
        import_orders(database, clock, request("A,1,X,2\nB,1,X,1\n"), dry_run=False)
    assert fingerprint(database) == before


def test_a_changed_order_is_updated_before_launch(database: Database, clock: Clock) -> None:
    put_items(database, "X", "Y")
    import_orders(database, clock, request("A,1,X,2\n"), dry_run=False)
    report = import_orders(database, clock, request("A,1,X,5\nA,2,Y,1\n"), dry_run=False)
    assert report.outcomes["changed"] == 1
    with database.read() as session:
        rows = session.execute(select(OrderLine.sku, OrderLine.open).order_by(OrderLine.sku)).all()
        assert [tuple(row) for row in rows] == [("X", 5), ("Y", 1)]


def test_orders_are_checked_against_stock(
    database: Database, clock: Clock, with_layout: Callable[[int], list[str]]
) -> None:
    put_items(database, "X")
    with_layout(1)
    with database.write() as session:
        stock.receive(session, clock, location="L-1", sku="X", quantity=3)
    report = import_orders(database, clock, request("A,1,X,2\nB,1,X,2\n"), dry_run=False)
    assert report.facts["orders now ready"] == 1
    assert report.facts["orders now backordered"] == 1
    with database.read() as session:
        assert len(waves.select(session)) == 1


def test_the_file_of_rejects_is_the_input_with_a_reason(database: Database, clock: Clock) -> None:
    put_items(database, "X")
    report = import_orders(database, clock, request("A,1,X,2\nB,1,NOPE,-3\nC,1,X\n"), dry_run=False)
    stream = io.StringIO(newline="")
    assert report.write_rejects(stream) == 2
    assert stream.getvalue().splitlines() == [
        "order,line,sku,qty,reason",
        'B,1,NOPE,-3,"quantity: quantity must be at least 1, got -3"',
        "C,1,X,,row: has 3 cells where the header has 4",
    ]


def test_the_report_counts_in_json_and_in_words(database: Database, clock: Clock) -> None:
    put_items(database, "X")
    report = import_orders(database, clock, request("A,1,X,2\nB,1,NOPE,1\n"), dry_run=True)
    document = report.as_json()
    assert document["lines"] == {"read": 2, "accepted": 1, "rejected": 1}
    assert document["rejected_by_rule"] == {"unknown-sku": 1}
    assert document["rejections"][0] == {
        "line": 3,
        "column": "sku",
        "value": "NOPE",
        "rule": "unknown-sku",
        "reason": "no item in the catalogue has this sku",
    }
    words = "\n".join(report.as_text())
    assert "2 read, 1 accepted, 1 rejected" in words
    assert 'line 3: sku "NOPE"' in words
    assert words.endswith("dry run: nothing was changed")
