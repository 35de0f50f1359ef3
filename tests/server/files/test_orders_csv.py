"""Order files to drafts: what is rejected and why, what is merged, what is kept."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from server.errors import BadInput
from server.files.mapping import load_mapping
from server.files.orders_csv import OrderFile, parse_orders
from server.files.tables import read_table
from server.services.orders import LineDraft

RETAIL_HEADER = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
)


def retail(*lines: str, **changes: object) -> OrderFile:
    mapping = dataclasses.replace(load_mapping("online-retail"), **changes)  # type: ignore[arg-type]
    data = (RETAIL_HEADER + "\n".join(lines) + "\n").encode()
    return parse_orders(read_table(data, source="r.csv", expected=mapping.expected), mapping)


def own(text: str, *, known: frozenset[str] | None = None) -> OrderFile:
    mapping = load_mapping("wavepick")
    table = read_table(text.encode(), source="o.csv", expected=mapping.expected)
    return parse_orders(table, mapping, known_skus=known)


def rejected(parsed: OrderFile) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.column, one.value, one.rule) for one in parsed.rejections]


def test_every_kind_of_dirt_is_rejected_with_its_place() -> None:
    parsed = retail(
        "536365,85123A,HEART,6,1/12/2010,2.55,17850,United Kingdom",
        "C536379,D,Discount,-1,1/12/2010,27.5,14527,United Kingdom",
        "536365,POST,POSTAGE,3,1/12/2010,18,12583,France",
        "536365,m,Manual,1,1/12/2010,1,,United Kingdom",
        "536365,BANK CHARGES,,1,1/12/2010,15,,United Kingdom",
        "536589,21777,,-10,1/12/2010,0,,United Kingdom",
        "536590,21778,JAR,0,1/12/2010,0,,United Kingdom",
        "536591,21779,JAR,many,1/12/2010,0,,United Kingdom",
        "536592,21780,JAR,1,12/31/2010,0,,United Kingdom",
        "536593,,JAR,1,1/12/2010,0,,United Kingdom",
        ",21781,JAR,1,1/12/2010,0,,United Kingdom",
        "536594,21782,JAR,100001,1/12/2010,0,,United Kingdom",
    )
    assert rejected(parsed) == [
        (3, "InvoiceNo", "C536379", "cancellation"),
        (4, "StockCode", "POST", "not-goods"),
        (5, "StockCode", "m", "not-goods"),
        (6, "StockCode", "BANK CHARGES", "not-goods"),
        (7, "Quantity", "-10", "quantity"),
        (8, "Quantity", "0", "quantity"),
        (9, "Quantity", "many", "not-a-number"),
        (10, "InvoiceDate", "12/31/2010", "date"),
        (11, "StockCode", "", "missing"),
        (12, "InvoiceNo", "", "missing"),
        (13, "Quantity", "100001", "quantity"),
    ]
    assert all(one.reason for one in parsed.rejections)
    # 12 lines read = 1 accepted + 11 rejected.
    assert (parsed.table.n_read, parsed.n_accepted) == (12, 1)
    assert [order.draft.external_id for order in parsed.orders] == ["536365"]


def test_the_same_item_twice_in_one_order_is_merged_and_the_lines_named() -> None:
    parsed = retail(
        "1,A,HEART,6,1/12/2010,2.55,1,UK",
        "1,K,JAR,1,1/12/2010,2.55,1,UK",
        "2,A,HEART,1,1/12/2010,2.55,1,UK",
        "1,A,HEART,4,1/12/2010,2.10,1,UK",
    )
    first = parsed.orders[0]
    assert first.draft.lines == (LineDraft(None, "A", 10), LineDraft(None, "K", 1))
    assert first.sources == ((2, 5), (3,))
    assert parsed.merged == 1
    assert parsed.n_accepted == 4


def test_merging_keeps_the_quantity_cap() -> None:
    parsed = retail("1,A,,60,1/12/2010,1,,UK", "1,A,,50,1/12/2010,1,,UK", max_quantity=100)
    assert rejected(parsed) == [(3, "Quantity", "50", "quantity")]
    assert parsed.orders[0].draft.lines == (LineDraft(None, "A", 60),)


def test_codes_that_differ_only_in_case_stay_apart_and_are_reported() -> None:
    parsed = retail("1,85049A,X,1,1/12/2010,1,,UK", "1,85049a,X,2,1/12/2010,1,,UK")
    assert [line.sku for line in parsed.orders[0].draft.lines] == ["85049A", "85049a"]
    assert parsed.warnings == (
        "codes that differ only in upper and lower case are kept apart: "
        '"85049A" (line 2), "85049a" (line 3)',
    )


def test_a_missing_description_is_filled_from_other_lines_or_the_sku() -> None:
    parsed = retail(
        "1,A,,1,1/12/2010,1,,UK",
        "2,A,JAR,1,1/12/2010,1,,UK",
        "3,A,JAR SMALL,1,1/12/2010,1,,UK",
        "4,A,JAR SMALL,1,1/12/2010,1,,UK",
        "5,K,,1,1/12/2010,1,,UK",
    )
    assert parsed.item_names == {"A": "JAR SMALL", "K": "K"}
    assert not parsed.rejections


def test_unknown_columns_are_kept() -> None:
    parsed = retail("1,A,,1,1/12/2010,2.50,7,UK", "1,K,,1,1/12/2010,3.10,7,UK")
    assert parsed.orders[0].draft.extra == {
        "UnitPrice": ["2.50", "3.10"],
        "CustomerID": "7",
        "Country": "UK",
    }


def test_an_order_with_too_many_lines_is_rejected_as_a_whole() -> None:
    lines = [f"1,S{number},,1,1/12/2010,1,,UK" for number in range(4)]
    parsed = retail(*lines, "2,A,,1,1/12/2010,1,,UK", max_order_lines=3)
    assert [one.rule for one in parsed.rejections] == ["order-size"] * 4
    assert [order.draft.external_id for order in parsed.orders] == ["2"]


def test_columns_may_stand_in_any_order() -> None:
    parsed = own("qty;sku;line;order\n3;007;1;A-1\n")
    assert parsed.orders[0].draft.lines == (LineDraft("1", "007", 3),)


def test_order_level_cells_may_stand_on_the_first_line_only() -> None:
    parsed = own(
        "order,line,sku,qty,channel,ship_by,priority,carrier,paid,ship_complete,tags,note\n"
        "A,1,X,1,shop,2026-11-22T16:00:00+01:00,urgent,Swift,no,yes,gift; fragile,ring twice\n"
        "A,2,Y,2,,,,,,,,\n"
    )
    draft = parsed.orders[0].draft
    assert draft.channel == "shop"
    assert draft.ship_by == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert (draft.priority, draft.carrier, draft.paid) == (0, "Swift", "no")
    assert (draft.ship_complete, draft.tags, draft.note) == (
        True,
        ("gift", "fragile"),
        "ring twice",
    )
    assert len(draft.lines) == 2
    assert not parsed.warnings


def test_differing_order_level_cells_are_reported_and_the_first_counts() -> None:
    parsed = own("order,line,sku,qty,carrier\nA,1,X,1,Swift\nA,2,Y,1,Post\n")
    assert parsed.orders[0].draft.carrier == "Swift"
    assert parsed.warnings == (
        "order \"A\": carrier is 'Swift' on line 2 and differs on line 3; the first one counts",
    )


def test_the_same_number_on_two_channels_is_two_orders() -> None:
    parsed = own("order,line,sku,qty,channel\nA,1,X,1,shop\nA,1,X,1,fair\n")
    assert [(one.draft.channel, one.draft.external_id) for one in parsed.orders] == [
        ("shop", "A"),
        ("fair", "A"),
    ]


def test_a_line_that_stands_twice_is_rejected_once() -> None:
    parsed = own("order,line,sku,qty\nA,1,X,1\nA,1,Y,1\n")
    assert rejected(parsed) == [(3, "line", "1", "doubled-line")]


def test_unknown_skus_are_rejected_when_the_catalogue_is_known() -> None:
    parsed = own("order,line,sku,qty\nA,1,X,1\nA,2,Q,1\n", known=frozenset({"X"}))
    assert rejected(parsed) == [(3, "sku", "Q", "unknown-sku")]


def test_our_own_format_keeps_equal_items_apart() -> None:
    parsed = own("order,line,sku,qty\nA,1,X,1\nA,2,X,1\n")
    assert len(parsed.orders[0].draft.lines) == 2


def test_a_missing_column_is_named_with_what_there_is() -> None:
    with pytest.raises(BadInput, match='no column "sku"') as refused:
        own("order,line,article,qty\nA,1,X,1\n")
    assert "article" in refused.value.message
    assert refused.value.pointer == "o.csv:1"


def test_a_file_with_a_header_only_is_empty() -> None:
    with pytest.raises(BadInput) as refused:
        own("order,line,sku,qty\n")
    assert refused.value.code == "file-empty"
