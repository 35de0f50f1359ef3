from __future__ import annotations

import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.zalando import parse_zalando
from benchmarks.suite import Json
from optimizer.order_selection.problem import Piece, SelectionProblem
from tests.benchmarks.zalando_files import ARTICLES, ITEMS, ORDERS, documents, parameters


def test_articles_orders_items_and_limits_are_read() -> None:
    instance = parse_zalando("tiny", documents())
    assert instance.orders == ("o1", "o2", "o3")
    assert instance.items == ("i1", "i2", "i3", "i4", "i5")
    assert instance.problem == SelectionProblem(
        volumes=(4, 3, 2),
        pieces=(
            Piece(article=0, zone=0, aisle=3, row=2),
            Piece(article=1, zone=0, aisle=1, row=-4),
            Piece(article=2, zone=0, aisle=-2, row=9),
            Piece(article=2, zone=0, aisle=-2, row=8),
            Piece(article=2, zone=1, aisle=0, row=1),
        ),
        orders=((0,), (1, 2), (2, 2)),
        least_lines=2,
        most_orders=2,
        most_volume=8,
        above=10,
        below=10,
    )


def changed(rows: Json, index: int, **values: Json) -> Json:
    assert isinstance(rows, list)
    return [{**row, **values} if at == index else row for at, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (documents({"orders": changed(ORDERS, 0, positions=["x"])}), "'x' is missing"),
        (documents({"orders": changed(ORDERS, 0, positions=[])}), "order 0: has no line"),
        (documents({"orders": changed(ORDERS, 1, id="o1")}), "order o1 is named twice"),
        (documents({"orders": [{"id": "o1"}]}), "'positions' is missing"),
        (documents({"orders": {}}), r"orders\.json: is not a JSON list"),
        (documents({"articles": changed(ARTICLES, 0, volume=1.5)}), "1.5 is not a whole number"),
        (documents({"articles": changed(ARTICLES, 0, volume=0)}), "volume must be at least 1"),
        (documents({"articles": changed(ARTICLES, 2, id="a")}), "article a is named twice"),
        (documents({"warehouse_items": changed(ITEMS, 0, row=0)}), "piece 0: row must lie between"),
        (documents({"warehouse_items": changed(ITEMS, 0, row=True)}), "True is not a whole number"),
        (documents({"warehouse_items": changed(ITEMS, 0, aisle="3")}), "'3' is not a whole"),
        (documents({"warehouse_items": changed(ITEMS, 1, id="i1")}), "item i1 is named twice"),
        (documents({"warehouse_items": [3]}), "not subscriptable"),
        (documents({"parameters": {}}), "'first_row' is missing"),
        (parameters(last_row=9), "last_row 9 is nearer than first_row -10"),
        (parameters(min_number_requested_items=6), "6 lines are wanted, all orders have 5"),
        ({**documents(), "articles": "["}, r"articles\.json: is not JSON"),
        ({"articles": "[]"}, r"there is no document orders\.json"),
    ],
)
def test_what_breaks_the_format_is_named(texts: dict[str, str], message: str) -> None:
    with pytest.raises(InstanceError, match=f"tiny.*{message}"):
        parse_zalando("tiny", texts)
