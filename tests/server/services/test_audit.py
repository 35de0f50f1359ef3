"""The audit trail: append-only, complete, and under a chain that shows every change."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.models import Audit, AuditSeal, Op
from server.services import audit, audit_chain, people
from server.services.audit_chain import Head, Verified
from server.services.ledger import OpRef
from tests.server.databases import APPEND_ONLY, without_guards
from tests.server.services.device import Device
from tests.server.services.site import PIN, PlannedTask, PlannedTour, Site


def _verified(database: Database, known: Head | None = None) -> Verified:
    with database.read() as session:
        return audit_chain.verify(session, known=known)


def _worked(site: Site) -> Device:
    """A list picked with an undo, an over-pick, a malformed operation and a short."""
    order = site.order(("S1", 2), ("S2", 3))
    site.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 2, 1), PlannedTask("A-2", order, "S2", 3, 1)])
    )
    device = Device(site.database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    device.pick(0, 1)
    assert device.do("undo", op=len(device.log)) == ("applied", "ok")
    device.pick(0, 9)
    device.pick(0, 2)
    device.record("pick", weight=1e22, amount=1.0, tiny=-0.0, name="ÿ\u0000")
    device.record("short", task=device.task(1)["id"], qty=3, reason="empty", counted=0)
    device.flush()
    return device


def _tamper(database: Database, statement: str) -> None:
    """Change the trail as somebody who owns the database could."""
    with database.write() as session:
        if database.is_sqlite:
            guards = without_guards(session)
            session.execute(text(statement))
            for guard in guards:
                session.execute(text(guard))
        else:
            for table in APPEND_ONLY:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            session.execute(text(statement))
            for table in APPEND_ONLY:
                session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def test_the_chain_of_a_worked_list_verifies(site: Site) -> None:
    device = _worked(site)
    found = _verified(site.database)
    assert found.findings == ()
    assert found.ops == len(device.log)
    assert found.unsealed == 0
    with site.database.read() as session:
        assert found.entries == session.scalar(select(func.count()).select_from(Audit))
        assert found.links == session.scalar(select(func.count()).select_from(AuditSeal))


def test_every_operation_has_its_actor_device_and_verdict(site: Site) -> None:
    device = _worked(site)
    with site.database.read() as session:
        ops = session.scalars(select(Op).order_by(Op.seq)).all()
        assert [op.seq for op in ops] == list(range(1, len(device.log) + 1))
        assert {op.person_id for op in ops} == {device.who.person_id}
        assert all(op.verdict for op in ops)
        claim = session.scalars(select(Audit).where(Audit.action == "list.claim")).one()
        assert (claim.person_id, claim.op_seq) == (device.who.person_id, None)


def test_entries_name_the_operation_that_caused_them(small: Site) -> None:
    who = small.sign_in()
    with small.database.write() as session:
        audit.on_behalf(session, audit.Actor(who.person_id, "d" * 32))
        audit.for_op(session, OpRef("s" * 32, 7))
        audit.record(session, small.clock, action="test", subject="thing:1")
        audit.for_op(session, None)
        audit.record(session, small.clock, action="test", subject="thing:2")
    with small.database.read() as session:
        first, second = session.scalars(select(Audit).where(Audit.action == "test"))
    assert (first.person_id, first.device_id) == (who.person_id, "d" * 32)
    assert (first.op_stream, first.op_seq) == ("s" * 32, 7)
    assert (second.op_stream, second.op_seq) == (None, None)


CHANGES = (
    "UPDATE audit SET action = 'sign-in.forged' WHERE id = (SELECT max(id) FROM audit)",
    "UPDATE audit SET person_id = NULL WHERE person_id IS NOT NULL",
    "DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)",
    "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
    "UPDATE audit SET detail = '{}' WHERE action = 'list.claim'",
    "INSERT INTO audit (at, action, subject, detail)"
    " VALUES (CURRENT_TIMESTAMP, 'forged', 'x:1', '{}')",
    "UPDATE op SET verdict = 'refused' WHERE verdict = 'applied'",
    "UPDATE op SET person_id = NULL",
    "UPDATE op SET received_at = CURRENT_TIMESTAMP WHERE seq = 1",
    "DELETE FROM op WHERE seq = 2",
    "DELETE FROM op WHERE seq = (SELECT max(seq) FROM op)",
    "INSERT INTO op (stream, seq, kind, body, body_hash, verdict, code, received_at)"
    " SELECT stream, max(seq) + 1, 'pick', '{}', 'x', 'applied', 'ok', CURRENT_TIMESTAMP"
    " FROM op GROUP BY stream",
    "DELETE FROM audit_seal WHERE number = 3",
    "UPDATE audit_seal SET at = CURRENT_TIMESTAMP WHERE number = 2",
    "UPDATE audit_seal SET digest = 'f' WHERE number = 4",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_chain_shows_what_was_tampered_with(site: Site, statement: str) -> None:
    _worked(site)
    _tamper(site.database, statement)
    assert _verified(site.database).findings


@pytest.mark.parametrize("statement", [change for change in CHANGES if "INSERT" not in change])
def test_the_database_refuses_to_change_the_trail(site: Site, statement: str) -> None:
    _worked(site)
    with pytest.raises(DBAPIError, match="append-only"), site.database.write() as session:
        session.execute(text(statement))
    assert _verified(site.database).findings == ()


@pytest.mark.postgres
def test_postgres_refuses_to_truncate_the_trail(shared_postgres: Database) -> None:
    for table in APPEND_ONLY:
        with (
            pytest.raises(DBAPIError, match="append-only"),
            shared_postgres.write() as session,
        ):
            session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_trail_that_was_cut_shows_against_a_head_written_down(small: Site) -> None:
    _worked(small)
    with small.database.read() as session:
        head = audit_chain.head(session)
    assert _verified(small.database, head).findings == ()
    small.sign_in("B-3")
    assert _verified(small.database, head).findings == ()
    _tamper(small.database, f"DELETE FROM audit_seal WHERE number >= {head.number}")
    assert any("written down" in f.what for f in _verified(small.database, head).findings)


def test_what_is_rolled_back_leaves_no_trace_and_no_hole(small: Site) -> None:
    def forget(session: Session) -> None:
        audit.record(session, small.clock, action="test", subject="thing:1")
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError), small.database.write() as session:
        forget(session)
    with small.database.write() as session:
        with pytest.raises(RuntimeError), session.begin_nested():
            forget(session)
        audit.record(session, small.clock, action="kept", subject="thing:2")
    found = _verified(small.database)
    assert found.findings == ()
    with small.database.read() as session:
        actions = session.scalars(select(Audit.action)).all()
    assert "kept" in actions
    assert "test" not in actions


def test_refused_sign_ins_are_recorded_without_badge_and_pin(site: Site) -> None:
    for badge in ("B-2", "B-unknown"):
        for _ in range(people.TRIES):
            with pytest.raises(people.WrongPin), site.database.write() as session:
                people.sign_in(session, site.clock, badge=badge, pin="246802", client="handheld")
        # Known or not, the sixth try meets the same lock.
        with pytest.raises(people.Locked), site.database.write() as session:
            people.sign_in(session, site.clock, badge=badge, pin=PIN, client="handheld")
    with site.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "sign-in.refused")).all()
    assert len(rows) == 2 * (people.TRIES + 1)
    assert {row.subject.split(":")[0] for row in rows} == {"person", "badge"}
    everything = " ".join(f"{row.subject} {row.detail}" for row in rows)
    assert not re.search(r"B-2|B-unknown|246802|135790", everything)
    assert _verified(site.database).findings == ()


def test_control_characters_are_written_as_escapes(small: Site) -> None:
    with small.database.write() as session:
        audit.record(
            session, small.clock, action="t", subject="x:1", why="a\nb\u202e\x00", many=["\x1b[2J"]
        )
    with small.database.read() as session:
        row = session.scalars(select(Audit).where(Audit.action == "t")).one()
    assert row.detail == {"why": "a\\u000ab\\u202e\\u0000", "many": ["\\u001b[2J"]}
