"""The made-up order file is as dirty as the real one."""

from __future__ import annotations

from collections import Counter

from server.files.mapping import load_mapping
from server.files.orders_csv import parse_orders
from server.files.synthetic import Shape, dirty_orders
from server.files.tables import read_table


def test_the_seed_decides_every_byte() -> None:
    shape = Shape(n_orders=20, n_items=50)
    assert dirty_orders(shape, seed=1) == dirty_orders(shape, seed=1)
    assert dirty_orders(shape, seed=1) != dirty_orders(shape, seed=2)


def test_it_has_every_kind_of_dirt() -> None:
    mapping = load_mapping("online-retail")
    table = read_table(dirty_orders(seed=1), source="s.csv", expected=mapping.expected)
    parsed = parse_orders(table, mapping)
    rules = Counter(one.rule for one in parsed.rejections)
    assert table.encoding_note == "byte order mark"
    assert set(rules) >= {"cancellation", "not-goods", "quantity"}
    assert parsed.merged
    assert parsed.warnings  # codes that differ only in case
    assert any("\n" in cell for row in table.rows for cell in row.cells)
    assert any(not row.cells[2] for row in table.rows)
    assert max(len(order.draft.lines) for order in parsed.orders) > 100
    assert len(parsed.orders) >= 390
    # Every line read is accepted or rejected, none both.
    assert parsed.n_accepted + len({one.line for one in parsed.rejections}) == table.n_read
