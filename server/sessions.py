"""Whose token is this? Asked of the database with every message, and for many at once.

A session that was revoked must end with its next message, so nothing is remembered. But messages
that arrive in the same moment share one statement: on PostgreSQL a statement of its own for each
cost a busy process a fifth of its time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.db.engine import QUEUE_TIMEOUT_S, Database
from server.errors import Unavailable
from server.services import people
from server.services.devices import token_hash


@dataclass(slots=True, eq=False)
class _Question:
    """The hash of a token and what came of it, once the database has answered."""

    hash: str
    is_answered: bool = False
    row: Row[Any] | None = None
    trouble: Unavailable | None = None


class Sessions:
    """Finds sessions by their tokens, for any number of threads or greenlets at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Question] = deque()
        self._turn = threading.Lock()

    def find(self, token: str) -> Row[Any] | None:
        """The row of the token's session for :func:`server.services.people.read_session`.

        It is read after this call began.

        Raises
        ------
        Unavailable
            The database cannot be read, or (code ``busy``) does not answer others for 5 s.
        """
        question = _Question(token_hash(token))
        self._waiting.append(question)
        # Gives way once: who has arrived at this moment joins in.
        time.sleep(0)
        if not question.is_answered:
            self._wait_for_turn(question)
            try:
                while not question.is_answered:
                    self._ask([self._waiting.popleft() for _ in range(len(self._waiting))])
            finally:
                self._turn.release()
        if question.trouble is not None:
            raise question.trouble
        return question.row

    def _wait_for_turn(self, question: _Question) -> None:
        """Have the turn, or give up where whoever has it gets no answer from the database."""
        if self._turn.acquire(timeout=QUEUE_TIMEOUT_S):
            return
        with suppress(ValueError):  # asked by the one who hangs
            self._waiting.remove(question)
        raise Unavailable("the database is busy; try again", code="busy")

    def _ask(self, questions: Sequence[_Question]) -> None:
        """Answer the questions together; those that a fault leaves open are asked again."""
        try:
            asked = people.sessions_of(question.hash for question in questions)
            found = {row.token_hash: row for row in self._database.rows(*asked)}
            for question in questions:
                question.row = found.get(question.hash)
                question.is_answered = True
        except Unavailable as trouble:
            for question in questions:
                question.trouble = Unavailable(trouble.message, code=trouble.code)
                question.is_answered = True
        finally:
            self._waiting.extendleft(one for one in reversed(questions) if not one.is_answered)
