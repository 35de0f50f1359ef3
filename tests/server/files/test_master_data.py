"""Items, stock and people from our own templates."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from server.db.engine import Database
from server.errors import BadInput, NotFound
from server.files.items_csv import import_items
from server.files.people_csv import import_people
from server.files.report import ImportReport
from server.files.seeded_items import seeded_size
from server.files.stock_csv import import_stock
from server.models import Item, ItemCode, Person, StockMove
from server.services import catalogue, people, stock
from server.services.clock import Clock


def items(database: Database, text: str, *, strict: bool = False) -> ImportReport:
    return import_items(
        database, text.encode(), source="i.csv", seed=1, dry_run=False, strict=strict
    )


def counted(database: Database, clock: Clock, text: str, *, dry_run: bool = False) -> ImportReport:
    return import_stock(database, clock, text.encode(), source="s.csv", dry_run=dry_run)


def rules(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.rule) for one in report.rejections]


def test_items_with_sizes_and_pack_barcodes(database: Database) -> None:
    report = items(
        database,
        "sku;name;barcodes;kg;l_mm;w_mm;h_mm\n"
        '007;Cup;"5012345678900;15012345678907*6";0,25;100;80;75\n',
    )
    assert report.outcomes == {"new": 1, "changed": 0, "unchanged": 0}
    with database.read() as session:
        item = session.get_one(Item, "007")
        # 100 x 80 x 75 mm = 600,000 mm3 = 600 ml.
        assert (item.name, item.weight_g, item.volume_ml) == ("Cup", 250, 600)
        codes = {code.code: code.units for code in session.scalars(select(ItemCode))}
        assert codes == {"007": 1, "5012345678900": 1, "15012345678907": 6}


def test_items_twice_change_nothing_and_gaps_keep_what_is_known(database: Database) -> None:
    text = "sku,name,weight_g,volume_ml,barcodes\nA,Cup,250,600,111\nB,,,,\n"
    assert items(database, text).outcomes["new"] == 2
    assert items(database, text).outcomes == {"new": 0, "changed": 0, "unchanged": 2}
    assert items(database, "sku,name\nA,Mug\n").outcomes["changed"] == 1
    with database.read() as session:
        item = session.get_one(Item, "A")
        assert (item.name, item.weight_g, item.volume_ml) == ("Mug", 250, 600)
        assert session.get(ItemCode, ("111", "A")) is not None
        made_up = session.get_one(Item, "B")
        assert made_up.volume_ml == seeded_size("B", seed=1).volume_ml


def test_broken_items_are_rejected_one_by_one(database: Database) -> None:
    report = items(
        database,
        "sku,kg,l_mm,w_mm,h_mm,barcodes,abc\n"
        "A,heavy,,,,,\nB,,10,20,,,\nC,,,,,12 34,\nD,,,,,,X\n,1,,,,,\nE,1,,,,,a\nE,1,,,,,a\n",
    )
    assert rules(report) == [
        (2, "kg", "not-a-number"),
        (3, "l_mm", "size"),
        (4, "barcodes", "barcode"),
        (5, "abc", "choice"),
        (6, "sku", "missing"),
        (8, "sku", "doubled"),
    ]
    assert report.outcomes["new"] == 1


def test_strict_items_are_all_or_nothing(database: Database) -> None:
    with pytest.raises(BadInput):
        items(database, "sku,kg\nA,1\nB,heavy\n", strict=True)
    with database.read() as session:
        assert session.scalars(select(Item.sku)).all() == []


def test_stock_is_a_count_and_can_be_repeated(
    database: Database, clock: Clock, with_layout: Callable[[int], list[str]]
) -> None:
    with_layout(2)
    items(database, "sku\nX\n")
    text = "location,sku,qty\nL-1,X,5\nL-2,X,0\n"
    assert counted(database, clock, text).outcomes == {"changed": 1, "unchanged": 1}
    assert counted(database, clock, text).outcomes == {"changed": 0, "unchanged": 2}
    assert counted(database, clock, "bin,sku,on_hand\nL-1,X,2\n").outcomes["changed"] == 1
    with database.read() as session:
        assert stock.free(session) == {("L-1", "X"): 2}
        moves = session.execute(select(StockMove.quantity, StockMove.cause)).all()
        assert [tuple(move) for move in moves] == [(5, "import"), (3, "import")]


def test_a_dry_run_of_stock_changes_nothing(
    database: Database, clock: Clock, with_layout: Callable[[int], list[str]]
) -> None:
    with_layout(1)
    items(database, "sku\nX\n")
    assert counted(database, clock, "location,sku,qty\nL-1,X,5\n", dry_run=True).outcomes == {
        "changed": 1,
        "unchanged": 0,
    }
    with database.read() as session:
        assert stock.free(session) == {}


def test_broken_stock_is_rejected_line_by_line(
    database: Database, clock: Clock, with_layout: Callable[[int], list[str]]
) -> None:
    with_layout(1)
    items(database, "sku\nX\n")
    report = counted(
        database, clock, "location,sku,qty\nL-9,X,1\nL-1,NOPE,1\nL-1,X,-1\nL-1,X,1\nL-1,X,2\n"
    )
    assert rules(report) == [
        (2, "location", "unknown-location"),
        (3, "sku", "unknown-sku"),
        (4, "qty", "quantity"),
        (6, "location", "doubled"),
    ]


def test_stock_without_a_layout_is_refused(database: Database, clock: Clock) -> None:
    with pytest.raises(NotFound, match="no active layout"):
        counted(database, clock, "location,sku,qty\nL-1,X,1\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        ("location,sku,qty\n", "file-empty"),
        ("location,sku\nL-1,X\n", "column-missing"),
    ],
)
def test_files_that_are_no_stock_are_refused(
    database: Database, clock: Clock, text: str, code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        counted(database, clock, text)
    assert refused.value.code == code


def test_people_get_pins_that_work_and_stay_as_they_are(database: Database, clock: Clock) -> None:
    text = "badge,name,role,language,pin,zones\nB-1,Ana,lead,es,246810,Z1\nB-2,Bo,,,,\n"
    result = import_people(database, clock, text.encode(), source="p.csv", dry_run=False)
    assert result.report.outcomes == {"new": 2, "unchanged": 0}
    assert result.report.warnings == ("columns not used: zones",)
    assert list(result.pins) == ["B-2"]
    with database.write() as session:
        people.sign_in(session, clock, badge="B-1", pin="246810", client="console")
        people.sign_in(session, clock, badge="B-2", pin=result.pins["B-2"], client="handheld")
        found = {person.badge: person for person in session.scalars(select(Person))}
        assert (found["B-1"].role, found["B-1"].language) == ("lead", "es")
        assert (found["B-2"].role, found["B-2"].language) == ("picker", "en")
    again = import_people(database, clock, text.encode(), source="p.csv", dry_run=False)
    assert again.report.outcomes == {"new": 0, "unchanged": 2}
    assert again.pins == {}


def test_broken_people_are_rejected(database: Database, clock: Clock) -> None:
    text = "badge,name,role,pin\nB-1,Ana,boss,\nB-2,Bo,,12345\n,Cy,,\nB-4,Di,,\nB-4,Di,,\n"
    result = import_people(database, clock, text.encode(), source="p.csv", dry_run=True)
    assert rules(result.report) == [
        (2, "role", "choice"),
        (3, "pin", "pin"),
        (4, "badge", "missing"),
        (6, "badge", "doubled"),
    ]
    assert result.pins == {}


def test_items_are_not_renamed_by_an_empty_cell(database: Database) -> None:
    with database.write() as session:
        catalogue.put_item(session, sku="A", name="Cup", weight_g=1, volume_ml=1)
    assert items(database, "sku,name\nA,\n").outcomes["unchanged"] == 1
