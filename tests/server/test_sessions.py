"""Whose tokens are these: answered for all who ask at once, and always anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from server import sessions as session_module
from server.db.engine import Database
from server.errors import Unavailable
from server.services import people
from server.sessions import Sessions
from tests.server.processes import wait_until
from tests.server.services.site import PIN, Site


def _token(site: Site, badge: str) -> str:
    with site.database.write() as session:
        return people.sign_in(session, site.clock, badge=badge, pin=PIN, client="handheld")[0]


def _at_once(sessions: Sessions, tokens: list[str]) -> list[Any]:
    """What is found for tokens that are all asked for while somebody else is being answered."""
    found: list[Any] = [None] * len(tokens)

    def find(number: int) -> None:
        try:
            found[number] = sessions.find(tokens[number])
        except Unavailable as error:
            found[number] = error

    threads = [threading.Thread(target=find, args=(number,)) for number in range(len(tokens))]
    with sessions._turn:
        for thread in threads:
            thread.start()
        wait_until(lambda: len(sessions._waiting) == len(tokens), within_s=10, what="all wait")
    for thread in threads:
        thread.join()
    return found


def _statements(database: Database, work: Callable[[], object]) -> int:
    counted = 0

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal counted
        counted += "sign_in" in statement

    event.listen(database._reader, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(database._reader, "before_cursor_execute", count)
    return counted


def test_each_gets_its_own_answer_from_one_statement(site: Site) -> None:
    tokens = [_token(site, f"B-{number}") for number in (2, 3, 4)]
    sessions = Sessions(site.database)
    found: list[Any] = []
    asked = [tokens[0], "nobody's", tokens[1], tokens[0], tokens[2]]
    statements = _statements(site.database, lambda: found.extend(_at_once(sessions, asked)))
    assert statements == 1
    names = [row.name if row is not None else None for row in found]
    assert names == ["Person 2", None, "Person 3", "Person 2", "Person 4"]


def test_nothing_is_remembered(site: Site) -> None:
    token = _token(site, "B-2")
    sessions = Sessions(site.database)
    before = sessions.find(token)
    assert before is not None
    assert before.revoked_at is None
    with site.database.write() as session:
        people.revoke(session, site.clock, sign_in_id=before.id)
    after = sessions.find(token)
    assert after is not None
    assert after.revoked_at is not None


def test_trouble_is_told_to_everybody_who_waits_and_ends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [_token(site, "B-2"), _token(site, "B-3")]
    sessions = Sessions(site.database)

    def gone(*_arguments: object) -> None:
        raise Unavailable("the database cannot be reached", code="unavailable")

    monkeypatch.setattr(Database, "rows", gone)
    assert [error.code for error in _at_once(sessions, tokens)] == ["unavailable"] * 2
    monkeypatch.undo()
    assert [row.name for row in _at_once(sessions, tokens)] == ["Person 2", "Person 3"]


def test_whoever_dies_while_asking_leaves_the_others_to_ask_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As gevent's GreenletExit."""

    tokens = [_token(site, "B-2"), _token(site, "B-3")]
    sessions = Sessions(site.database)
    rows = Database.rows
    killed: list[threading.Thread] = []

    def killed_once(self: Database, *arguments: Any) -> Any:
        if not killed:
            killed.append(threading.current_thread())
            raise Killed
        return rows(self, *arguments)

    monkeypatch.setattr(threading, "excepthook", lambda _arguments: None)
    monkeypatch.setattr(Database, "rows", killed_once)
    found = _at_once(sessions, tokens)
    assert len(killed) == 1
    assert sum(row is not None for row in found) == 1


def test_nobody_waits_for_ever_behind_one_who_gets_no_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _token(site, "B-2")
    sessions = Sessions(site.database)
    monkeypatch.setattr(session_module, "QUEUE_TIMEOUT_S", 0.05)
    with sessions._turn, pytest.raises(Unavailable) as refused:
        sessions.find(token)
    assert refused.value.code == "busy"
    assert sessions.find(token) is not None
