"""Balances are made once, whatever is undone in between, and read together."""

from __future__ import annotations

from server.models import StockBalance
from server.services import ledger
from server.services.ledger import at_location, in_tote
from tests.server.services.site import Site

TOTE = in_tote("T-0001")


def test_a_balance_undone_with_its_savepoint_is_made_again(small: Site) -> None:
    with small.database.write() as session:
        ledger.read_balances(session, [(TOTE, "S1")])
        savepoint = session.begin_nested()
        ledger.balance(session, TOTE, "S1").on_hand = 3
        session.flush()
        savepoint.rollback()
        again = ledger.balance(session, TOTE, "S1")
        assert again.on_hand == 0
        again.on_hand = 2
        assert ledger.balance(session, TOTE, "S1") is again
    with small.database.read() as session:
        stored = session.get_one(StockBalance, (TOTE.kind, TOTE.code, "S1"))
        assert stored.on_hand == 2


def test_what_one_transaction_missed_the_next_one_finds(small: Site) -> None:
    with small.database.write() as session:
        ledger.read_balances(session, [(TOTE, "S1")])
        session.commit()
        with small.database._writer.connect() as other, other.begin():
            other.exec_driver_sql(
                "INSERT INTO stock_balance (kind, place, sku, on_hand, allocated) "
                "VALUES ('tote', 'T-0001', 'S1', 4, 0)"
            )
        assert ledger.balance(session, TOTE, "S1").on_hand == 4


def test_balances_read_together_are_the_ones_found(small: Site) -> None:
    with small.database.write() as session:
        place = at_location("A-1")
        ledger.read_balances(session, [(place, "S1"), (place, "S1"), (TOTE, "S2")])
        assert ledger.balance(session, place, "S1").on_hand == 10
        assert ledger.balance(session, TOTE, "S2").on_hand == 0
