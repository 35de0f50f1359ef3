"""One line for the messages of all handhelds of a process: whoever is served takes others along.

There is one writer, and a transaction costs as much as ten plain picks: begin, seal, revision,
flush to the disk. So the messages that wait while one is written share the next transaction
(group commit). Nobody is held up for company: a message that waits alone goes alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.db.engine import QUEUE_TIMEOUT_S, Database
from server.errors import ServiceError, Unavailable
from server.picking.messages import OpsMessage, ops_message
from server.picking.protocol import judge, judge_one_by_one
from server.picking.sync_reads import Waiting
from server.picking.syncing import look, sync
from server.services.clock import Clock
from server.services.people import SignedIn

logger = logging.getLogger(__name__)

GROUP = 64
"""Messages of one transaction at most: its length bounds how long everybody waits."""

Answer = dict[str, Any]


@dataclass(slots=True, eq=False)
class _Call:
    """A message and what became of it: an answer or an error, both only after the commit."""

    message: OpsMessage
    answer: Answer | None = None
    error: Exception | None = None

    @property
    def is_settled(self) -> bool:
        return self.answer is not None or self.error is not None

    def attempt(self, work: Callable[[OpsMessage], Answer]) -> None:
        """Keep the outcome of ``work``, whatever it is, for the caller to whom it belongs."""
        try:
            self.answer = work(self.message)
        except ServiceError as error:
            self.error = error
        except Exception as error:
            logger.exception("a message could not be judged", extra={"stream": self.message.stream})
            self.error = error


class PickQueue:
    """Answers ``sync`` and ``ops``, for any number of threads or greenlets at once.

    Parameters
    ----------
    database, clock
        What messages are judged with.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()
        self._work = Waiting()

    def sync(self, who: SignedIn, request: Mapping[str, Any]) -> Answer:
        """Answer what is true; waits for the writers only where something is to be written.

        Raises
        ------
        BadInput
            The request is not one of PICK/1.
        Unavailable
            As :meth:`server.db.engine.Database.write`; the same may be asked again.
        """
        with self._database.read() as session:
            answer = look(session, self._clock, who=who, request=request, waiting=self._work)
        if answer is not None:
            return answer
        return self._database.run(
            lambda session: sync(session, self._clock, who=who, request=request)
        )

    def ops(self, who: SignedIn, request: Mapping[str, Any]) -> Answer:
        """Judge the operations of a message and return its answer once all is committed.

        Raises
        ------
        BadInput
            The message itself is broken; no operation was judged.
        Unavailable
            As :meth:`server.db.engine.Database.write`; the same may be sent again.
        """
        call = _Call(ops_message(who, request))
        self._waiting.append(call)
        # Gives way once: what has arrived at this moment joins the line before the first is served.
        time.sleep(0)
        if not self._turn.acquire(timeout=QUEUE_TIMEOUT_S):
            self._leave(call)
            raise Unavailable("the database is busy; try again", code="busy")
        try:
            while not call.is_settled:
                self._serve([self._waiting.popleft() for _ in range(self._size())])
        finally:
            self._turn.release()
        if call.error is not None:
            raise call.error
        assert call.answer is not None
        return call.answer

    def _size(self) -> int:
        return min(GROUP, len(self._waiting))

    def _leave(self, call: _Call) -> None:
        """Stop waiting; a call that is being served just now stays unanswered."""
        try:
            self._waiting.remove(call)
        except ValueError:
            logger.warning("an answer came too late", extra={"stream": call.message.stream})

    def _serve(self, group: Sequence[_Call]) -> None:
        """Settle the calls in one transaction, or each in its own where that fails.

        A fault met together is met again alone, by its own message and by no other.
        """
        try:
            answers = self._together(group)
        except Unavailable as trouble:
            for call in group:
                call.error = Unavailable(trouble.message, code=trouble.code)
        except Exception:  # the supervisor of messages: no fault of one may harm another
            logger.exception("%d messages are judged one by one", len(group))
            for call in group:
                call.attempt(self._alone)
        else:
            for call, answer in zip(group, answers, strict=True):
                call.answer = answer
        finally:
            # Only a killed thread or greenlet leaves calls unsettled: the next in line serves them.
            self._waiting.extendleft(call for call in reversed(group) if not call.is_settled)

    def _together(self, group: Sequence[_Call]) -> list[Answer]:
        messages = [call.message for call in group]
        return self._database.run(lambda session: judge(session, self._clock, messages))

    def _alone(self, message: OpsMessage) -> Answer:
        return self._database.run(lambda session: judge_one_by_one(session, self._clock, message))
